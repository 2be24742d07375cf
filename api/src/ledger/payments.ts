import { and, desc, eq, inArray } from 'drizzle-orm'
import { formatMoney } from 'schema/money'
import { paymentCan, paymentVerbs, verbsFrom, type PaymentSource, type PaymentVerb, type RecordPaymentInput } from 'schema/payment'
import { atomically, type Atomic, type Context } from '../context.ts'
import { assertLive, lockCustomer, type CustomerRow } from '../customers/customers.ts'
import { newId } from '../db/columns.ts'
import { isDuplicate } from '../db/database.ts'
import { DomainError, invalid } from '../errors.ts'
import { record, type Event } from '../events/events.ts'
import { accountOf, settle, takeBack } from './allocation.ts'
import { minorUnits } from './dues.ts'
import { announceOverdue } from './overdue.ts'
import { payments } from './tables.ts'

export type PaymentRow = typeof payments.$inferSelect

/** @throws DomainError NOT_FOUND */
export async function getPayment(ctx: Context, id: string): Promise<PaymentRow> {
  const [row] = await ctx.db.select().from(payments).where(eq(payments.id, id))
  if (row === undefined) throw new DomainError('NOT_FOUND', 'This payment does not exist')
  return row
}

/** Those that exist, in no particular order. */
export async function paymentsById(ctx: Context, ids: readonly string[]): Promise<PaymentRow[]> {
  return ids.length === 0
    ? []
    : ctx.db
        .select()
        .from(payments)
        .where(inArray(payments.id, [...ids]))
}

/**
 * Books a payment, completed or announced. A second call with the same key answers with the payment of the first, so a
 * double click or a retry books once.
 * @throws DomainError NOT_FOUND, ARCHIVED, INVALID
 */
export async function recordPayment(ctx: Context, input: RecordPaymentInput): Promise<PaymentRow> {
  try {
    return await atomically(ctx, async (ctx) => {
      const row = await lockCustomer(ctx, input.customerId)
      const earlier = await paymentOfKey(ctx, input.key)
      if (earlier !== undefined) return sameRequest(earlier, input)
      assertLive(row)
      if (input.receivedOn > ctx.today) throw invalid('receivedOn', `A payment cannot be received after today, ${ctx.today}`)
      const id = await insertPayment(ctx, row, input, 'STAFF')
      if (input.state === 'COMPLETED') await change(ctx, row, await lockPayment(ctx, id), 'complete')
      return getPayment(ctx, id)
    })
  } catch (error) {
    // Two calls at once on different customers meet at the key; the second finds what the first booked.
    if (!isDuplicate(error, 'payment_request_key')) throw error
    const earlier = await paymentOfKey(ctx, input.key)
    if (earlier === undefined) throw error
    return sameRequest(earlier, input)
  }
}

async function paymentOfKey(ctx: Context, key: string): Promise<PaymentRow | undefined> {
  const [row] = await ctx.db.select().from(payments).where(eq(payments.requestKey, key))
  return row
}

function sameRequest(earlier: PaymentRow, input: RecordPaymentInput): PaymentRow {
  if (earlier.customerId === input.customerId && earlier.amount === minorUnits('amount', input.amount, earlier.currency)) return earlier
  throw new DomainError('TAKEN', 'This key belongs to another payment; make a new one for each payment', [
    { path: 'key', message: 'The key was used for another payment' },
  ])
}

/** Writes a pending payment of a locked customer, and its event. */
export async function insertPayment(
  ctx: Atomic,
  customer: CustomerRow,
  input: Omit<RecordPaymentInput, 'customerId' | 'state' | 'method' | 'key'> & { method: PaymentRow['method']; key: string | null },
  source: PaymentSource,
): Promise<string> {
  const amount = minorUnits('amount', input.amount, customer.currency)
  const row = {
    id: newId(),
    customerId: customer.id,
    requestKey: input.key,
    currency: customer.currency,
    amount,
    state: 'PENDING' as const,
    method: input.method,
    source,
    reference: input.reference ?? null,
    receivedOn: input.receivedOn,
    recordedAt: ctx.now,
    recordedById: ctx.viewer.kind === 'staff' ? ctx.viewer.id : null,
    recordedBy: ctx.viewer.kind === 'nobody' ? '' : ctx.viewer.name,
  }
  await ctx.db.insert(payments).values(row)
  await record(ctx, paymentEvent('PAYMENT_RECORDED', customer, row, null))
  return row.id
}

/** Money has come: it is allocated, and the customer's sums follow. Completing a completed payment changes nothing. */
export const completePayment = (ctx: Context, id: string): Promise<PaymentRow> => apply(ctx, id, 'complete')
/** A completed payment was a slip: all its allocations are taken back and it waits again. */
export const reopenPayment = (ctx: Context, id: string): Promise<PaymentRow> => apply(ctx, id, 'reopen')
/** An announced payment will not come; final. */
export const failPayment = (ctx: Context, id: string): Promise<PaymentRow> => apply(ctx, id, 'fail')
/** A completed payment went back (refund, chargeback); final. What it covered is owed again. */
export const reversePayment = (ctx: Context, id: string): Promise<PaymentRow> => apply(ctx, id, 'reverse')

/** @throws DomainError NOT_FOUND, NOT_ALLOWED_NOW (naming the state and what it allows) */
async function apply(ctx: Context, id: string, verb: PaymentVerb): Promise<PaymentRow> {
  const { customerId } = await getPayment(ctx, id)
  return atomically(ctx, async (ctx) => {
    const customer = await lockCustomer(ctx, customerId)
    const payment = await lockPayment(ctx, id)
    // Done already, by a double click or somebody else: a normal outcome.
    if (payment.state === paymentVerbs[verb].to) return payment
    if (!paymentCan(verb, payment.state)) throw notAllowed(payment, verb)
    if (verb === 'complete') assertLive(customer)
    await change(ctx, customer, payment, verb)
    return getPayment(ctx, id)
  })
}

async function lockPayment(ctx: Atomic, id: string): Promise<PaymentRow> {
  const [row] = await ctx.db.select().from(payments).where(eq(payments.id, id)).for('update')
  if (row === undefined) throw new DomainError('NOT_FOUND', 'This payment does not exist')
  return row
}

function notAllowed(payment: PaymentRow, verb: PaymentVerb): DomainError {
  const allowed = verbsFrom(payment.state)
  const rest = allowed.length === 0 ? 'that is final' : `it allows: ${allowed.join(', ')}`
  return new DomainError(
    'NOT_ALLOWED_NOW',
    `This payment is ${payment.state.toLowerCase()}, so it cannot be used with "${verb}"; ${rest}`,
    [],
    {
      state: payment.state,
      allowed,
    },
  )
}

const announcements = {
  complete: 'PAYMENT_COMPLETED',
  reopen: 'PAYMENT_REOPENED',
  fail: 'PAYMENT_FAILED',
  reverse: 'PAYMENT_REVERSED',
} as const satisfies Record<PaymentVerb, Event['type']>

/** Moves a locked payment of a locked customer by a verb that its state allows; the money follows. */
export async function change(ctx: Atomic, customer: CustomerRow, payment: PaymentRow, verb: PaymentVerb): Promise<void> {
  const account = accountOf(customer)
  const { to } = paymentVerbs[verb]
  if (verb === 'reopen' || verb === 'reverse') {
    const taken = await takeBack(ctx, payment.id)
    account.outstanding += taken
    account.credit -= payment.amount - taken
  }
  await ctx.db.update(payments).set({ state: to }).where(eq(payments.id, payment.id))
  if (verb === 'complete') {
    account.credit += payment.amount
    if (account.lastPaymentOn === null || payment.receivedOn > account.lastPaymentOn) account.lastPaymentOn = payment.receivedOn
  } else if (verb !== 'fail') {
    account.lastPaymentOn = await lastCompletedOn(ctx, customer.id)
  }
  if (verb !== 'fail') await settle(ctx, account)
  await record(ctx, paymentEvent(announcements[verb], customer, payment, payment.state, to))
  if (verb === 'reopen' || verb === 'reverse') await announceOverdue(ctx, [customer.id])
}

async function lastCompletedOn(ctx: Atomic, customerId: string): Promise<string | null> {
  const [row] = await ctx.db
    .select({ receivedOn: payments.receivedOn })
    .from(payments)
    .where(and(eq(payments.customerId, customerId), eq(payments.state, 'COMPLETED')))
    .orderBy(desc(payments.receivedOn))
    .limit(1)
  return row?.receivedOn ?? null
}

const paymentEvent = (
  type: 'PAYMENT_RECORDED' | (typeof announcements)[PaymentVerb],
  customer: CustomerRow,
  payment: Pick<PaymentRow, 'id' | 'amount' | 'reference'>,
  before: string | null,
  after: string = 'PENDING',
): Event => {
  const amount = formatMoney(payment.amount, customer.currency)
  const label = `payment of ${amount} ${customer.currency}${payment.reference === null ? '' : ` (${payment.reference})`}`
  return {
    type,
    customerId: customer.id,
    paymentId: payment.id,
    changes: [{ field: label, before: before?.toLowerCase() ?? null, after: after.toLowerCase() }],
    facts: { name: customer.name, customerNumber: customer.number, amount, currency: customer.currency },
  }
}
