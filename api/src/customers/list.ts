import { and, asc, desc, eq, gte, like, lt, or, sql, type AnyColumn, type SQL } from 'drizzle-orm'
import type { CustomerStatus } from 'schema/customer'
import type { Context } from '../context.ts'
import { after, countUpTo, decodeCursor, pageOf, type Ordered, type Page } from '../db/keyset.ts'
import type { CustomerRow } from './customers.ts'
import { customers } from './tables.ts'

export const customerSortKeys = ['NUMBER', 'NAME', 'OUTSTANDING', 'NEXT_DUE_DATE', 'LAST_PAYMENT_ON'] as const
export type CustomerSortKey = (typeof customerSortKeys)[number]

export interface CustomerFilter {
  readonly text?: string | null
  readonly status?: readonly CustomerStatus[] | null
  readonly archived: boolean
}
export interface CustomerQuery {
  readonly filter: CustomerFilter
  readonly sort: { readonly by: CustomerSortKey; readonly descending: boolean }
  readonly first: number
  readonly after?: string | null
}

/** The column that an order reads, and its value in a row, as text for the cursor. A missing date comes last in both directions. */
const orders: Record<CustomerSortKey, (descending: boolean) => { column: AnyColumn; by: Ordered; value: (row: CustomerRow) => string }> = {
  NUMBER: () => ({ column: customers.number, by: 'text', value: (row) => row.number }),
  NAME: () => ({ column: customers.name, by: 'text', value: (row) => row.name }),
  OUTSTANDING: () => ({ column: customers.outstandingRank, by: 'number', value: (row) => row.outstandingRank ?? '0' }),
  NEXT_DUE_DATE: (descending) =>
    descending
      ? { column: customers.dueDescending, by: 'day', value: (row) => row.nextDueDate ?? '1000-01-01' }
      : { column: customers.dueAscending, by: 'day', value: (row) => row.nextDueDate ?? '9999-12-31' },
  LAST_PAYMENT_ON: (descending) =>
    descending
      ? { column: customers.paidDescending, by: 'day', value: (row) => row.lastPaymentOn ?? '1000-01-01' }
      : { column: customers.paidAscending, by: 'day', value: (row) => row.lastPaymentOn ?? '9999-12-31' },
}

/** One page of the list. */
export async function listCustomers(ctx: Context, query: CustomerQuery): Promise<Page<CustomerRow>> {
  const { by, descending } = query.sort
  const order = orders[by](descending)
  const position = query.after == null ? undefined : decodeCursor(query.after, order.by)
  const direction = descending ? desc : asc
  const rows = await ctx.db
    .select()
    .from(customers)
    .where(and(matches(ctx, query.filter), position && after(order.column, customers.id, position, descending)))
    .orderBy(direction(order.column), direction(customers.id))
    .limit(query.first + 1)
  return pageOf(rows, query.first, (row) => ({ value: order.value(row), id: row.id }))
}

/** How many there are, up to the limit. */
export const countCustomers = (ctx: Context, filter: CustomerFilter) => countUpTo(ctx.db, customers, matches(ctx, filter))

function matches(ctx: Context, filter: CustomerFilter): SQL | undefined {
  return and(eq(customers.live, !filter.archived), statusIn(ctx, filter.status), ...words(filter.text))
}

function statusIn(ctx: Context, status: readonly CustomerStatus[] | null | undefined): SQL | undefined {
  if (status == null || status.length === 0) return undefined
  const conditions: Record<CustomerStatus, SQL | undefined> = {
    OVERDUE: lt(customers.dueAscending, ctx.today),
    PENDING: and(gte(customers.dueAscending, ctx.today), lt(customers.dueAscending, '9999-12-31')),
    PAID: eq(customers.dueAscending, '9999-12-31'),
  }
  return or(...new Set(status.map((one) => conditions[one])))
}

/** Each word of the text has to begin a word of the name, number or a contact; the shortest only the name or number itself. */
function words(text: string | null | undefined): (SQL | undefined)[] {
  const all = (text ?? '').match(/[\p{L}\p{N}]+/gu)?.slice(0, 8) ?? []
  const long = all.filter((word) => word.length >= 3)
  const short = all.filter((word) => word.length < 3)
  return [
    long.length === 0
      ? undefined
      : sql`match(${customers.searchText}) against (${long.map((word) => `+${word}*`).join(' ')} in boolean mode)`,
    ...short.map((word) => or(beginsWord(customers.name, word), beginsWord(customers.number, word))),
  ]
}

/** At the beginning, or behind what parts words. */
const beginsWord = (column: AnyColumn, word: string) =>
  or(like(column, `${word}%`), ...[' ', '-', '/', '.', '\\_', '’', "'", '(', '&'].map((mark) => like(column, `%${mark}${word}%`)))
