import { loadEnvFile } from '../api/src/config.ts'
import { check } from './checks.ts'
import { listenForEnd } from './ending.ts'

loadEnvFile()
process.exitCode = (await check(listenForEnd())) ? 0 : 1
