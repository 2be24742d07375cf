import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

// Fails when the tables in the code differ from what the migrations make: drizzle-kit is asked for the next migration on a
// copy, and there must be none.
const api = fileURLToPath(new URL('../..', import.meta.url))
const copy = mkdtempSync(join(tmpdir(), 'migrations-'))
try {
  cpSync(join(api, 'migrations'), copy, { recursive: true })
  const known = new Set(readdirSync(copy))
  // It takes the folder as relative to this one. Without an input it cannot ask whether a column was renamed: then it fails, which is as good an answer.
  const args = ['generate', '--dialect', 'mysql', '--schema', './src/*/tables.ts', '--out', relative(api, copy)]
  const { status, stdout, stderr } = spawnSync('drizzle-kit', args, { cwd: api, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
  const fresh = readdirSync(copy).filter((name) => !known.has(name))
  if (status !== 0 || !/No schema changes/.test(stdout) || fresh.length > 0) {
    const statements = fresh.map((name) => readFileSync(join(copy, name), 'utf8')).join('\n')
    process.stderr.write(
      `The tables differ from what the migrations make. Run \`pnpm --filter api migration\`.\n${statements || stdout + stderr}\n`,
    )
    process.exitCode = 1
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
