import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import type { App } from '../src/context.ts'

/** Where the tests' MySQL is; `pnpm test` brings one. */
export function mysqlAddress(): { host: string; port: number; user: string; password: string } {
  const { MYSQL_HOST: host, MYSQL_PORT: port = '3306', MYSQL_USER: user = 'root', MYSQL_PASSWORD: password = '' } = process.env
  if (host === undefined)
    throw new Error('These tests need a MySQL: run `pnpm test`, or set MYSQL_HOST, MYSQL_PORT, MYSQL_USER and MYSQL_PASSWORD')
  return { host, port: Number(port), user, password }
}

/** The database of this worker: t_<process of the run>_<worker>. */
export const databaseName = (): string => `t_${process.env['TEST_RUN']}_${process.env['VITEST_POOL_ID'] ?? '0'}`

/** Deletes all rows but those that say which migrations ran. */
export async function emptyTables({ pool }: Pick<App, 'pool'>): Promise<void> {
  const connection = await pool.promise().getConnection()
  try {
    const [tables] = await connection.query(
      "select table_name as name from information_schema.tables where table_schema = database() and table_name not in ('migration', 'migration_lock')",
    )
    await connection.query('set foreign_key_checks = 0')
    for (const { name } of tables as { name: string }[]) await connection.query(`delete from \`${name}\``)
    await connection.query('set foreign_key_checks = 1')
  } finally {
    connection.release()
  }
}

/** Runs once around all tests: databases of this run go at its end, and those of runs that were killed at the next run's start. */
export default async function setup(): Promise<() => Promise<void>> {
  process.env['TEST_RUN'] = String(process.pid)
  if (process.env['MYSQL_HOST'] === undefined) return async () => {}
  await dropDatabases((run) => !isAlive(run))
  return () => dropDatabases((run) => run === process.pid)
}

async function dropDatabases(ofRun: (run: number) => boolean): Promise<void> {
  const connection: Connection = await createConnection(mysqlAddress())
  try {
    const [rows] = await connection.query<RowDataPacket[]>('select schema_name as name from information_schema.schemata')
    for (const { name } of rows as { name: string }[]) {
      const run = /^t_(\d+)_\d+$/.exec(name)?.[1]
      if (run !== undefined && ofRun(Number(run))) await connection.query(`drop database if exists \`${name}\``)
    }
  } finally {
    await connection.end()
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
