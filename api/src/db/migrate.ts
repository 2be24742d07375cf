import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import { root } from '../config.ts'
import { DatabaseError, type MysqlAddress } from './database.ts'

const folder = join(root, 'api', 'migrations')

// What a statement answers when it had run already and the process died before noting it: table, column, key, constraint exist.
const alreadyThere = new Set([1050, 1060, 1061, 1826, 3822])

/**
 * Creates the database when it is missing and brings it to the newest schema. A migration is a list of statements, each
 * noted when done, since MySQL commits every one of them by itself. Of several processes one works and the others wait.
 * @throws DatabaseError with a sentence that says what to do.
 */
export async function migrate(address: MysqlAddress & { database: string }): Promise<void> {
  const connection = await connect(address)
  try {
    await assertSuitable(connection)
    await connection.query(`create database if not exists \`${address.database}\` character set utf8mb4 collate utf8mb4_0900_ai_ci`)
    await connection.query(`use \`${address.database}\``)
    await connection.query(
      'create table if not exists migration (file varchar(120) not null, step int not null, at datetime(6) not null, primary key (file, step))',
    )
    await connection.query('create table if not exists migration_lock (id int primary key)')
    await connection.query('insert ignore into migration_lock values (1)')
    await underLock(address, () => runPending(connection))
  } finally {
    await connection.end()
  }
}

async function connect(address: MysqlAddress): Promise<Connection> {
  const where = `${address.host}:${address.port}`
  try {
    return await createConnection(optionsOf(address))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ER_ACCESS_DENIED_ERROR') {
      throw new DatabaseError(
        `MySQL at ${where} does not accept user "${address.user}" with that password. Check MYSQL_USER and MYSQL_PASSWORD.`,
        { cause: error },
      )
    }
    throw new DatabaseError(
      `No MySQL answers at ${where} (${code ?? 'no reason given'}). Check MYSQL_HOST and MYSQL_PORT, and that the server runs.`,
      { cause: error },
    )
  }
}

const optionsOf = ({ host, port, user, password }: MysqlAddress) => ({
  host,
  port,
  user,
  password,
  connectTimeout: 5_000,
  charset: 'utf8mb4',
})

async function assertSuitable(connection: Connection): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>('select version() as version')
  const version = String(rows[0]?.['version'])
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (/mariadb/i.test(version) || major < 8 || (major === 8 && minor < 4)) {
    throw new DatabaseError(
      `The server is ${version}, and this program needs MySQL 8.4 or newer (not MariaDB). Point MYSQL_HOST at one, or unset it to get a private one.`,
    )
  }
}

/** A row lock on a connection of its own: it outlives the statements' implicit commits, and also holds on a cluster. */
async function underLock(address: MysqlAddress & { database: string }, work: () => Promise<void>): Promise<void> {
  const holder = await createConnection({ ...optionsOf(address), database: address.database })
  try {
    await holder.query('set session innodb_lock_wait_timeout = 600')
    await holder.beginTransaction()
    await holder.query('select 1 from migration_lock for update')
    await work()
    await holder.commit()
  } finally {
    await holder.end()
  }
}

async function runPending(connection: Connection): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const [rows] = await connection.query<RowDataPacket[]>('select file, max(step) as last from migration group by file')
  const done = new Map(rows.map((row) => [String(row['file']), Number(row['last'])]))
  for (const file of files) {
    const statements = (await readFile(join(folder, file), 'utf8')).split('--> statement-breakpoint')
    for (const [index, statement] of statements.entries()) {
      if (index < (done.get(file) ?? -1) + 1) {
        // A session setting of a migration that was cut off in the middle must hold for its rest.
        if (/^\s*(--[^\n]*\n\s*)*set session/i.test(statement) && statements.length - 1 > (done.get(file) ?? -1))
          await connection.query(statement)
        continue
      }
      await runStep(connection, file, index, statement)
    }
  }
}

async function runStep(connection: Connection, file: string, step: number, statement: string): Promise<void> {
  try {
    await connection.query(statement)
  } catch (error) {
    const errno = (error as { errno?: number }).errno
    if (errno === undefined || !alreadyThere.has(errno))
      throw new DatabaseError(`Migration ${file}, step ${step + 1} failed: ${(error as Error).message}`, { cause: error })
  }
  await connection.query('insert into migration values (?, ?, utc_timestamp(6))', [file, step])
}
