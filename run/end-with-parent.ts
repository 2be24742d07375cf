// Loaded before the program itself: when the process that started it is gone, however it ended, it stops in its usual way.
// What the program starts in turn may load this too, and has its own parent to look after it.
if (process.env['STARTED_BY'] === String(process.ppid)) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => process.exit(1), 8_000).unref()
  })
  // Waiting for that is no reason to stay when the program has nothing left to do.
  process.channel?.unref()
}
