import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium as playwright } from '@playwright/test'
import { ConfigError } from '../api/src/config.ts'
import { holdLock } from './lock.ts'
import { run } from './processes.ts'

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The path of a Chromium for the browser tests: an installed one, else one that apt installs, else one that is unpacked below `dataDir`. */
export async function findChromium(dataDir: string, say: (line: string) => void, signal: AbortSignal): Promise<string> {
  const folder = join(dataDir, 'programs', 'chromium')
  const unpacked = join(folder, 'chromium')
  const found = [process.env['CHROMIUM_PATH'] ?? '', ...installed, playwright.executablePath(), unpacked].find(
    (path) => path !== '' && existsSync(path),
  )
  if (found !== undefined) return found

  await using _alone = await holdLock(folder, 'fetch-chromium')
  say('Bringing Chromium, once (about 100 MB)')
  if (process.getuid?.() === 0 && (await installChromium(signal))) return installed[0]!
  const { code, output } = await run(
    'bash',
    [join(import.meta.dirname, 'unpack-packages.sh'), 'own', folder, 'chromium', 'fontconfig-config', 'fonts-dejavu-core'],
    { signal },
  )
  if (code === 0) {
    wrap(folder, unpacked)
    if ((await run(unpacked, ['--version'], { signal })).code === 0) return unpacked
  }
  throw new ConfigError(
    `No Chromium for the browser tests (${output.trim().split('\n').slice(-4).join('; ')}). Install one, or set CHROMIUM_PATH to its program.`,
  )
}

async function installChromium(signal: AbortSignal): Promise<boolean> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const update = await run('apt-get', ['-q', 'update'], { env, signal })
  if (update.code !== 0) return false
  const install = await run('apt-get', ['-q', '-y', 'install', '--no-install-recommends', 'chromium'], { env, signal })
  return install.code === 0 && existsSync(installed[0]!)
}

/** A script that starts the unpacked program with its own libraries and with fonts, which it would look for in the system's folders. */
function wrap(folder: string, script: string): void {
  const usr = join(folder, 'unpacked', 'usr')
  const triple = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'
  writeFileSync(
    join(folder, 'fonts.conf'),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${usr}/share/fonts</dir>
  <cachedir>${folder}/fonts</cachedir>
</fontconfig>
`,
  )
  const lines = [
    '#!/bin/sh',
    `export LD_LIBRARY_PATH='${usr}/lib/${triple}:${folder}/unpacked/lib/${triple}'`,
    `export FONTCONFIG_FILE='${folder}/fonts.conf'`,
    `exec '${usr}/lib/chromium/chromium' "$@"`,
  ]
  writeFileSync(script, `${lines.join('\n')}\n`)
  chmodSync(script, 0o755)
}
