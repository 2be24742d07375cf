import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { bundleApi } from '../api/bundle.ts'
import { ConfigError, root } from '../api/src/config.ts'
import { holdLock } from './lock.ts'
import { run, seconds, toolEnv, until } from './processes.ts'

const web = join(root, 'web')
const built = join(web, '.next')
const stamp = join(built, 'inputs')
const manifest = join(built, 'routes-manifest.json')
export const nextProgram = join(web, 'node_modules', 'next', 'dist', 'bin', 'next')

export async function generateDocuments(signal?: AbortSignal): Promise<void> {
  const { code, output } = await run('graphql-codegen', ['--errors-only'], { signal })
  if (code !== 0 && signal?.aborted !== true) throw new ConfigError(`The web's documents do not fit the API's schema:\n${output}`)
}

/** Generates the documents and builds the web, unless the last build was made of the very same files. */
export async function buildWeb(say: (line: string) => void, signal?: AbortSignal): Promise<void> {
  const begin = performance.now()
  let lock: AsyncDisposable | undefined
  // Two builds at once would mix their files.
  await until(async () => signal?.aborted === true || (lock = await holdLock(web, 'build')) !== undefined, 600_000, 200)
  await using _alone = lock
  const inputs = hashInputs(['web/**/*', 'codegen.ts'])
  if (existsSync(manifest) && existsSync(join(web, 'gql.ts')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return
  say('Building the web, as its files have changed')
  // A build that is broken off must not pass for the one before it.
  rmSync(stamp, { force: true })
  await generateDocuments(signal)
  const { code, output } = await run(process.execPath, [nextProgram, 'build'], {
    cwd: web,
    env: toolEnv({ NODE_ENV: 'production' }),
    signal,
  })
  if (signal?.aborted === true) return
  if (code !== 0) throw new ConfigError(`The web could not be built:\n${output}`)
  writeFileSync(stamp, inputs)
  say(`Built the web in ${seconds(begin)}`)
}

const bundle = join(root, 'api', 'dist', 'main.js')
const bundleStamp = join(root, 'api', 'dist', 'inputs')

/** Bundles the API, unless that was done with the very same files. */
export async function buildApi(): Promise<void> {
  const inputs = hashInputs(['api/bundle.ts', 'api/tsconfig.json', 'api/src/**/*'])
  if (existsSync(bundle) && existsSync(bundleStamp) && readFileSync(bundleStamp, 'utf8') === inputs) return
  rmSync(bundleStamp, { force: true })
  await bundleApi()
  writeFileSync(bundleStamp, inputs)
}

/** Everything that something built comes from. Tests and what is generated do not count. */
function hashInputs(sources: string[]): string {
  const files = globSync([...sources, 'schema/**/*', 'pnpm-lock.yaml', 'tsconfig.base.json'], {
    cwd: root,
    exclude: (path) => ['node_modules', '.next'].includes(basename(path)),
  }).filter((file) => !/^web\/(test\/|gql\.ts$|next-env\.d\.ts$)|\.test\.tsx?$|\.tsbuildinfo$/.test(file))
  const hash = createHash('sha256').update(process.version)
  for (const name of Object.keys(process.env).toSorted()) if (name.startsWith('NEXT_PUBLIC_')) hash.update(`${name}=${process.env[name]}\0`)
  for (const file of files.toSorted()) {
    const path = join(root, file)
    if (statSync(path).isFile()) hash.update(`${file}\0`).update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}

/**
 * A build keeps the address that its rewrites lead to. It is set anew before each start, so that another API_PORT
 * does not cost another build.
 */
export function pointBuildAt(apiUrl: string): void {
  const text = readFileSync(manifest, 'utf8')
  const pointed = text.replaceAll(/("destination": *")http:\/\/[^/"]+/g, `$1${apiUrl}`)
  if (!pointed.includes(`${apiUrl}/graphql"`)) throw new Error(`${manifest} passes nothing on to the API`)
  if (pointed !== text) writeFileSync(manifest, pointed)
}
