import { statfsSync } from 'node:fs'
import { ConfigError } from '../api/src/config.ts'

/** Throws a ConfigError that says what to do when the disk of an existing folder has less room than that. */
export function needRoom(folder: string, neededMegabytes: number, what: string): void {
  const disk = statfsSync(folder)
  const freeMegabytes = Math.floor((disk.bavail * disk.bsize) / 2 ** 20)
  if (freeMegabytes >= neededMegabytes) return
  throw new ConfigError(
    `The disk that holds ${folder} has ${freeMegabytes} MB free, and ${what} needs ${neededMegabytes} MB. Make room, or set DATA_DIR to a folder on another disk.`,
  )
}
