import { and, asc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import type { Atomic, CalendarDate, Context } from '../context.ts'
import type { CustomerRow } from '../customers/customers.ts'
import { customers } from '../customers/tables.ts'
import { newId } from '../db/columns.ts'
import { allocations, dues, payments } from './tables.ts'

/**
 * A locked customer whose money is being changed. A use-case changes dues and payments, keeps these sums with them, and
 * hands the account to `settle`, which spends credit and writes the row.
 */
export interface Account {
  readonly row: CustomerRow
  outstanding: bigint
  /** Completed money that no due has absorbed. */
  credit: bigint
  lastPaymentOn: CalendarDate | null
  hasDues: boolean
}

export const accountOf = (row: CustomerRow): Account => ({
  row,
  outstanding: row.outstanding,
  credit: row.credit,
  lastPaymentOn: row.lastPaymentOn,
  hasDues: row.hasDues,
})

interface Share {
  readonly id: string
  left: bigint
}
interface OpenDue extends Share {
  readonly dueDate: CalendarDate
}

/** Open dues are read this many at a time, so that a payment on a customer with thousands of them reads what it needs. */
const step = 100

/**
 * Spends credit on open dues, oldest payment first, oldest due date first, so that credit never lies beside an open due;
 * then writes the customer's derived columns. The one place that allocates.
 */
export async function settle(ctx: Atomic, account: Account): Promise<CustomerRow> {
  let open: OpenDue[] = []
  let readTo: OpenDue | undefined
  const nextDues = async () => {
    open = await readOpenDues(ctx, account.row.id, readTo)
    readTo = open.at(-1)
  }
  await nextDues()
  while (account.credit > 0n && open.length > 0) {
    const credits = await readCredits(ctx, account.row.id)
    const before = account.credit
    const { spent, lines } = share(credits, open)
    await writeAllocations(ctx, lines)
    account.credit -= spent
    account.outstanding -= spent
    open = open.filter((due) => due.left > 0n)
    if (open.length === 0 && readTo !== undefined) await nextDues()
    if (account.credit === before) throw new Error(`credit of customer ${account.row.id} is not found in its payments`)
  }
  const derived = {
    outstanding: account.outstanding,
    credit: account.credit,
    nextDueDate: open[0]?.dueDate ?? null,
    lastPaymentOn: account.lastPaymentOn,
    hasDues: account.hasDues,
    updatedAt: ctx.now,
  }
  await ctx.db
    .update(customers)
    .set({ ...derived, revision: sql`${customers.revision} + 1` })
    .where(eq(customers.id, account.row.id))
  return { ...account.row, ...derived, revision: account.row.revision + 1 }
}

/** What a payment of that amount would cover, by the same rule. */
export async function previewAllocation(
  ctx: Context,
  customerId: string,
  amount: bigint,
): Promise<{ lines: { dueId: string; amount: bigint }[]; credit: bigint }> {
  const payment: Share = { id: '', left: amount }
  const lines: { dueId: string; amount: bigint }[] = []
  let readTo: OpenDue | undefined
  while (payment.left > 0n) {
    const open = await readOpenDues(ctx, customerId, readTo)
    readTo = open.at(-1)
    if (readTo === undefined) break
    lines.push(...share([payment], open).lines.map(({ dueId, amount }) => ({ dueId, amount })))
  }
  return { lines, credit: payment.left }
}

async function readOpenDues(ctx: Context, customerId: string, beyond: OpenDue | undefined): Promise<OpenDue[]> {
  return ctx.db
    .select({ id: dues.id, dueDate: dues.dueDate, left: dues.outstanding })
    .from(dues)
    .where(
      and(
        eq(dues.customerId, customerId),
        eq(dues.settled, false),
        beyond && sql`(${dues.dueDate} > ${beyond.dueDate} or (${dues.dueDate} = ${beyond.dueDate} and ${gt(dues.id, beyond.id)}))`,
      ),
    )
    .orderBy(asc(dues.dueDate), asc(dues.id))
    .limit(step)
}

async function readCredits(ctx: Atomic, customerId: string): Promise<Share[]> {
  const rows = await ctx.db
    .select({ id: payments.id, amount: payments.amount, allocated: payments.allocated })
    .from(payments)
    .where(and(eq(payments.customerId, customerId), eq(payments.state, 'COMPLETED'), lt(payments.allocated, payments.amount)))
    .orderBy(asc(payments.receivedOn), asc(payments.id))
    .limit(step)
    .for('update')
  return rows.map(({ id, amount, allocated }) => ({ id, left: amount - allocated }))
}

interface Line {
  readonly paymentId: string
  readonly dueId: string
  readonly amount: bigint
}

/** Puts money on dues in the order given until one side is used up; takes what it puts off both sides' `left`. */
export function share(from: readonly Share[], onto: readonly Share[]): { spent: bigint; lines: Line[] } {
  const lines: Line[] = []
  let spent = 0n
  let next = 0
  for (const payment of from) {
    while (payment.left > 0n && next < onto.length) {
      const due = onto[next]!
      if (due.left > 0n) {
        const amount = payment.left < due.left ? payment.left : due.left
        payment.left -= amount
        due.left -= amount
        spent += amount
        lines.push({ paymentId: payment.id, dueId: due.id, amount })
      }
      if (due.left === 0n) next++
    }
  }
  return { spent, lines }
}

/** Appends allocations and moves both sides' sums by them: three statements, however many lines. Negative amounts take back. */
export async function writeAllocations(ctx: Atomic, lines: readonly Line[]): Promise<void> {
  if (lines.length === 0) return
  await ctx.db.insert(allocations).values(lines.map((line) => ({ id: newId(), ...line, at: ctx.now })))
  const perDue = sums(lines, (line) => line.dueId)
  const perPayment = sums(lines, (line) => line.paymentId)
  await ctx.db
    .update(dues)
    .set({ outstanding: sql`${dues.outstanding} - ${picked(dues.id, perDue)}` })
    .where(inArray(dues.id, [...perDue.keys()]))
  await ctx.db
    .update(payments)
    .set({ allocated: sql`${payments.allocated} + ${picked(payments.id, perPayment)}` })
    .where(inArray(payments.id, [...perPayment.keys()]))
}

function sums(lines: readonly Line[], key: (line: Line) => string): Map<string, bigint> {
  const found = new Map<string, bigint>()
  for (const line of lines) found.set(key(line), (found.get(key(line)) ?? 0n) + line.amount)
  return found
}

/** `case id when … then …`: each row's own amount in one statement. */
function picked(column: typeof dues.id | typeof payments.id, amounts: Map<string, bigint>) {
  const cases = [...amounts].map(([id, amount]) => sql`when ${eq(column, id)} then ${amount.toString()}`)
  return sql`case ${sql.join(cases, sql` `)} end`
}

/** What a payment still has on each due. */
export async function standingAllocations(
  ctx: Context,
  paymentIds: readonly string[],
): Promise<{ paymentId: string; dueId: string; amount: bigint }[]> {
  if (paymentIds.length === 0) return []
  const rows = await ctx.db
    .select({ paymentId: allocations.paymentId, dueId: allocations.dueId, amount: sql<string>`sum(${allocations.amount})` })
    .from(allocations)
    .where(inArray(allocations.paymentId, [...paymentIds]))
    .groupBy(allocations.paymentId, allocations.dueId)
    .having(sql`sum(${allocations.amount}) <> 0`)
  return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }))
}

/** Takes back all that a payment has on dues, by rows with the opposite amounts. Gives what was taken back, in all. */
export async function takeBack(ctx: Atomic, paymentId: string): Promise<bigint> {
  const standing = await standingAllocations(ctx, [paymentId])
  await writeAllocations(
    ctx,
    standing.map((line) => ({ ...line, amount: -line.amount })),
  )
  return standing.reduce((sum, line) => sum + line.amount, 0n)
}
