import { and, desc, eq } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { after, decodeCursor, pageOf, type Page } from '../db/keyset.ts'
import { audits } from './tables.ts'

export type AuditRow = typeof audits.$inferSelect

/** Who changed what on a customer, newest first. */
export async function listActivity(
  ctx: Context,
  customerId: string,
  query: { first: number; after?: string | null },
): Promise<Page<AuditRow>> {
  const position = query.after == null ? undefined : decodeCursor(query.after, 'id')
  const rows = await ctx.db
    .select()
    .from(audits)
    .where(and(eq(audits.customerId, customerId), position && after(undefined, audits.id, position, true)))
    .orderBy(desc(audits.id))
    .limit(query.first + 1)
  return pageOf(rows, query.first, (row) => ({ value: null, id: row.id }))
}
