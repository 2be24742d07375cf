import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '../api/src/config.ts'

/** Process ids are given out again, so a process that was written down is known by its id and the moment it began. */
export interface Known {
  pid: number
  began: string
}

/** The moment when the process began, in a form only good for comparing; undefined when there is none, or it only waits to be reaped. */
function beginning(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
    return status === 0 ? stdout.trim() : undefined
  }
  try {
    // The second field is the program's name in brackets, in which anything may stand.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

export function know(pid: number): Known {
  return { pid, began: beginning(pid) ?? '' }
}

export function isAlive(known: Known): boolean {
  return known.began !== '' && beginning(known.pid) === known.began
}

/** Sends a signal to a process that leads a group of its own, and so to what it started; one that has ended is fine. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Asks a group to end, and after `patienceMs` insists. */
export async function endGroup(known: Known, patienceMs: number): Promise<void> {
  if (!isAlive(known)) return
  signalGroup(known.pid, 'SIGTERM')
  await until(() => !isAlive(known), patienceMs)
  // Also when the leader has ended: what it started and did not end itself has nobody left to serve.
  signalGroup(known.pid, 'SIGKILL')
  await until(() => !isAlive(known), 2_000)
}

/** Waits until the condition holds and says whether it ever did. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs: number, intervalMs = 25): Promise<boolean> {
  const end = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > end) return false
    await sleep(intervalMs)
  }
  return true
}

/** The environment of whatever is started here: the tools of this project come first, its Node among them. */
export function toolEnv(more: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NEXT_TELEMETRY_DISABLED: '1',
    PATH: [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter),
    ...more,
  }
}

export interface Finished {
  code: number
  output: string
}

export interface RunOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Ends the command, and what it started, before its time. */
  signal?: AbortSignal | undefined
  /** Gets the output as it comes; it is kept as well. */
  onText?: (text: string) => void
}

/** Runs a command to its end. It leads a group of its own, so that a Ctrl-C in the terminal reaches it through us alone, and in order. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve) => {
    if (options.signal?.aborted === true) return resolve({ code: 130, output: '' })
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? toolEnv(),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        options.onText?.(text)
      })
    }
    let insist: NodeJS.Timeout | undefined
    const end = () => {
      if (child.pid === undefined) return
      const { pid } = child
      signalGroup(pid, 'SIGINT')
      insist = setTimeout(() => signalGroup(pid, 'SIGKILL'), 6_000)
    }
    options.signal?.addEventListener('abort', end, { once: true })
    const finish = (code: number, more = '') => {
      clearTimeout(insist)
      options.signal?.removeEventListener('abort', end)
      resolve({ code, output: output + more })
    }
    child.once('error', (error) => finish(127, error.message))
    child.once('close', (code) => finish(code ?? 130))
  })
}

export function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`
}
