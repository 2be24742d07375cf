import { createServer } from 'node:http'
import { loadEnvFile, readConfig } from '../src/config.ts'
import { contextOf } from '../src/context.ts'
import { sweepOverdue } from '../src/ledger/overdue.ts'
import { open } from '../src/open.ts'
import { run } from '../src/run.ts'

// The API for browser tests: the same as main.ts runs, with a clock that a test may move by POST /advance?days=1 on
// the port after the API's own.

loadEnvFile()
const config = readConfig()
let offsetMs = 0
const app = await open(config, { clock: () => new Date(Date.now() + offsetMs) })
const serving = await run(app)
const control = createServer((request, response) => {
  const days = Number(new URL(request.url ?? '', 'http://control').searchParams.get('days'))
  offsetMs += days * 86_400_000
  sweepOverdue(contextOf(app, { kind: 'system', name: 'overdue sweep' }, 'test')).then(
    (announced) => response.end(String(announced)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  )
}).listen(config.api.port + 1, '127.0.0.1')

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    control.close()
    void serving[Symbol.asyncDispose]().then(() => app[Symbol.asyncDispose]())
  })
}
