import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from '../api/src/config.ts'
import { nextProgram, pointBuildAt } from '../run/build.ts'
import { isFree } from '../run/ports.ts'
import { toolEnv, until } from '../run/processes.ts'

/** A database of the measurements' own, empty. Needs MYSQL_* in the environment: `pnpm bench` brings one. */
export const database = 'collection_bench'

export async function emptyDatabase(): Promise<void> {
  const driver = createRequire(join(root, 'api', 'package.json'))('mysql2/promise') as {
    createConnection(options: Record<string, unknown>): Promise<{ query(sql: string): Promise<unknown>; end(): Promise<void> }>
  }
  const { MYSQL_HOST: host, MYSQL_PORT: port, MYSQL_USER: user, MYSQL_PASSWORD: password } = process.env
  const connection = await driver.createConnection({ host, port: Number(port), user, password })
  await connection.query(`drop database if exists ${database}`)
  await connection.end()
}

export async function freePort(from: number): Promise<number> {
  let port = from
  while (!(await isFree(port))) port++
  return port
}

export interface Process extends AsyncDisposable {
  readonly pid: number
  readonly url: string
}

/** Starts the API as `start` does and waits until it is ready; `readyMs` is how long that took. */
export async function startApi(webPort: number): Promise<Process & { readonly readyMs: number }> {
  const port = await freePort(4_400)
  const url = `http://127.0.0.1:${port}`
  const begin = performance.now()
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: join(root, 'api'),
    stdio: ['ignore', 'ignore', 'inherit'],
    env: toolEnv({ API_PORT: String(port), WEB_PORT: String(webPort), MYSQL_DATABASE: database, LOG_LEVEL: 'warn' }),
  })
  await answers(`${url}/health/ready`)
  return { pid: child.pid!, url, readyMs: performance.now() - begin, [Symbol.asyncDispose]: () => end(child) }
}

/** Starts the built web in front of an API. */
export async function startWeb(port: number, apiUrl: string): Promise<Process> {
  pointBuildAt(apiUrl)
  const child = spawn(process.execPath, [nextProgram, 'start', '-p', String(port), '-H', '127.0.0.1'], {
    cwd: join(root, 'web'),
    stdio: ['ignore', 'ignore', 'inherit'],
    env: toolEnv({ API_URL: apiUrl, NODE_ENV: 'production' }),
  })
  const url = `http://localhost:${port}`
  await answers(`${url}/login`)
  return { pid: child.pid!, url, [Symbol.asyncDispose]: () => end(child) }
}

async function answers(url: string): Promise<void> {
  const there = await until(async () => (await fetch(url).catch(() => undefined))?.ok === true, 60_000, 5)
  if (!there) throw new Error(`${url} does not answer`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** Resident memory of a process in MiB: now, and at its highest. */
export function memoryOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (name: string) => Number(new RegExp(`${name}:\\s*(\\d+)`).exec(status)?.[1]) / 1024
  return { now: read('VmRSS'), peak: read('VmHWM') }
}

/** Somebody signed in at the API, without a browser. */
export async function register(
  url: string,
  name: string,
): Promise<{ cookie: string; ask: <T>(query: string, variables?: object) => Promise<T> }> {
  let cookie = ''
  const ask = async <T>(query: string, variables: object = {}): Promise<T> => {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({ query, variables }),
    })
    const set = answer.headers.getSetCookie().map((line) => line.split(';')[0])
    if (set.length > 0) cookie = set.join('; ')
    const { data, errors } = (await answer.json()) as { data: T; errors?: unknown }
    if (errors !== undefined) throw new Error(JSON.stringify(errors))
    return data
  }
  const email = `${name.toLowerCase()}@example.com`
  await ask('mutation ($input: RegisterInput!) { register(input: $input) { id } }', {
    input: { name, email, password: 'a bench of its own' },
  })
  return {
    get cookie() {
      return cookie
    },
    ask,
  }
}
