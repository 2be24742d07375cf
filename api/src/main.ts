import './db/drizzle-commonjs.ts'
import { ConfigError, loadEnvFile, readConfig } from './config.ts'

const longestEndMs = 9_500

const ending = new AbortController()
const ended = new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve()))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    ending.abort()
    // Whoever stops this waits for it: what has not ended by then is cut off.
    setTimeout(() => process.exit(1), longestEndMs).unref()
  })
}

try {
  loadEnvFile()
  const config = readConfig()
  // Loaded after the configuration, so that a fault in it is told at once.
  const { open } = await import('./open.ts')
  const { run } = await import('./run.ts')
  const { firstAccountCode, registration } = await import('./auth/auth.ts')
  const { contextOf } = await import('./context.ts')
  await using app = await open(config)
  await using serving = await run(app)
  app.log.info(`The API is ready at ${serving.url}`)
  const code = firstAccountCode(config)
  const wanted = code !== undefined && (await registration(contextOf(app, { kind: 'system', name: 'start' }, 'start'))).first
  if (wanted) app.log.info(`The first account needs the code ${code}`)
  await ended
  app.log.info('The API is being stopped')
} catch (error) {
  const text = await sentence(error)
  process.stderr.write(`${text ?? String(error instanceof Error ? error.stack : error)}\n`)
  process.exitCode = 1
}

/** A failure that the person who starts the program can do something about, in a sentence; undefined for a bug. */
async function sentence(error: unknown): Promise<string | undefined> {
  if (error instanceof ConfigError) return error.message
  const { DatabaseError } = await import('./db/database.ts')
  if (error instanceof DatabaseError) return error.message
  if (!(error instanceof Error) || !('code' in error)) return undefined
  const at = 'port' in error ? ` ${String(error.port)}` : ''
  if (error.code === 'EADDRINUSE') return `Port${at} is taken. Stop what uses it, or set API_PORT to another.`
  if (error.code === 'EACCES' && 'port' in error) return `Port${at} may not be opened by this user. Set API_PORT to one above 1023.`
  return undefined
}
