import { eq, sql } from 'drizzle-orm'
import type { App, Company } from '../context.ts'
import type { Db } from '../db/database.ts'
import { companies, counters } from './tables.ts'

/** Reads the settings; the first start writes them from the configuration. */
export async function readCompany(db: Db, initial: { name: string; currency: string; timeZone: string }): Promise<Company> {
  const [found] = await db.select().from(companies).where(eq(companies.id, 1))
  if (found !== undefined) return found
  const company = { ...initial, locale: 'en', paymentTermsDays: 30 }
  // Two processes may start at once: the second keeps the first one's row.
  await db
    .insert(companies)
    .values({ id: 1, ...company })
    .onDuplicateKeyUpdate({ set: { id: 1 } })
  return readCompany(db, initial)
}

/** Reserves `count` running numbers and gives the first. Outside any transaction, so that nobody waits; a rollback leaves a gap. */
export async function reserveNumbers(app: App, name: 'customer' | 'due', count = 1): Promise<number> {
  const [result] = await app.db
    .insert(counters)
    .values({ name, value: count })
    .onDuplicateKeyUpdate({ set: { value: sql`last_insert_id(${counters.value} + ${count})` } })
  // The first row ever inserted sets no insert id.
  const last = Number(result.insertId) || count
  return last - count + 1
}
