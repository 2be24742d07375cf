import type { SQL } from 'drizzle-orm'
import type { Db, Tx } from './database.ts'

/** What must hold of the books, always; each statement gives the rows in which it does not. */
export interface Invariant {
  readonly name: string
  /** How many rows were looked at: a check that saw nothing proves nothing. */
  readonly looked: SQL
  readonly broken: SQL
}

/** Runs the checks: for each, how many rows it looked at and those that break it (20 at most). */
export async function checkInvariants(
  db: Db | Tx,
  all: readonly Invariant[],
): Promise<{ name: string; looked: number; broken: Record<string, unknown>[] }[]> {
  const results = []
  for (const { name, looked, broken } of all) {
    const [counted] = (await db.execute(looked)) as unknown as [{ n: string }[]]
    const [rows] = (await db.execute(broken)) as unknown as [Record<string, unknown>[]]
    results.push({ name, looked: Number(counted[0]?.n ?? 0), broken: rows })
  }
  return results
}
