import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

// Native programs, packages that read files beside their own code, and what is loaded only when it is used.
const external = ['argon2', 'class-validator', 'exceljs', 'ruru', 'ruru/*', '@fastify/swagger-ui']

/**
 * Writes the API as one file, dist/main.js: finding and compiling 1,600 files is most of what a start would take. The file
 * is readable, and no source map leads back, for that would cost an idle process 100 MiB.
 */
export async function bundleApi(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('src/main.ts', import.meta.url))],
    outfile: fileURLToPath(new URL('dist/main.js', import.meta.url)),
    tsconfig: fileURLToPath(new URL('tsconfig.json', import.meta.url)),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Both of graphql's builds in one process would be two worlds that refuse each other's types.
    mainFields: ['main', 'module'],
    external,
    logLevel: 'error',
    banner: {
      js: [
        "import { createRequire as requireFrom } from 'node:module'",
        "import { dirname as folderOf } from 'node:path'",
        'const require = requireFrom(import.meta.url), __filename = import.meta.filename, __dirname = folderOf(__filename)',
      ].join('\n'),
    },
  })
}

if (import.meta.main) await bundleApi()
