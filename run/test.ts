import { mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { ConfigError, loadEnvFile, readConfig, root } from '../api/src/config.ts'
import { buildWeb } from './build.ts'
import { check } from './checks.ts'
import { findChromium } from './chromium.ts'
import { listenForEnd } from './ending.ts'
import { holdLock } from './lock.ts'
import { mysqlEnv, openMysql, type Mysql } from './mysql.ts'
import { isFree } from './ports.ts'
import { run, seconds, toolEnv } from './processes.ts'
import { readJson } from './read-json.ts'

interface Count {
  passed: number
  failed: number
  skipped: number
}

const minute = 60_000
const ending = listenForEnd()
const counts: Count[] = []
const faults: string[] = []
let mysql: Mysql | undefined
try {
  await testEverything()
} catch (error) {
  faults.push(error instanceof ConfigError ? error.message : String((error as Error).stack ?? error))
}
await mysql?.stop().catch((error: Error) => faults.push(`MySQL could not be stopped: ${error.message}`))

const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0)
if (ending.aborted) faults.push('The tests were broken off.')
if (sum('skipped') > 0 && process.env['CI'] === 'true') faults.push('Tests were skipped, which CI=true does not allow.')
for (const fault of faults) say(fault)
say(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
process.exit(faults.length === 0 && sum('failed') === 0 ? 0 : 1)

async function testEverything(): Promise<void> {
  const begin = performance.now()
  loadEnvFile()
  const config = readConfig()
  const dataDir = join(config.dataDir, 'test')
  const reports = join(root, '.artifacts', 'reports')
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })
  const lock = await holdLock(dataDir, 'test')
  if (lock === undefined) throw new ConfigError(`Tests already run on ${dataDir}. Wait for them, or set DATA_DIR to another folder.`)

  const [checked, server, chromium, built] = await Promise.allSettled([
    check(ending),
    openMysql(config, { folder: join(dataDir, 'mysql'), fast: true, say, signal: ending }).then((opened) => (mysql = opened)),
    findChromium(config.dataDir, say, ending),
    buildWeb(say, ending),
  ])
  if (ending.aborted) return
  if (checked.status === 'rejected') throw checked.reason
  if (!checked.value) faults.push('A check failed, see above.')
  if (server.status === 'rejected') throw server.reason
  say(`Prepared in ${seconds(begin)}`)

  const env = { ...mysqlEnv(server.value), LOG_LEVEL: 'silent', DATA_DIR: dataDir }
  const vitestReport = join(reports, 'vitest.json')
  await runTests('Vitest', ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`], env, () =>
    countVitest(vitestReport),
  )
  if (ending.aborted) return

  if (chromium.status === 'rejected') throw chromium.reason
  if (built.status === 'rejected') throw built.reason
  const database = 'collection_browser_tests'
  await dropDatabase(server.value, database)
  const browserReport = join(reports, 'playwright.json')
  const browserEnv = {
    ...env,
    MYSQL_DATABASE: database,
    CHROMIUM_PATH: chromium.value,
    // Beside a program that may be running on the usual ports.
    WEB_PORT: String(await freePort(3_300)),
    API_PORT: String(await freePort(4_300)),
    PLAYWRIGHT_JSON_OUTPUT_FILE: browserReport,
  }
  await runTests('Playwright', ['playwright', 'test', '-c', 'web/test/e2e/playwright.config.ts', '--reporter=list,json'], browserEnv, () =>
    countPlaywright(browserReport),
  )
  say(`Everything took ${seconds(begin)}`)
}

/** Runs one runner and adds what it counted. One that ends badly without naming a failed test has failed as a whole. */
async function runTests(
  name: string,
  [command, ...args]: [string, ...string[]],
  env: Record<string, string>,
  count: () => Count,
): Promise<void> {
  const begin = performance.now()
  const limit = AbortSignal.timeout(9 * minute)
  const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}
  const { code } = await run(command, args, {
    env: toolEnv({ ...env, ...color }),
    signal: AbortSignal.any([ending, limit]),
    onText: (text) => process.stdout.write(text),
  })
  const counted = count()
  counts.push(counted)
  say(`${name} took ${seconds(begin)}`)
  if (limit.aborted) faults.push(`${name} was ended after nine minutes.`)
  else if (code !== 0 && counted.failed === 0) faults.push(`${name} failed outside its tests, see above.`)
  if (counted.passed + counted.failed === 0) faults.push(`${name} ran no test.`)
}

interface VitestReport {
  numPassedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { status: string; assertionResults: { status: string }[] }[]
}

/** A file that fails before its tests begin counts as one failed test. */
function countVitest(file: string): Count {
  const report = readJson<VitestReport>(file)
  if (report === undefined) return { passed: 0, failed: 0, skipped: 0 }
  const failed = report.testResults.map(({ status, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed').length
    return status === 'failed' ? Math.max(tests, 1) : tests
  })
  return { passed: report.numPassedTests, failed: failed.reduce((a, b) => a + b, 0), skipped: report.numPendingTests + report.numTodoTests }
}

/** A test that passes only when tried again has failed. */
function countPlaywright(file: string): Count {
  const stats = readJson<{ stats: { expected: number; unexpected: number; flaky: number; skipped: number } }>(file)?.stats
  return { passed: stats?.expected ?? 0, failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0), skipped: stats?.skipped ?? 0 }
}

/** The browser tests register the first account, so they begin with nothing. */
async function dropDatabase(server: Mysql, database: string): Promise<void> {
  const driver = createRequire(join(root, 'api', 'package.json'))('mysql2/promise') as {
    createConnection(options: Record<string, unknown>): Promise<{ query(sql: string): Promise<unknown>; end(): Promise<void> }>
  }
  const { host, port, user, password } = server
  const connection = await driver.createConnection({ host, port, user, password })
  await connection.query(`drop database if exists ${database}`)
  await connection.end()
}

async function freePort(from: number): Promise<number> {
  let port = from
  while (!(await isFree(port))) port++
  return port
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
