import type { App } from './context.ts'
import { prepareRelay, startRelay } from './events/relay.ts'
import { openEventTail } from './events/stream.ts'
import { openSchema } from './graphql/schema.ts'
import { serve, type Serving } from './http/server.ts'
import { resumeImports } from './imports/imports.ts'
import { startSweep } from './ledger/overdue.ts'
import { openNotificationTail } from './notifications/notifications.ts'
import { notify } from './notifications/react.ts'

/** What happens because something has happened. */
const reactions = [notify]

/** Runs everything that one process does on an open database: relay, sweep, and the server in front; disposing ends them in turn. */
export async function run(app: App, options: { port?: number } = {}): Promise<Serving> {
  await using resources = new AsyncDisposableStack()
  await prepareRelay(app, reactions)
  const tails = [resources.use(await openEventTail(app)), resources.use(await openNotificationTail(app))]
  const lookAtTails = () => {
    // A failed look is logged by the tail's own next one.
    for (const tail of tails) tail.look().catch(() => {})
  }
  resources.use(startRelay(app, reactions, lookAtTails))
  resources.use(startSweep(app))
  resources.use(await resumeImports(app))
  const serving = resources.use(await serve(app, await openSchema(), options))
  const held = resources.move()
  return { url: serving.url, [Symbol.asyncDispose]: () => held.disposeAsync() }
}
