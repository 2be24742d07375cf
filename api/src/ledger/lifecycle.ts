import { eq, sql } from 'drizzle-orm'
import type { CreateCustomerInput, UpdateCustomerInput } from 'schema/customer'
import { atomically, type Atomic, type Context } from '../context.ts'
import { getCustomer, insertCustomer, lockCustomer, nextCustomerNumbers, updateEntered, type CustomerRow } from '../customers/customers.ts'
import { customers } from '../customers/tables.ts'
import { invalid } from '../errors.ts'
import { record, type Change } from '../events/events.ts'
import { accountOf, settle } from './allocation.ts'
import { insertDue, minorUnits, nextDueReference, setOnlyDue } from './dues.ts'
import { announceOverdue } from './overdue.ts'
import { payments } from './tables.ts'

/** Creates a customer, with its first due when an amount and a date are given. @throws DomainError TAKEN, INVALID */
export async function createCustomer(ctx: Context, input: CreateCustomerInput): Promise<CustomerRow> {
  const number = input.number ?? (await nextCustomerNumbers(ctx, 1))[0]
  const reference = input.due == null ? '' : (input.due.reference ?? (await nextDueReference(ctx)))
  return atomically(ctx, async (ctx) => {
    const row = await insertCustomer(ctx, input, number)
    await record(ctx, customerEvent('CUSTOMER_CREATED', row, []))
    if (input.due == null) return row
    const account = accountOf(row)
    await insertDue(ctx, account, input.due, reference, 'due.amount')
    await settle(ctx, account)
    await announceOverdue(ctx, [row.id])
    return getCustomer(ctx, row.id)
  })
}

/** Edits the entered fields and, where there is no or one open due, what is outstanding and when it is due. @throws DomainError STALE, TAKEN, INVALID */
export async function updateCustomer(ctx: Context, id: string, version: number, input: UpdateCustomerInput): Promise<CustomerRow> {
  const reference = input.due == null ? '' : await nextDueReference(ctx, id)
  return atomically(ctx, async (ctx) => {
    const row = await lockCustomer(ctx, id)
    const changes = await updateEntered(ctx, row, version, { ...input, note: input.note ?? null }, await moneyMoved(ctx, row))
    const changed = await getCustomer(ctx, id)
    if (changes.length > 0) await record(ctx, customerEvent('CUSTOMER_CHANGED', changed, changes))
    if (input.due != null) {
      const account = accountOf(changed)
      const outstanding = minorUnits('due.outstanding', input.due.outstanding, changed.currency)
      const was = input.due.was == null ? 0n : minorUnits('due.was', input.due.was, changed.currency)
      await setOnlyDue(ctx, account, outstanding, was, input.due.dueDate, reference)
      await settle(ctx, account)
      await announceOverdue(ctx, [id])
    }
    return getCustomer(ctx, id)
  })
}

async function moneyMoved(ctx: Atomic, row: CustomerRow): Promise<boolean> {
  if (row.hasDues) return true
  const [payment] = await ctx.db.select({ id: payments.id }).from(payments).where(eq(payments.customerId, row.id)).limit(1)
  return payment !== undefined
}

/** Takes a customer off the lists; its history stays. One that owes needs a reason. Archiving an archived one changes nothing. */
export async function archiveCustomer(ctx: Context, id: string, reason: string | null): Promise<CustomerRow> {
  return atomically(ctx, async (ctx) => {
    const row = await lockCustomer(ctx, id)
    if (row.archivedAt !== null) return row
    if (row.outstanding > 0n && reason === null)
      throw invalid('reason', `${row.name} still owes: say why the customer is archived all the same`)
    await setArchived(ctx, row, ctx.now, reason)
    await record(ctx, customerEvent('CUSTOMER_ARCHIVED', row, [{ field: 'archived', before: null, after: reason ?? 'without a reason' }]))
    return getCustomer(ctx, id)
  })
}

/** Puts an archived customer back on the lists. */
export async function restoreCustomer(ctx: Context, id: string): Promise<CustomerRow> {
  return atomically(ctx, async (ctx) => {
    const row = await lockCustomer(ctx, id)
    if (row.archivedAt === null) return row
    await setArchived(ctx, row, null, null)
    await record(
      ctx,
      customerEvent('CUSTOMER_RESTORED', row, [{ field: 'archived', before: row.archiveReason ?? 'without a reason', after: null }]),
    )
    return getCustomer(ctx, id)
  })
}

async function setArchived(ctx: Atomic, row: CustomerRow, archivedAt: Date | null, archiveReason: string | null): Promise<void> {
  await ctx.db
    .update(customers)
    .set({ archivedAt, archiveReason, revision: sql`${customers.revision} + 1`, updatedAt: ctx.now })
    .where(eq(customers.id, row.id))
}

const customerEvent = (
  type: 'CUSTOMER_CREATED' | 'CUSTOMER_CHANGED' | 'CUSTOMER_ARCHIVED' | 'CUSTOMER_RESTORED',
  row: CustomerRow,
  changes: readonly Change[],
) => ({
  type,
  customerId: row.id,
  changes,
  facts: { name: row.name, customerNumber: row.number },
})
