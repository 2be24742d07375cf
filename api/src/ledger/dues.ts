import { and, eq, inArray, or, sql } from 'drizzle-orm'
import type { DueInput, DueStatus } from 'schema/due'
import { formatMoney, MoneyError, parseMoney } from 'schema/money'
import { reserveNumbers } from '../company/company.ts'
import { addDays, atomically, type Atomic, type CalendarDate, type Context } from '../context.ts'
import { assertLive, lockCustomer, type CustomerRow } from '../customers/customers.ts'
import { newId } from '../db/columns.ts'
import { isDuplicate } from '../db/database.ts'
import { DomainError, invalid } from '../errors.ts'
import { record, type Change } from '../events/events.ts'
import { accountOf, settle, type Account } from './allocation.ts'
import { announceOverdue } from './overdue.ts'
import { dues } from './tables.ts'

export type DueRow = typeof dues.$inferSelect

/** The status that a due is shown with, by the business date. */
export function dueStatus(row: Pick<DueRow, 'cancelledAt' | 'outstanding' | 'dueDate'>, today: CalendarDate): DueStatus {
  if (row.cancelledAt !== null) return 'CANCELLED'
  if (row.outstanding === 0n) return 'PAID'
  return row.dueDate < today ? 'OVERDUE' : 'OPEN'
}

/** Minor units of what somebody typed. @throws DomainError INVALID at that path */
export function minorUnits(path: string, amount: string, currency: string): bigint {
  try {
    return parseMoney(amount, currency)
  } catch (error) {
    if (error instanceof MoneyError) throw invalid(path, error.message)
    throw error
  }
}

/** Dues of these customers that have one of the references or one of the amounts. */
export async function duesLike(
  ctx: Context,
  customerIds: readonly string[],
  references: readonly string[],
  amounts: readonly bigint[],
): Promise<DueRow[]> {
  const either = [
    references.length === 0 ? undefined : inArray(dues.reference, [...references]),
    amounts.length === 0 ? undefined : inArray(dues.amount, [...amounts]),
  ].filter((condition) => condition !== undefined)
  if (customerIds.length === 0 || either.length === 0) return []
  return ctx.db
    .select()
    .from(dues)
    .where(and(inArray(dues.customerId, [...customerIds]), or(...either)))
}

/** Those that exist, in no particular order. */
export async function duesById(ctx: Context, ids: readonly string[]): Promise<DueRow[]> {
  return ids.length === 0
    ? []
    : ctx.db
        .select()
        .from(dues)
        .where(inArray(dues.id, [...ids]))
}

/**
 * The next references (D-00001) that none of these customers has, nor the list of those about to be written. Reserved
 * before the transaction, so that nobody waits for them.
 */
export async function nextDueReferences(
  ctx: Context,
  count: number,
  customerIds: readonly string[] = [],
  typed: readonly string[] = [],
): Promise<string[]> {
  const free: string[] = []
  while (free.length < count) {
    const wanted = count - free.length
    const first = await reserveNumbers(ctx.app, 'due', wanted)
    const references = Array.from({ length: wanted }, (_, index) => `D-${String(first + index).padStart(5, '0')}`)
    const found = await duesLike({ ...ctx, db: ctx.app.db }, customerIds, references, [])
    const taken = new Set([...typed, ...found.map((due) => due.reference)].map((reference) => reference.normalize('NFKC').toUpperCase()))
    free.push(...references.filter((reference) => !taken.has(reference)))
  }
  return free
}

/** The next reference that the customer does not have; any customer, when it is yet to be created. */
export const nextDueReference = async (ctx: Context, customerId?: string): Promise<string> =>
  (await nextDueReferences(ctx, 1, customerId === undefined ? [] : [customerId]))[0]!

/** Adds a due; credit is spent on it at once, and one entered already past its date is announced at once. */
export async function addDue(ctx: Context, customerId: string, input: DueInput): Promise<DueRow> {
  const reference = input.reference ?? (await nextDueReference(ctx, customerId))
  return atomically(ctx, async (ctx) => {
    const row = await lockCustomer(ctx, customerId)
    const account = accountOf(row)
    const due = await insertDue(ctx, account, input, reference, 'amount')
    await settle(ctx, account)
    await announceOverdue(ctx, [row.id])
    return getDue(ctx, due)
  })
}

/** Writes a due into a locked account, and its event; the caller settles. Gives its id. @throws DomainError ARCHIVED, INVALID, TAKEN */
export async function insertDue(ctx: Atomic, account: Account, input: DueInput, reference: string, path: string): Promise<string> {
  const { row } = account
  assertLive(row)
  const amount = minorUnits(path, input.amount, row.currency)
  const due = {
    id: newId(),
    customerId: row.id,
    reference,
    currency: row.currency,
    amount,
    outstanding: amount,
    issuedOn: input.issuedOn ?? (input.dueDate < ctx.today ? input.dueDate : ctx.today),
    dueDate: input.dueDate,
    createdAt: ctx.now,
  }
  if (due.issuedOn > due.dueDate) throw invalid(path.replace(/amount$/, 'dueDate'), 'The due date lies before the date of issue')
  try {
    await ctx.db.insert(dues).values(due)
  } catch (error) {
    if (isDuplicate(error, 'due_reference')) {
      throw new DomainError('TAKEN', `${row.name} has a due ${reference} already`, [
        { path: path.replace(/amount$/, 'reference'), message: 'The customer has a due with this reference' },
      ])
    }
    throw error
  }
  account.outstanding += amount
  account.hasDues = true
  await record(
    ctx,
    dueEvent('DUE_ADDED', row, due, [
      { field: 'due', before: null, after: `${reference}: ${formatMoney(amount, row.currency)} ${row.currency}, due ${due.dueDate}` },
    ]),
  )
  return due.id
}

/** The date on which a due falls that is entered without one: the date of issue and the company's payment terms. */
export const dueDateByTerms = (ctx: Context, issuedOn: CalendarDate): CalendarDate => addDays(issuedOn, ctx.app.company.paymentTermsDays)

const dueEvent = (
  type: 'DUE_ADDED' | 'DUE_CHANGED',
  customer: CustomerRow,
  due: { id: string; reference: string; amount: bigint },
  changes: readonly Change[],
) => ({
  type,
  customerId: customer.id,
  changes,
  facts: {
    name: customer.name,
    customerNumber: customer.number,
    dueId: due.id,
    reference: due.reference,
    amount: formatMoney(due.amount, customer.currency),
    currency: customer.currency,
  },
})

/**
 * Makes the one open due of a locked account, which had `was` outstanding, leave `outstanding` unpaid on that date, or adds a due where there is none;
 * the simple form's way. Several open dues are refused. The caller settles.
 */
export async function setOnlyDue(
  ctx: Atomic,
  account: Account,
  outstanding: bigint,
  was: bigint,
  dueDate: CalendarDate,
  reference: string,
): Promise<void> {
  const { row } = account
  const open = await ctx.db
    .select()
    .from(dues)
    .where(and(eq(dues.customerId, row.id), eq(dues.settled, false)))
    .limit(2)
    .for('update')
  if (open.length > 1) throw invalid('due', 'This customer has several open dues: change them one by one')
  const due = open[0]
  if ((due?.outstanding ?? 0n) !== was) {
    const current = { outstanding: formatMoney(due?.outstanding ?? 0n, row.currency), dueDate: due?.dueDate ?? null }
    throw new DomainError('STALE', `What ${row.name} owes has changed meanwhile; compare and save again`, [], { current: { due: current } })
  }
  if (due === undefined) {
    await insertDue(ctx, account, { amount: formatMoney(outstanding, row.currency), dueDate }, reference, 'due.outstanding')
    return
  }
  if (due.outstanding === outstanding && due.dueDate === dueDate) return
  const amount = due.amount - due.outstanding + outstanding
  await changeDue(ctx, account, due, amount, dueDate)
}

/**
 * Changes amount and date of a due in a locked account; the caller settles. The amount may not go below what is paid. Back
 * to a date that was announced doesn't announce it again.
 */
export async function changeDue(ctx: Atomic, account: Account, due: DueRow, amount: bigint, dueDate: CalendarDate): Promise<void> {
  const { row } = account
  const paid = due.amount - due.outstanding
  if (amount < paid)
    throw invalid(
      'amount',
      `${due.reference} has ${formatMoney(paid, row.currency)} ${row.currency} paid already; its amount cannot be less`,
    )
  await ctx.db
    .update(dues)
    .set({
      amount,
      outstanding: sql`${dues.outstanding} + ${(amount - due.amount).toString()}`,
      dueDate,
      issuedOn: dueDate < due.issuedOn ? dueDate : due.issuedOn,
      announced: sql`exists (select 1 from overdue_announcement a where a.due_id = ${dues.id} and a.due_date = ${dueDate})`,
    })
    .where(eq(dues.id, due.id))
  account.outstanding += amount - due.amount
  const text = (minor: bigint) => `${formatMoney(minor, row.currency)} ${row.currency}`
  const changes = [
    { field: `amount of ${due.reference}`, before: text(due.amount), after: text(amount) },
    { field: `due date of ${due.reference}`, before: due.dueDate, after: dueDate },
  ].filter((change) => change.before !== change.after)
  await record(ctx, dueEvent('DUE_CHANGED', row, { ...due, amount }, changes))
}

async function getDue(ctx: Context, id: string): Promise<DueRow> {
  const [row] = await ctx.db.select().from(dues).where(eq(dues.id, id))
  if (row === undefined) throw new DomainError('NOT_FOUND', 'This due does not exist')
  return row
}
