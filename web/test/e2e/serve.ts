import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { readConfig, root } from '../../../api/src/config.ts'
import { nextProgram, pointBuildAt } from '../../../run/build.ts'

// The stack that the browser tests use: the built web, and the API with a clock that can be moved. Ends with its parent's signal.

const { web, api } = readConfig()
const apiUrl = `http://127.0.0.1:${api.port}`
pointBuildAt(apiUrl)
const children = [
  spawn(process.execPath, ['--import', 'tsx', 'test/serve.ts'], { cwd: join(root, 'api'), stdio: 'inherit' }),
  spawn(process.execPath, [nextProgram, 'start', '-p', String(web.port), '-H', '127.0.0.1'], {
    cwd: join(root, 'web'),
    stdio: 'inherit',
    env: { ...process.env, API_URL: apiUrl },
  }),
]
const end = () => children.forEach((child) => child.kill('SIGTERM'))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
for (const child of children) child.once('exit', end)
