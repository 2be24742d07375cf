import { spawn } from 'node:child_process'
import { ConfigError, loadEnvFile, readConfig } from '../api/src/config.ts'
import { listenForEnd } from './ending.ts'
import { mysqlEnv, openMysql } from './mysql.ts'
import { toolEnv } from './processes.ts'

// Runs a command with a MySQL to work on: the one that MYSQL_HOST names or that runs already, else one that is started for as long as it takes.
const [command, ...args] = process.argv.slice(2)
const ending = listenForEnd()
try {
  if (command === undefined) throw new ConfigError('Name a command: node run/with-mysql.ts COMMAND ARGUMENT…')
  loadEnvFile()
  const mysql = await openMysql(readConfig(), { say: (line) => process.stderr.write(`${line}\n`), signal: ending })
  process.exitCode = ending.aborted ? 130 : await runHere(command, args, mysqlEnv(mysql))
  await mysql.stop()
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
process.exit()

/** The command talks to the terminal itself, and so gets a Ctrl-C from there; a signal to us alone is passed on. */
function runHere(command: string, args: string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: toolEnv(env), stdio: 'inherit' })
    ending.addEventListener('abort', () => child.kill('SIGTERM'))
    child.once('error', (error) => {
      process.stderr.write(`${command} cannot be run: ${error.message}\n`)
      resolve(127)
    })
    child.once('exit', (code) => resolve(code ?? 130))
  })
}
