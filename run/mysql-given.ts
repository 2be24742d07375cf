import { createRequire } from 'node:module'
import { join } from 'node:path'
import { ConfigError, root } from '../api/src/config.ts'
import { isSuitable } from './mysql-program.ts'

export interface Given {
  host: string
  port: number
  user: string
  password: string
}

/** The little of mysql2 that is used here; the package itself belongs to the API. */
interface Driver {
  createConnection(options: Given & { connectTimeout: number }): Promise<{
    query(sql: string): Promise<[{ version: string }[]]>
    end(): Promise<void>
  }>
}

/** Refuses, with a sentence, a MySQL that does not answer, does not let us in or is not one that the API can use. */
export async function checkGivenMysql(given: Given): Promise<void> {
  const place = `${given.host}:${given.port}`
  const driver = createRequire(join(root, 'api', 'package.json'))('mysql2/promise') as Driver
  const version = await readVersion(driver, given).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ER_ACCESS_DENIED_ERROR') {
      throw new ConfigError(
        `The MySQL at ${place} does not let ${given.user} in with that password. Correct MYSQL_USER and MYSQL_PASSWORD.`,
      )
    }
    throw new ConfigError(
      `No MySQL answers at ${place} (${error.code ?? error.message}). Start it, correct MYSQL_HOST and MYSQL_PORT, or leave MYSQL_HOST empty to get a private one.`,
    )
  })
  if (!isSuitable(version)) {
    throw new ConfigError(
      `The server at ${place} is ${version}, and this program needs MySQL 8.4 or newer (not MariaDB). Point MYSQL_HOST to one, or leave it empty to get a private one.`,
    )
  }
}

async function readVersion(driver: Driver, given: Given): Promise<string> {
  const connection = await driver.createConnection({ ...given, connectTimeout: 10_000 })
  const [rows] = await connection.query("select concat(version(), ' ', @@version_comment) as version")
  await connection.end()
  return rows[0]?.version ?? 'unknown'
}
