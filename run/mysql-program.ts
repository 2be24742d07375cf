import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ConfigError } from '../api/src/config.ts'
import { needRoom } from './disk.ts'
import { holdLock } from './lock.ts'
import { run, until } from './processes.ts'

/** How mysqld is called: a command with its first arguments. */
export interface MysqlProgram {
  command: string
  args: string[]
  version: string
}

const elsewhere = 'Set MYSQL_HOST, MYSQL_USER and MYSQL_PASSWORD to a MySQL 8.4 or newer, or run everything with: docker compose up'

/** A mysqld on PATH that will do, else one that is unpacked below `dataDir`, brought there first when it is missing. */
export async function findMysql(dataDir: string, say: (line: string) => void, signal?: AbortSignal): Promise<MysqlProgram> {
  return onPath() ?? unpacked(dataDir) ?? (await fetchMysql(dataDir, say, signal))
}

function onPath(): MysqlProgram | undefined {
  // Where AppArmor knows mysqld, it fences it into the system's own folders.
  const profiles = '/sys/kernel/security/apparmor/profiles'
  try {
    if (existsSync(profiles) && readFileSync(profiles, 'utf8').includes('mysqld')) return undefined
  } catch {
    // Only root may read the list: then the attempt decides.
  }
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const command = join(folder, 'mysqld')
    const version = existsSync(command) ? readVersion(command, []) : undefined
    if (version !== undefined) return { command, args: ['--no-defaults'], version }
  }
  return undefined
}

/** The version when it is one we can use: MySQL from 8.4 on. MariaDB is another database by now. */
function readVersion(command: string, args: string[]): string | undefined {
  const { status, stdout } = spawnSync(command, [...args, '--version'], { encoding: 'utf8' })
  const version = /Ver (\d+\.\d+\.\d+)/.exec(stdout)?.[1]
  return status === 0 && isSuitable(stdout.slice(stdout.indexOf('Ver '))) ? version : undefined
}

/** Judges a version as the server or its program prints it. */
export function isSuitable(printed: string): boolean {
  const [, major, minor] = /(\d+)\.(\d+)\./.exec(printed) ?? []
  return !/mariadb/i.test(printed) && Number(major) * 100 + Number(minor) >= 804
}

function programFolder(dataDir: string): string {
  return join(dataDir, 'programs', 'mysql')
}

function unpacked(dataDir: string): MysqlProgram | undefined {
  const root = join(programFolder(dataDir), 'unpacked')
  const usr = join(root, 'usr')
  const mysqld = join(usr, 'sbin', 'mysqld')
  if (!existsSync(mysqld)) return undefined
  const triple = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'
  const loader = process.arch === 'arm64' ? 'ld-linux-aarch64.so.1' : 'ld-linux-x86-64.so.2'
  const libraries = [join(usr, 'lib', triple), join(root, 'lib', triple), join(usr, 'lib', 'mysql', 'private')].filter((folder) =>
    existsSync(folder),
  )
  const command = libraries.map((folder) => join(folder, loader)).find((file) => existsSync(file))
  if (command === undefined) return undefined
  // The program is newer than the system may be, so it runs on the libc that came with it, through that libc's own loader.
  const args = ['--argv0', mysqld, '--library-path', libraries.join(':'), mysqld, '--no-defaults']
  const version = readVersion(command, args)
  const share = join(usr, 'share', 'mysql')
  const places = [
    `--basedir=${usr}`,
    `--lc-messages-dir=${share}`,
    `--character-sets-dir=${join(share, 'charsets')}`,
    `--plugin-dir=${join(usr, 'lib', 'mysql', 'plugin')}`,
  ]
  return version === undefined ? undefined : { command, args: [...args, ...places], version }
}

async function fetchMysql(dataDir: string, say: (line: string) => void, signal?: AbortSignal): Promise<MysqlProgram> {
  const folder = programFolder(dataDir)
  if (process.platform !== 'linux') throw new ConfigError(`This system has no MySQL 8.4 or newer on its PATH. ${elsewhere}`)
  await using lock = await holdLock(folder, 'fetch-mysql')
  if (lock === undefined) {
    say('Waiting for another run that downloads MySQL')
    let found: MysqlProgram | undefined
    await until(() => signal?.aborted === true || (found = unpacked(dataDir)) !== undefined, 300_000, 500)
    if (found !== undefined) return found
    throw new ConfigError(`Another run has been downloading MySQL for five minutes. ${elsewhere}`)
  }
  // Packages, program and the first data, all at once.
  needRoom(folder, 1_500, 'a first MySQL')
  say('Downloading MySQL, once (about 55 MB)')
  const { code, output } = await run('bash', [join(import.meta.dirname, 'mysql-fetch.sh'), folder], { signal })
  const program = code === 0 ? unpacked(dataDir) : undefined
  if (program !== undefined) return program
  const reason = output.trim().split('\n').slice(-6).join('; ') || 'the program does not start here'
  throw new ConfigError(`MySQL could not be downloaded (${reason}). ${elsewhere}`)
}
