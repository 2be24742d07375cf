import { ConfigError, loadEnvFile, readConfig } from './config.ts'
import { DatabaseError, openDatabase } from './db/database.ts'
import { checkInvariants } from './db/invariants.ts'
import { eventInvariants, waiting } from './events/invariants.ts'
import { ledgerInvariants } from './ledger/invariants.ts'
import { notificationInvariants } from './notifications/invariants.ts'

/** Checks the books of any database of ours and prints the number of findings; `--settled` makes what still waits a finding. */
async function main(): Promise<number> {
  loadEnvFile()
  const { mysql } = readConfig()
  await using database = openDatabase({ ...mysql, host: mysql.host ?? '127.0.0.1' })
  const results = await checkInvariants(database.db, [...ledgerInvariants, ...eventInvariants, ...notificationInvariants])
  let findings = 0
  for (const { name, looked, broken } of results) {
    findings += broken.length
    console.log(`${broken.length === 0 ? 'holds ' : 'BROKEN'}  ${name} (${looked} rows looked at)`)
    for (const row of broken) console.log(`        ${JSON.stringify(row)}`)
  }
  const [lag] = (await database.db.execute(waiting)) as unknown as [{ what: string; n: string }[]]
  for (const { what, n } of lag) {
    console.log(`waits   ${what}: ${n}`)
    if (process.argv.includes('--settled') && Number(n) > 0) findings++
  }
  console.log(`${findings} ${findings === 1 ? 'finding' : 'findings'}`)
  return findings === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof DatabaseError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
