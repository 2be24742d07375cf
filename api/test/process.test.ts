import { spawn } from 'node:child_process'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { databaseName, mysqlAddress } from './databases.ts'
import { expectNothingInside } from './refused.ts'

// Everything else is tested in the test's own process; this is about the process that `start` makes.

const api = fileURLToPath(new URL('..', import.meta.url))

/** Starts main.ts as `start` does. */
function startMain(env: Record<string, string>) {
  const { host, port, user, password } = mysqlAddress()
  const given = { MYSQL_HOST: host, MYSQL_PORT: String(port), MYSQL_USER: user, MYSQL_PASSWORD: password, MYSQL_DATABASE: databaseName() }
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd: api,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      ...given,
      JWT_SECRET: 'the secret of the tests, 32 bytes and more',
      DATA_DIR: join(tmpdir(), databaseName()),
      LOG_LEVEL: 'info',
      ...env,
    },
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (data: Buffer) => (output.stdout += String(data)))
  child.stderr.on('data', (data: Buffer) => (output.stderr += String(data)))
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const url = /The API is ready at (http:\/\/[\w.:]+)/.exec(output.stdout)?.[1]
      if (url !== undefined) resolve(url)
    })
    void exit.then((code) => reject(new Error(`ended with ${code}: ${output.stderr}`)))
  })
  ready.catch(() => {})
  return { child, output, exit, ready, [Symbol.dispose]: () => void child.kill('SIGKILL') }
}

async function occupied(): Promise<{ port: number; server: Server }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, server }
}

async function freePort(): Promise<number> {
  const { port, server } = await occupied()
  await new Promise((resolve) => server.close(resolve))
  return port
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends the process within 10 s: sockets are told to come again, requests under way are answered',
  { timeout: 90_000 },
  async (signal) => {
    using main = startMain({ API_PORT: String(await freePort()) })
    const url = await main.ready
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    const closed = new Promise<number>((resolve) => socket.once('close', resolve))
    await new Promise((resolve) => socket.once('open', resolve))
    // Hashing the password takes a while, in which the signal arrives.
    const underWay = fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'mutation { signIn(input: { email: "a@example.com", password: "not the password" }) { name } }' }),
    })
    await fetch(`${url}/health/live`)
    const began = performance.now()
    main.child.kill(signal)
    expect((await (await underWay).json()) as unknown).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
    expect(await closed).toBe(1012)
    expect(await main.exit).toBe(0)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(main.output.stderr).toBe('')
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  },
)

test.concurrent.each([
  [
    'a port that is taken',
    async () => ({ API_PORT: String((await occupied()).port) }),
    /^Port \d+ is taken\. Stop what uses it, or set API_PORT to another\.\n$/,
  ],
  [
    'a MySQL that is not there',
    async () => ({ MYSQL_PORT: String(await freePort()) }),
    /^No MySQL answers at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\. Check MYSQL_HOST and MYSQL_PORT, and that the server runs\.\n$/,
  ],
  [
    'a variable that makes no sense',
    async () => ({ API_PORT: 'four thousand' }),
    /^API_PORT must be .+\. Change it in \.env or in the environment; \.env\.example explains each variable\.\n$/,
  ],
  [
    'production without a secret',
    async () => ({ APP_ENV: 'production', JWT_SECRET: '' }),
    /^JWT_SECRET is missing, and APP_ENV=production needs one\. .+\n$/,
  ],
])('%s is a sentence and exit code 1', { timeout: 90_000 }, async (_what, env, sentence) => {
  using main = startMain({ API_PORT: String(await freePort()), ...(await env()) })
  expect(await main.exit).toBe(1)
  expect(main.output.stderr).toMatch(sentence)
  expectNothingInside(main.output.stderr)
})
