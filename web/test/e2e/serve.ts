import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readConfig, root } from '../../../api/src/config.ts'
import { nextProgram, pointBuildAt } from '../../../run/build.ts'

// The stack that the browser tests use: the built web, and the API with a clock that can be moved. Ends with its parent's signal.

const { web, api } = readConfig()
const apiUrl = `http://127.0.0.1:${api.port}`
pointBuildAt(apiUrl)
const children: ChildProcess[] = []
let ending = false
const end = () => {
  ending = true
  for (const child of children) child.kill('SIGTERM')
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)

start(['--import', 'tsx', 'test/serve.ts'], 'api', { COMPANY_NAME: 'Nordlicht Supplies' })
// The web comes last: once it answers, everything does.
while (!ending && !(await answers(`${apiUrl}/health/ready`))) await pause(200)
if (!ending) start([nextProgram, 'start', '-p', String(web.port), '-H', '127.0.0.1'], 'web', { API_URL: apiUrl })

function start(args: string[], folder: string, env: Record<string, string>): void {
  const child = spawn(process.execPath, args, { cwd: join(root, folder), stdio: 'inherit', env: { ...process.env, ...env } })
  children.push(child)
  child.once('exit', end)
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )
}
