import { setTimeout as sleep } from 'node:timers/promises'
import { buildApi } from '../run/build.ts'
import { atMost, ofRuns, type Measured } from './results.ts'
import { emptyDatabase, memoryOf, startApi } from './stack.ts'

/** P10: from nothing to a ready API on a database that is there, and its memory when nobody asks it anything. */
export async function measureStart(): Promise<Measured[]> {
  await buildApi()
  await emptyDatabase()
  const readyMs: number[] = []
  const idleMiB: number[] = []
  // The first one migrates; it is not counted.
  for (let run = 0; run <= 5; run++) {
    await using api = await startApi(3_000)
    if (run === 0) continue
    readyMs.push(api.readyMs)
    await sleep(3_000)
    idleMiB.push(memoryOf(api.pid).now)
  }
  const [ready, idle] = [ofRuns(readyMs), ofRuns(idleMiB)]
  return [
    { id: 'P10', case: 'main.ts to ready, MySQL up', unit: 'ms', ...ready, against: [atMost('promise', ready.figure, 2_000)] },
    { id: 'P10', case: 'idle API, resident memory', unit: 'MiB', ...idle, against: [atMost('promise', idle.figure, 200)] },
  ]
}
