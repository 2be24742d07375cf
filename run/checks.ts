import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../api/src/config.ts'
import { run, seconds, type Finished } from './processes.ts'

interface Check {
  name: string
  work: (signal: AbortSignal) => Promise<Finished>
}

const tool = (name: string, command: string, ...args: string[]): Check => ({ name, work: (signal) => run(command, args, { signal }) })
const types = (folder: string) => tool(`types in ${folder}`, 'tsc', '-p', folder)
/** A script of a workspace package, as its own package.json states it. */
const script = (name: string, folder: string, ...args: string[]): Check => ({
  name,
  work: (signal) => run(process.execPath, ['--run', ...args], { cwd: join(root, folder), signal }),
})

const first = [tool('generated documents', 'graphql-codegen'), script('printed schema and OpenAPI', 'api', 'print', '--', '--check')]
// The longest first, so that none is left running alone at the end.
const then = [
  tool('lint', 'oxlint', '--deny-warnings'),
  script('migrations', 'api', 'migrations:check'),
  tool('dead code', 'knip'),
  types('api'),
  types('web'),
  types('schema'),
  types('run'),
  types('bench'),
  tool('format', 'oxfmt', '--check'),
  { name: '.env.example', work: async () => compareEnvExample() },
]

/** Everything about the code that can be told without running it. Says what each check took, and the output of those that fail. */
export async function check(signal: AbortSignal): Promise<boolean> {
  const begin = performance.now()
  const failed = [...(await inTwos(first, signal)), ...(await inTwos(then, signal))]
  const verdict = signal.aborted ? 'check was broken off' : failed.length === 0 ? 'check passed' : `check failed: ${failed.join(', ')}`
  process.stdout.write(`${verdict} (${seconds(begin)})\n`)
  return failed.length === 0 && !signal.aborted
}

/** Two at a time: most of them use a core each. Settles with the names of those that failed. */
async function inTwos(checks: Check[], signal: AbortSignal): Promise<string[]> {
  const waiting = [...checks]
  const failed: string[] = []
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      const begin = performance.now()
      const { code, output } = await next.work(signal)
      if (signal.aborted) return
      process.stdout.write(`${code === 0 ? '✓' : '✗'} ${next.name} ${seconds(begin)}\n`)
      if (code === 0) continue
      failed.push(next.name)
      process.stdout.write(`${output.trimEnd()}\n`)
    }
  }
  await Promise.all([worker(), worker()])
  return failed
}

/** Each variable of the configuration stands in the example with its explanation, and nothing else does. */
function compareEnvExample(): Finished {
  const names = (file: string, pattern: RegExp) =>
    new Set([...readFileSync(join(root, file), 'utf8').matchAll(pattern)].map((match) => match[1]!))
  const read = names('api/src/config.ts', /^ {2}([A-Z][A-Z_]+):/gm)
  const explained = names('.env.example', /^(?:# ?)?([A-Z][A-Z_]+)=/gm)
  const faults = [
    ...[...read].filter((name) => !explained.has(name)).map((name) => `${name} is read by api/src/config.ts and missing in .env.example`),
    ...[...explained]
      .filter((name) => !read.has(name))
      .map((name) => `${name} stands in .env.example and is not read by api/src/config.ts`),
  ]
  return { code: faults.length === 0 && read.size > 0 ? 0 : 1, output: faults.join('\n') }
}
