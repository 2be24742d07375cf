import { and, asc, desc, eq, gt, inArray, like, or, sql, type SQL } from 'drizzle-orm'
import type { PaymentState } from 'schema/payment'
import type { Context } from '../context.ts'
import { customers } from '../customers/tables.ts'
import { after, countUpTo, decodeCursor, pageOf, type Page } from '../db/keyset.ts'
import type { DueRow } from './dues.ts'
import type { PaymentRow } from './payments.ts'
import { dues, payments } from './tables.ts'

export interface PageQuery {
  readonly first: number
  readonly after?: string | null
}
export interface PaymentFilter {
  readonly state?: readonly PaymentState[] | null
  readonly customerId?: string | null
  readonly text?: string | null
}

/** Payments by the day on which they were received. */
export async function listPayments(
  ctx: Context,
  query: PageQuery & { filter: PaymentFilter; descending: boolean },
): Promise<Page<PaymentRow>> {
  const position = query.after == null ? undefined : decodeCursor(query.after, 'day')
  const direction = query.descending ? desc : asc
  const rows = await ctx.db
    .select()
    .from(payments)
    .where(and(matches(query.filter), position && after(payments.receivedOn, payments.id, position, query.descending)))
    .orderBy(direction(payments.receivedOn), direction(payments.id))
    .limit(query.first + 1)
  return pageOf(rows, query.first, (row) => ({ value: row.receivedOn, id: row.id }))
}

/** How many there are, up to the limit. */
export const countPayments = (ctx: Context, filter: PaymentFilter) => countUpTo(ctx.db, payments, matches(filter))

function matches(filter: PaymentFilter): SQL | undefined {
  const text = (filter.text ?? '').trim()
  const pattern = `${text.replaceAll(/[\\%_]/g, '\\$&')}%`
  return and(
    filter.state == null || filter.state.length === 0 ? undefined : inArray(payments.state, [...filter.state]),
    filter.customerId == null ? undefined : eq(payments.customerId, filter.customerId),
    text === ''
      ? undefined
      : or(
          like(payments.reference, pattern),
          sql`${payments.customerId} in (select ${customers.id} from ${customers} where ${or(like(customers.name, pattern), like(customers.number, pattern))})`,
        ),
  )
}

/** A customer's dues: the open ones first, each group by due date. */
export async function listDues(ctx: Context, customerId: string, query: PageQuery): Promise<Page<DueRow>> {
  const position = query.after == null ? undefined : decodeCursor(query.after, 'flag and day')
  // The order has two columns before the id, so the cursor carries both: "0 2026-01-31" is open, due on that day.
  const [settled, dueDate] = position?.value?.split(' ') ?? []
  const beyond =
    position === undefined
      ? undefined
      : or(
          gt(dues.settled, settled === '1'),
          and(eq(dues.settled, settled === '1'), after(dues.dueDate, dues.id, { value: dueDate ?? '', id: position.id }, false)),
        )
  const rows = await ctx.db
    .select()
    .from(dues)
    .where(and(eq(dues.customerId, customerId), beyond))
    .orderBy(asc(dues.settled), asc(dues.dueDate), asc(dues.id))
    .limit(query.first + 1)
  return pageOf(rows, query.first, (row) => ({ value: `${row.settled === true ? 1 : 0} ${row.dueDate}`, id: row.id }))
}

/** How many dues a customer has, up to the limit. */
export const countDues = (ctx: Context, customerId: string) => countUpTo(ctx.db, dues, eq(dues.customerId, customerId))
