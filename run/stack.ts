import { watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, loadEnvFile, readConfig, root, type Config } from '../api/src/config.ts'
import { buildApi, buildWeb, generateDocuments, nextProgram, pointBuildAt } from './build.ts'
import { listenForEnd, untilAborted } from './ending.ts'
import { holdLock } from './lock.ts'
import { mysqlEnv, openMysql, type Mysql } from './mysql.ts'
import { isFree } from './ports.ts'
import { seconds } from './processes.ts'
import { readJson } from './read-json.ts'
import { endLeftovers, readable, startService, untilAnswers, type Service, type ServiceOptions } from './service.ts'

export type Mode = 'start' | 'dev'

interface Stack {
  services: Service[]
  mysql: Mysql | undefined
}

/** Runs MySQL, API and web until a signal ends them, and ends the process with the code that fits. */
export async function runStack(mode: Mode): Promise<never> {
  const ending = listenForEnd()
  const stack: Stack = { services: [], mysql: undefined }
  let code = 0
  try {
    loadEnvFile()
    const config = readConfig()
    const lock = await holdLock(config.dataDir, 'run')
    if (lock === undefined) throw new ConfigError(alreadyRuns(config))
    await runUntilEnd(mode, config, stack, ending)
  } catch (error) {
    // What broke off because everything is ending is no failure.
    if (!ending.aborted) {
      say(error instanceof ConfigError ? error.message : String((error as Error).stack ?? error))
      code = 1
    }
  }
  try {
    await stopAll(stack)
  } catch (error) {
    say(`Not everything could be stopped: ${(error as Error).message}`)
    code = 1
  }
  process.exit(code)
}

/** Settles when a signal ends it; throws when a part cannot start or ends by itself. */
async function runUntilEnd(mode: Mode, config: Config, stack: Stack, ending: AbortSignal): Promise<void> {
  const begin = performance.now()
  await endLeftovers(config.dataDir)
  await checkPorts(config)
  writeFileSync(noteFile(config), JSON.stringify({ pid: process.pid, url: config.web.url }))

  const failure = new AbortController()
  const halt = AbortSignal.any([ending, failure.signal])
  const times: string[] = []
  const timed = async <T>(name: string, work: Promise<T>): Promise<T> => {
    const from = performance.now()
    const result = await work
    times.push(`${name} ${seconds(from)}`)
    return result
  }
  const fail = (reason: string) =>
    failure.abort(new ConfigError(`${reason} Everything else is stopped too. The logs are in ${config.dataDir}.`))
  const serve = async (service: Service, url: string, isGood: (status: number) => boolean) => {
    stack.services.push(service)
    void service.ended.then((how) => fail(`The ${service.name} stopped by itself: ${how}.`))
    await timed(service.name, untilAnswers(service, url, isGood, halt))
  }

  const apiUrl = `http://127.0.0.1:${config.api.port}`
  const startApi = async () => {
    const [opened, bundled] = await Promise.allSettled([
      timed('MySQL', openMysql(config, { say, signal: halt })),
      mode === 'start' ? timed('bundle', buildApi()) : undefined,
    ])
    // Noted first, so that it is stopped whatever else has failed.
    if (opened.status === 'rejected') throw opened.reason
    stack.mysql = opened.value
    if (bundled.status === 'rejected') throw bundled.reason
    stack.mysql.onDeath(() => fail('MySQL stopped by itself.'))
    if (halt.aborted) return
    await serve(startService(apiService(mode, config, stack.mysql)), `${apiUrl}/health/ready`, (status) => status === 200)
  }
  const startWeb = async () => {
    if (mode === 'start') {
      await timed('build', buildWeb(say, halt))
      if (halt.aborted) return
      pointBuildAt(apiUrl)
    } else {
      await timed('codegen', generateDocuments(halt))
      generateOnChange(halt)
    }
    if (halt.aborted) return
    await serve(startService(webService(mode, config, apiUrl)), `http://127.0.0.1:${config.web.port}/`, (status) => status < 500)
  }
  // Both are awaited to their end, so that neither starts something after everything was stopped.
  const orHalt = (work: Promise<void>) => work.catch((error: unknown) => failure.abort(error))
  await Promise.all([orHalt(startApi()), orHalt(startWeb())])
  if (!halt.aborted) {
    say(`Ready after ${seconds(begin)} (${times.join(', ')})`)
    say(`Open ${config.web.url} in a browser. Ctrl-C stops everything.`)
    await untilAborted(halt)
  }
  if (!ending.aborted) throw failure.signal.reason
}

function apiService(mode: Mode, config: Config, mysql: Mysql): ServiceOptions {
  const watch = [join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs'), 'watch', '--clear-screen=false', 'src/main.ts']
  return {
    name: 'API',
    args: mode === 'dev' ? watch : ['dist/main.js'],
    cwd: join(root, 'api'),
    // NODE_ENV makes libraries faster and quieter; what is allowed depends on APP_ENV.
    env: { ...(mode === 'start' ? { NODE_ENV: 'production' } : {}), ...mysqlEnv(mysql) },
    dataDir: config.dataDir,
    show: (line) => readable(line, mode === 'start' ? 40 : 30),
  }
}

function webService(mode: Mode, config: Config, apiUrl: string): ServiceOptions {
  return {
    name: 'web',
    args: [nextProgram, mode, '--port', String(config.web.port), '--hostname', config.production ? '0.0.0.0' : '127.0.0.1'],
    cwd: join(root, 'web'),
    env: { API_URL: apiUrl, ...(mode === 'start' ? { NODE_ENV: 'production' } : {}) },
    dataDir: config.dataDir,
    // Next's greeting names its own address and versions, which only distract here.
    show: (line) => (mode === 'dev' || /error|warn|⨯|⚠/i.test(line) ? line : undefined),
  }
}

/** Web and API end together, and MySQL after them, for they finish their work with it. */
async function stopAll({ services, mysql }: Stack): Promise<void> {
  await Promise.all(services.map((service) => service.stop(service.name === 'web' ? 2_000 : 7_000)))
  await mysql?.stop()
}

async function checkPorts(config: Config): Promise<void> {
  for (const [name, port] of [
    ['WEB_PORT', config.web.port],
    ['API_PORT', config.api.port],
  ] as const) {
    if (await isFree(port)) continue
    throw new ConfigError(
      `Port ${port} is taken by another program. End that one, or choose another port: ${name}=${port + 100} in .env or in the environment.`,
    )
  }
}

function noteFile(config: Config): string {
  return join(config.dataDir, 'run.json')
}

function alreadyRuns(config: Config): string {
  const other = readJson<{ pid: number; url: string }>(noteFile(config))
  const where = other === undefined ? '' : ` (process ${other.pid}, ${other.url})`
  return `It already runs on the data in ${config.dataDir}${where}. End that run first, or give this one its own DATA_DIR, WEB_PORT and API_PORT.`
}

/** For `dev`: the documents follow every change of a query or of the schema. A mistake in one is shown and waits to be corrected. */
function generateOnChange(signal: AbortSignal): void {
  let timer: NodeJS.Timeout | undefined
  const generate = () => void generateDocuments(signal).catch((error: Error) => say(error.message))
  for (const folder of ['web', 'schema']) {
    watch(join(root, folder), { recursive: true, signal, ignore: ['node_modules', '.next'] }, (_, file) => {
      if (file?.endsWith('.graphql') !== true) return
      clearTimeout(timer)
      timer = setTimeout(generate, 200)
    })
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
