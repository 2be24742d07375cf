import { createServer } from 'node:http'
import { loadEnvFile, readConfig } from '../src/config.ts'
import { contextOf, type App } from '../src/context.ts'
import { sweepOverdue } from '../src/ledger/overdue.ts'
import { open } from '../src/open.ts'
import { run } from '../src/run.ts'
import { emptyTables } from './databases.ts'

// The API for browser tests: the same as main.ts runs, and on the port after its own what a test may do to it. `POST /advance?days=1`
// moves the clock and looks for what became overdue, `POST /restart` ends everything that is open and opens it anew as another process
// would, `POST /restart?empty` does so on an empty database with the clock set right. Each answers when it is done.

loadEnvFile()
const { api } = readConfig()
let offsetMs = 0
let running = await begin()

async function begin(prepare?: (app: Pick<App, 'pool'>) => Promise<void>): Promise<AsyncDisposable & { readonly app: App }> {
  await using resources = new AsyncDisposableStack()
  const clock = () => new Date(Date.now() + offsetMs)
  const app = resources.use(await open(readConfig(), { clock, ...(prepare && { prepare }) }))
  resources.use(await run(app))
  const held = resources.move()
  return { app, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

async function advance(days: number): Promise<void> {
  offsetMs += days * 86_400_000
  await sweepOverdue(contextOf(running.app, { kind: 'system', name: 'overdue sweep' }, 'test'))
}

async function restart(empty: boolean): Promise<void> {
  await running[Symbol.asyncDispose]()
  if (empty) offsetMs = 0
  running = await begin(empty ? emptyTables : undefined)
}

const control = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://control')
  const work = pathname === '/restart' ? restart(searchParams.has('empty')) : advance(Number(searchParams.get('days')))
  work.then(
    () => response.end(),
    (error: unknown) => response.writeHead(500).end(String(error)),
  )
}).listen(api.port + 1, '127.0.0.1')

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    control.close()
    void running[Symbol.asyncDispose]()
  })
}
