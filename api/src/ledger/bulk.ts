import type { Contact } from 'schema/customer'
import { formatMoney } from 'schema/money'
import type { Atomic, CalendarDate } from '../context.ts'
import { insertCustomers, type CustomerRow } from '../customers/customers.ts'
import { newId } from '../db/columns.ts'
import { recordAll, type Change, type Event } from '../events/events.ts'
import { accountOf, settle, writeAllocations } from './allocation.ts'
import type { DueRow } from './dues.ts'
import { allocations, dues, overdueAnnouncements, payments } from './tables.ts'

/** A due to be written with many others. */
export interface BulkDue {
  readonly id: string
  readonly reference: string
  readonly amount: bigint
  readonly issuedOn: CalendarDate
  readonly dueDate: CalendarDate
  /** The day on which it was paid in full; it becomes a completed payment of the whole due. */
  readonly paidOn: CalendarDate | undefined
}

/** What an import adds to one customer: a new one, or one whose row is locked. */
export interface BulkEntry {
  readonly customer:
    | CustomerRow
    | {
        readonly id: string
        readonly number: string
        readonly name: string
        readonly note: string | null
        readonly currency: string
        readonly contacts: readonly Contact[]
      }
  readonly dues: readonly BulkDue[]
}

const isKnown = (customer: BulkEntry['customer']): customer is CustomerRow => 'revision' in customer

/**
 * Books many customers' dues and the payments that settled them, in a handful of statements. The sums are those that the
 * single use-cases would arrive at; known customers, whose credit may have to be spent, go through `settle`. Dues past
 * their date count as announced: whoever imports tells of them in one message. Gives how many those are.
 */
export async function bookMany(ctx: Atomic, entries: readonly BulkEntry[]): Promise<{ overdue: number }> {
  await insertCustomers(
    ctx,
    entries.flatMap((entry) => (isKnown(entry.customer) ? [] : [{ ...entry.customer, ...sumsOf(entry.dues) }])),
  )
  const newDues = entries.flatMap(({ customer, dues }) => dues.map((due) => toDueRow(ctx, customer, due)))
  if (newDues.length > 0) await ctx.db.insert(dues).values(newDues)
  const overdue = newDues.filter((due) => due.announced)
  if (overdue.length > 0)
    await ctx.db.insert(overdueAnnouncements).values(overdue.map((due) => ({ dueId: due.id, dueDate: due.dueDate, at: ctx.now })))

  const paid = entries.flatMap(({ customer, dues }) =>
    dues.flatMap((due) => (due.paidOn === undefined ? [] : [{ payment: toPaymentRow(ctx, customer, due.amount, due.paidOn), due }])),
  )
  if (paid.length > 0) {
    await ctx.db.insert(payments).values(paid.map(({ payment }) => payment))
    await ctx.db
      .insert(allocations)
      .values(paid.map(({ payment, due }) => ({ id: newId(), paymentId: payment.id, dueId: due.id, amount: due.amount, at: ctx.now })))
  }
  for (const { customer, dues } of entries) {
    if (!isKnown(customer) || dues.length === 0) continue
    const account = accountOf(customer)
    const sums = sumsOf(dues)
    account.outstanding += sums.outstanding
    account.hasDues = true
    if (sums.lastPaymentOn !== null && (account.lastPaymentOn === null || sums.lastPaymentOn > account.lastPaymentOn))
      account.lastPaymentOn = sums.lastPaymentOn
    await settle(ctx, account)
  }
  await recordAll(ctx, entries.map(toEvent))
  return { overdue: overdue.length }
}

/** Pays what a due of a locked customer still has outstanding, as an import's paid date says. */
export async function payImported(ctx: Atomic, customer: CustomerRow, due: DueRow, paidOn: CalendarDate): Promise<void> {
  const payment = { ...toPaymentRow(ctx, customer, due.outstanding, paidOn), allocated: 0n }
  await ctx.db.insert(payments).values(payment)
  await writeAllocations(ctx, [{ paymentId: payment.id, dueId: due.id, amount: due.outstanding }])
  const account = accountOf(customer)
  account.outstanding -= due.outstanding
  if (account.lastPaymentOn === null || paidOn > account.lastPaymentOn) account.lastPaymentOn = paidOn
  await settle(ctx, account)
  const text = `${due.reference}: ${formatMoney(due.outstanding, customer.currency)} ${customer.currency}`
  await recordAll(ctx, [
    {
      type: 'CUSTOMER_CHANGED',
      customerId: customer.id,
      changes: [{ field: 'paid', before: null, after: text }],
      facts: { name: customer.name, customerNumber: customer.number, quiet: true },
    },
  ])
}

function sumsOf(list: readonly BulkDue[]): {
  outstanding: bigint
  nextDueDate: CalendarDate | null
  lastPaymentOn: CalendarDate | null
  hasDues: boolean
} {
  let outstanding = 0n
  let nextDueDate: CalendarDate | null = null
  let lastPaymentOn: CalendarDate | null = null
  for (const due of list) {
    if (due.paidOn !== undefined) {
      if (lastPaymentOn === null || due.paidOn > lastPaymentOn) lastPaymentOn = due.paidOn
      continue
    }
    outstanding += due.amount
    if (nextDueDate === null || due.dueDate < nextDueDate) nextDueDate = due.dueDate
  }
  return { outstanding, nextDueDate, lastPaymentOn, hasDues: list.length > 0 }
}

const toDueRow = (ctx: Atomic, customer: BulkEntry['customer'], due: BulkDue) => ({
  id: due.id,
  customerId: customer.id,
  reference: due.reference,
  currency: customer.currency,
  amount: due.amount,
  outstanding: due.paidOn === undefined ? due.amount : 0n,
  issuedOn: due.issuedOn,
  dueDate: due.dueDate,
  announced: due.paidOn === undefined && due.dueDate < ctx.today,
  createdAt: ctx.now,
})

const toPaymentRow = (ctx: Atomic, customer: BulkEntry['customer'], amount: bigint, paidOn: CalendarDate) => ({
  id: newId(),
  customerId: customer.id,
  currency: customer.currency,
  amount,
  allocated: amount,
  state: 'COMPLETED' as const,
  method: 'IMPORTED' as const,
  source: 'IMPORT' as const,
  receivedOn: paidOn,
  recordedAt: ctx.now,
  recordedBy: ctx.viewer.kind === 'nobody' ? '' : ctx.viewer.name,
})

function toEvent({ customer, dues }: BulkEntry): Event {
  const changes: Change[] = dues.map((due) => ({
    field: 'due',
    before: null,
    after: `${due.reference}: ${formatMoney(due.amount, customer.currency)} ${customer.currency}, due ${due.dueDate}${due.paidOn === undefined ? '' : `, paid ${due.paidOn}`}`,
  }))
  return {
    type: isKnown(customer) ? 'CUSTOMER_CHANGED' : 'CUSTOMER_CREATED',
    customerId: customer.id,
    changes,
    facts: { name: customer.name, customerNumber: customer.number, quiet: true },
  }
}
