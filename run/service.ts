import { spawn } from 'node:child_process'
import { createWriteStream, existsSync, globSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ConfigError } from '../api/src/config.ts'
import { endGroup, know, toolEnv, until, type Known } from './processes.ts'
import { readJson } from './read-json.ts'

export interface Service {
  name: string
  /** The file that holds all of its output. */
  log: string
  /** Settles with how the process ended, whenever and for whatever reason it does. */
  ended: Promise<string>
  stop(patienceMs: number): Promise<void>
}

export interface ServiceOptions {
  name: string
  args: string[]
  cwd: string
  env: Record<string, string>
  dataDir: string
  /** What of its output a person should see now; all of it goes to `<dataDir>/<name>.log`. */
  show: (line: string) => string | undefined
}

const endWithParent = new URL('./end-with-parent.ts', import.meta.url).href

/** Starts a Node program that runs until it is stopped. */
export function startService({ name, args, cwd, env, dataDir, show }: ServiceOptions): Service {
  // Led by its own group, it hears a Ctrl-C through us alone; the channel tells it when we are gone.
  const child = spawn(process.execPath, ['--import', endWithParent, ...args], {
    cwd,
    env: toolEnv({ ...env, STARTED_BY: String(process.pid) }),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const known = child.pid === undefined ? undefined : know(child.pid)
  const note = noteFile(dataDir, name)
  if (known !== undefined) writeFileSync(note, JSON.stringify(known))
  const file = logFile(dataDir, name)
  const log = createWriteStream(file, { flags: 'a', mode: 0o600 })
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`)
      const shown = show(line)
      if (shown !== undefined) process.stdout.write(`${name}: ${shown}\n`)
    })
  }
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`))
  })
  return {
    name,
    log: file,
    ended,
    async stop(patienceMs) {
      if (known !== undefined) await endGroup(known, patienceMs)
      rmSync(note, { force: true })
    },
  }
}

/** Ends what an earlier run, killed before it could do so itself, has left behind on the same data folder. */
export async function endLeftovers(dataDir: string): Promise<void> {
  const notes = globSync('run/*.json', { cwd: dataDir })
  await Promise.all(
    notes.map(async (file) => {
      const path = join(dataDir, file)
      const known = readJson<Known>(path)
      if (known !== undefined) await endGroup(known, 4_000)
      rmSync(path, { force: true })
    }),
  )
}

/** Waits for an address to answer with a good status, or for the halt, which also the end of the service brings about. */
export async function untilAnswers(service: Service, url: string, isGood: (status: number) => boolean, halt: AbortSignal): Promise<void> {
  const answers = () =>
    fetch(url, { signal: AbortSignal.timeout(10_000), redirect: 'manual' }).then(
      async (response) => {
        await response.body?.cancel()
        return isGood(response.status)
      },
      () => false,
    )
  if (await until(async () => halt.aborted || (await answers()), 180_000, 100)) return
  throw new ConfigError(`The ${service.name} was not ready after three minutes. Its log is ${service.log}.`)
}

/** Said without being a warning, and meant for whoever starts the program. */
const forPeople = /^The first account needs the code/

/** A line of the API's log as a person reads it, from a level on (30 is info, 40 a warning); what is no log line passes. */
export function readable(line: string, fromLevel: number): string | undefined {
  let entry: { level?: number; msg?: string; err?: { message?: string } }
  try {
    entry = JSON.parse(line) as typeof entry
  } catch {
    return line
  }
  if (typeof entry.level !== 'number') return line
  if (entry.level < fromLevel && !forPeople.test(entry.msg ?? '')) return undefined
  const level = entry.level >= 50 ? 'error: ' : entry.level >= 40 ? 'warning: ' : ''
  return `${level}${entry.msg ?? ''}${entry.err?.message === undefined ? '' : ` (${entry.err.message.split('\n').join(' ').slice(0, 300)})`}`
}

function noteFile(dataDir: string, name: string): string {
  mkdirSync(join(dataDir, 'run'), { recursive: true, mode: 0o700 })
  return join(dataDir, 'run', `${name.toLowerCase()}.json`)
}

/** Starts afresh when the old one has grown large; one older log is kept. */
function logFile(dataDir: string, name: string): string {
  const file = join(dataDir, `${name.toLowerCase()}.log`)
  if (existsSync(file) && statSync(file).size > 20 * 1024 * 1024) renameSync(file, `${file}.1`)
  return file
}
