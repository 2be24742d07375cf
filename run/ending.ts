import { readFileSync } from 'node:fs'
import { isAlive, know, type Known } from './processes.ts'

/** One signal for the whole program: it fires at the first SIGINT, SIGTERM or SIGHUP, and later ones change nothing. */
export function listenForEnd(): AbortSignal {
  const ending = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => ending.abort())
  // When the terminal is gone, words for it are no reason to fail before everything is stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const caller = findCaller()
  if (caller !== undefined) {
    setInterval(() => {
      if (!isAlive(caller)) ending.abort()
    }, 500).unref()
  }
  return ending.signal
}

/**
 * The npx, npm or pnpm that a person or a program called, and that a signal may end without reaching us: what each of them starts
 * carries the name of its script, so it is the first above us that carries none.
 */
function findCaller(): Known | undefined {
  if (process.platform !== 'linux' || process.env['npm_lifecycle_event'] === undefined) return undefined
  try {
    let pid = process.ppid
    while (readFileSync(`/proc/${pid}/environ`, 'utf8').includes('\0npm_lifecycle_event=')) {
      pid = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
    }
    return know(pid)
  } catch {
    return undefined
  }
}

/** Settles when the signal fires. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
