import { readFileSync } from 'node:fs'

/** What a file of ours holds; undefined when it is missing or was cut off. */
export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return undefined
  }
}
