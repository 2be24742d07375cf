import { readCompany } from './company/company.ts'
import { ConfigError, type Config } from './config.ts'
import type { App } from './context.ts'
import { openDatabase, type Database } from './db/database.ts'
import { migrate } from './db/migrate.ts'
import { openLog, type Log } from './log.ts'

const companyRefreshMs = 5_000

interface Options {
  readonly clock?: () => Date
  readonly log?: Log
  /** Called on the database before anything is read from it; a test empties it here. */
  readonly prepare?: (database: Database) => Promise<void>
}

/**
 * Brings the database to the newest schema and holds open what every use-case needs; disposing closes it.
 * @throws ConfigError or DatabaseError with a sentence for the person who starts the program.
 */
export async function open(
  config: Config,
  { clock = () => new Date(), log = openLog(config.logLevel), prepare }: Options = {},
): Promise<App> {
  const { host, port, user, password, database: name, poolSize } = config.mysql
  if (host === undefined)
    throw new ConfigError('MYSQL_HOST is not set, and only `pnpm start` and `pnpm dev` bring a MySQL of their own. Set it in .env.')
  const address = { host, port, user, password, database: name }
  await migrate(address)
  await using resources = new AsyncDisposableStack()
  const database = resources.use(openDatabase({ ...address, poolSize }))
  await prepare?.(database)
  const app: App = {
    ...database,
    config,
    log,
    clock,
    company: await readCompany(database.db, config.company),
    wake: () => {},
    [Symbol.asyncDispose]: async () => {},
  }
  // Another process may have changed the settings.
  const refresh = setInterval(() => {
    readCompany(app.db, config.company).then(
      (company) => (app.company = company),
      (error: unknown) => app.log.warn({ err: error }, 'the company settings could not be read; the last ones stay in force'),
    )
  }, companyRefreshMs)
  refresh.unref()
  resources.defer(() => clearInterval(refresh))
  const held = resources.move()
  return Object.assign(app, { [Symbol.asyncDispose]: () => held.disposeAsync() })
}
