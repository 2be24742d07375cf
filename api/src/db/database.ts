import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2'
import { createPool, type Pool, type PoolConnection } from 'mysql2'

export type Db = MySql2Database
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0]

export interface MysqlAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database?: string
}

/** A pool of connections; `await using` closes it. */
export interface Database extends AsyncDisposable {
  readonly db: Db
  readonly pool: Pool
}

/** Raised with a sentence for the person who starts the program. */
export class DatabaseError extends Error {}

const sessionSettings =
  "set session transaction_isolation = 'READ-COMMITTED', time_zone = '+00:00', innodb_lock_wait_timeout = 5, " +
  "sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"

/** Opens the pool; no connection is made yet. Each connection reads committed rows only and keeps time in UTC. */
export function openDatabase(address: MysqlAddress & { database: string; poolSize: number }): Database {
  const pool = createPool({
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    database: address.database,
    connectionLimit: address.poolSize,
    maxIdle: address.poolSize,
    queueLimit: 1_000,
    connectTimeout: 5_000,
    enableKeepAlive: true,
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  })
  // The driver sends a connection's commands in order, so the settings are in force before its first statement.
  pool.on('connection', (connection: PoolConnection) => {
    connection.query(sessionSettings, (error) => {
      if (error) connection.destroy()
    })
  })
  return { db: drizzle(pool), pool, [Symbol.asyncDispose]: () => pool.promise().end() }
}

/** The MySQL error number of a failure, however deep Drizzle has wrapped it. */
export function mysqlErrno(error: unknown): number | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('errno' in cause && typeof cause.errno === 'number') return cause.errno
  }
  return undefined
}

/** Whether a unique key refused the row; `key` narrows it to the key of that name. */
export function isDuplicate(error: unknown, key?: string): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('errno' in cause && cause.errno === 1062)
      return key === undefined || ('sqlMessage' in cause && String(cause.sqlMessage).endsWith(`.${key}'`))
  }
  return false
}
