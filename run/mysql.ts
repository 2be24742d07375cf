import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, type Config } from '../api/src/config.ts'
import { needRoom } from './disk.ts'
import { holdLock } from './lock.ts'
import { checkGivenMysql } from './mysql-given.ts'
import { findMysql, type MysqlProgram } from './mysql-program.ts'
import { greets, isFree } from './ports.ts'
import { isAlive, know, run, until, type Known } from './processes.ts'
import { readJson } from './read-json.ts'

export interface Mysql {
  host: string
  port: number
  user: string
  password: string
  /** Called once when the server ends though nobody asked it to. */
  onDeath(listener: () => void): void
  /** Stops the server, unless another run on the same folder still uses it. */
  stop(): Promise<void>
}

export interface MysqlOptions {
  dataDir: string
  /** Where this server's data lies; several servers may share one program below `dataDir`. */
  folder?: string
  /** For tests: several times faster, and a power cut may lose the data (kill -9 does not). */
  fast?: boolean
  port?: number
  say?: (line: string) => void
  signal?: AbortSignal
}

interface Running extends Known {
  port: number
  fast: boolean
}

const megabyte = 1024 * 1024

/** The MySQL that MYSQL_HOST names, once it has proved suitable; without that name a private one. */
export async function openMysql(config: Config, options: Omit<MysqlOptions, 'dataDir'> = {}): Promise<Mysql> {
  const { host, port, user, password } = config.mysql
  if (host === undefined) return await startMysql({ dataDir: config.dataDir, ...options })
  await checkGivenMysql({ host, port, user, password })
  return { host, port, user, password, onDeath: () => {}, stop: async () => {} }
}

/**
 * A MySQL of our own on 127.0.0.1. It is started, or taken over from a run that still uses it or was killed; several runs
 * on one folder share one server and the last of them stops it.
 */
export async function startMysql(options: MysqlOptions): Promise<Mysql> {
  const folder = options.folder ?? join(options.dataDir, 'mysql')
  const fast = options.fast ?? false
  for (const path of [options.dataDir, folder, join(folder, 'users')]) makePrivateFolder(path)
  const program = await findMysql(options.dataDir, options.say ?? (() => {}), options.signal)

  await using _alone = await waitForLock(folder)
  const password = readPassword(folder)
  let running = readRunning(folder)
  if (running !== undefined && (running.fast !== fast || !(await until(() => greets(running!.port), 10_000)))) {
    if (otherUsers(folder).length > 0)
      throw new ConfigError(
        `Another run uses the MySQL in ${folder} with other settings. Stop that run first, or give this one a DATA_DIR of its own.`,
      )
    await shutDown(folder, running)
    running = undefined
  }
  running ??= await launch(program, folder, password, fast, options)
  const me = join(folder, 'users', `${process.pid}.json`)
  writeFileSync(me, JSON.stringify(know(process.pid)))

  const server = running
  let stopped: Promise<void> | undefined
  let watch: NodeJS.Timeout | undefined
  const stop = async () => {
    clearInterval(watch)
    await using _alone = await waitForLock(folder)
    rmSync(me, { force: true })
    if (otherUsers(folder).length === 0) await shutDown(folder, server)
  }
  return {
    host: '127.0.0.1',
    port: server.port,
    user: 'root',
    password,
    onDeath(listener) {
      // It may be another run's child, of whose end the system tells us nothing.
      watch = setInterval(() => {
        if (isAlive(server)) return
        clearInterval(watch)
        listener()
      }, 500).unref()
    },
    stop: () => (stopped ??= stop()),
  }
}

/** What the API and every tool read, for a server that was started here. */
export function mysqlEnv(server: Pick<Mysql, 'host' | 'port' | 'user' | 'password'>): Record<string, string> {
  return { MYSQL_HOST: server.host, MYSQL_PORT: String(server.port), MYSQL_USER: server.user, MYSQL_PASSWORD: server.password }
}

function makePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new ConfigError(
      `The folder ${path} cannot be made (${(error as Error).message}). Set DATA_DIR to a folder that this user may write to.`,
    )
  }
}

/** Starts and stops on one folder follow each other; each takes seconds, so waiting longer than a minute means that something is wrong. */
async function waitForLock(folder: string): Promise<AsyncDisposable> {
  let lock: AsyncDisposable | undefined
  await until(async () => (lock = await holdLock(folder, 'mysql')) !== undefined, 90_000, 100)
  if (lock === undefined)
    throw new ConfigError(
      `Another run has been starting or stopping the MySQL in ${folder} for over a minute. Stop that run and try again.`,
    )
  return lock
}

function readPassword(folder: string): string {
  const file = join(folder, 'root-password')
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

function readRunning(folder: string): Running | undefined {
  const running = readJson<Running>(join(folder, 'running.json'))
  return running !== undefined && isAlive(running) ? running : undefined
}

/** The other runs that hold this server; those that were killed have left a file, which goes. */
function otherUsers(folder: string): Known[] {
  return readdirSync(join(folder, 'users')).flatMap((name) => {
    const file = join(folder, 'users', name)
    const user = readJson<Known>(file)
    if (user !== undefined && isAlive(user)) return user.pid === process.pid ? [] : [user]
    rmSync(file, { force: true })
    return []
  })
}

async function shutDown(folder: string, server: Running): Promise<void> {
  if (isAlive(server)) process.kill(server.pid, 'SIGTERM')
  if (!(await until(() => !isAlive(server), 8_000))) {
    // The next start recovers what was committed, so a server that does not end in time may be killed.
    process.kill(server.pid, 'SIGKILL')
    await until(() => !isAlive(server), 2_000)
  }
  rmSync(join(folder, 'running.json'), { force: true })
}

async function launch(program: MysqlProgram, folder: string, password: string, fast: boolean, options: MysqlOptions): Promise<Running> {
  const isNew = !existsSync(join(folder, 'data', 'mysql.ibd'))
  needRoom(folder, isNew ? 1024 : 256, 'MySQL')
  const data = join(folder, 'data')
  const log = join(folder, 'mysqld.log')
  if (existsSync(log) && statSync(log).size > 20 * megabyte) renameSync(log, `${log}.1`)
  if (isNew) await initialise(program, folder, password, options.signal)

  const pidFile = join(folder, 'mysqld.pid')
  const tried: number[] = []
  while (tried.length < 5) {
    const port = options.port ?? (await choosePort(folder, tried))
    tried.push(port)
    const args = [...program.args, ...settings({ data, pidFile, port, fast })]
    // A session of its own: a Ctrl-C in the terminal is ours to pass on, after those who use the server have ended.
    const output = openSync(log, 'a', 0o600)
    const child = spawn(program.command, args, { detached: true, stdio: ['ignore', output, output] })
    closeSync(output)
    child.unref()
    child.on('error', () => {})
    if (child.pid === undefined) throw new ConfigError(`MySQL (${program.command}) does not start. Set MYSQL_HOST to a MySQL of your own.`)
    const running: Running = { ...know(child.pid), port, fast }
    writeFileSync(join(folder, 'running.json'), JSON.stringify(running))
    const ended = () => child.exitCode !== null || child.signalCode !== null
    // After a crash it first brings its data in order, which takes as long as it takes; the pid file says that this is done.
    const isUp = async () => existsSync(pidFile) && (await greets(port))
    await until(async () => ended() || options.signal?.aborted === true || (await isUp()), 600_000)
    if (!ended()) return running
    if (options.port !== undefined || (await isFree(port))) break
  }
  const reasons = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('[ERROR]'))
    .slice(-3)
  throw new ConfigError(`MySQL did not start: ${reasons.join(' ') || 'it gave no reason'}. Its log is ${log}.`)
}

/** Remembered, so that tools which were given the port find the server again. From 32768 on the system lends ports to outgoing connections. */
async function choosePort(folder: string, tried: number[]): Promise<number> {
  const file = join(folder, 'port')
  const kept = Number(existsSync(file) ? readFileSync(file, 'utf8') : 0)
  const candidates = [...(kept > 0 ? [kept] : []), ...Array.from({ length: 500 }, (_, index) => 13_306 + index)]
  for (const port of candidates) {
    if (tried.includes(port) || !(await isFree(port))) continue
    writeFileSync(file, String(port))
    return port
  }
  throw new ConfigError('No port from 13306 to 13805 is free for MySQL. Set MYSQL_HOST to a MySQL of your own.')
}

function settings({ data, pidFile, port, fast }: { data: string; pidFile: string; port: number; fast: boolean }): string[] {
  return [
    ...asRoot(),
    `--datadir=${data}`,
    `--pid-file=${pidFile}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    // Without a socket file the folder's path may be as long as it likes.
    '--socket=',
    '--mysqlx=OFF',
    '--skip-name-resolve',
    '--secure-file-priv=NULL',
    '--local-infile=1',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_0900_ai_ci',
    '--default-time-zone=+00:00',
    '--innodb-buffer-pool-size=256M',
    '--max-connections=300',
    ...(fast
      ? [
          '--skip-log-bin',
          '--innodb-flush-log-at-trx-commit=2',
          '--innodb-flush-method=nosync',
          '--innodb-doublewrite=OFF',
          '--performance-schema=OFF',
        ]
      : [
          '--log-bin=binlog',
          '--binlog-expire-logs-seconds=172800',
          '--sync-binlog=1',
          '--innodb-flush-log-at-trx-commit=1',
          '--innodb-doublewrite=ON',
        ]),
  ]
}

/** mysqld refuses to run as root unless it is told to. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : []
}

/** Makes the data folder beside its place and moves it there whole, so that an interrupted first start leaves no half of it. */
async function initialise(program: MysqlProgram, folder: string, password: string, signal?: AbortSignal): Promise<void> {
  const fresh = join(folder, 'new')
  const script = join(folder, 'init.sql')
  rmSync(fresh, { recursive: true, force: true })
  // Without name resolution localhost and 127.0.0.1 are different places. The password's letters need no quoting.
  const statements = [
    `alter user root@localhost identified by '${password}'`,
    `create user root@'127.0.0.1' identified by '${password}'`,
    "grant all on *.* to root@'127.0.0.1' with grant option",
  ]
  writeFileSync(script, statements.map((statement) => `${statement};\n`).join(''), { mode: 0o600 })
  const args = [
    '--initialize-insecure',
    `--datadir=${fresh}`,
    `--init-file=${script}`,
    '--innodb-flush-method=nosync',
    '--innodb-doublewrite=OFF',
    '--skip-log-bin',
  ]
  const { code, output } = await run(program.command, [...program.args, ...asRoot(), ...args], { signal })
  rmSync(script, { force: true })
  if (code !== 0)
    throw new ConfigError(
      `MySQL could not make its data folder ${fresh}: ${output
        .split('\n')
        .filter((line) => line.includes('[ERROR]'))
        .slice(-3)
        .join(' ')}`,
    )
  // It was made without waiting for the disk, so all of it goes there once, before anybody relies on it.
  await run('sync', ['--file-system', fresh], { signal })
  rmSync(join(folder, 'data'), { recursive: true, force: true })
  renameSync(fresh, join(folder, 'data'))
}
