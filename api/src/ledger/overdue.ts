import { and, asc, countDistinct, gt, inArray, lt } from 'drizzle-orm'
import { formatMoney } from 'schema/money'
import { atomically, contextOf, type App, type Atomic, type Context } from '../context.ts'
import { customersById, lockCustomer } from '../customers/customers.ts'
import { newId } from '../db/columns.ts'
import { recordAll } from '../events/events.ts'
import { dues, overdueAnnouncements } from './tables.ts'

const batch = 200
const everyMs = 60_000

/** What belongs to one look of the sweep, so that people can be told once for many. */
interface Run {
  readonly id: string
  readonly customers: number
}

/**
 * Announces what has become overdue on customers whose rows are locked: each (due, due date) once, decided by a key. The
 * announcement, its mark on the due and the event are one transaction. The dues need no lock of their own, since they change
 * under their customer's only; one by this index would meet others by the primary key. Gives the number of dues announced.
 */
export async function announceOverdue(
  ctx: Atomic,
  customerIds: readonly string[],
  run: Run = { id: newId(), customers: customerIds.length },
): Promise<number> {
  const found = await ctx.db
    .select()
    .from(dues)
    .where(and(inArray(dues.customerId, [...customerIds]), lt(dues.announceAfter, ctx.today)))
    .orderBy(asc(dues.customerId), asc(dues.dueDate), asc(dues.id))
  if (found.length === 0) return 0
  await ctx.db.insert(overdueAnnouncements).values(found.map((due) => ({ dueId: due.id, dueDate: due.dueDate, at: ctx.now })))
  await ctx.db
    .update(dues)
    .set({ announced: true })
    .where(
      inArray(
        dues.id,
        found.map((due) => due.id),
      ),
    )
  const owners = new Map((await customersById(ctx, [...new Set(found.map((due) => due.customerId))])).map((row) => [row.id, row]))
  await recordAll(
    ctx,
    [...owners.values()].map((customer) => {
      const theirs = found.filter((due) => due.customerId === customer.id)
      return {
        type: 'DUE_OVERDUE' as const,
        customerId: customer.id,
        facts: {
          name: customer.name,
          customerNumber: customer.number,
          amount: formatMoney(
            theirs.reduce((sum, due) => sum + due.outstanding, 0n),
            customer.currency,
          ),
          currency: customer.currency,
          run: run.id,
          customersInRun: run.customers,
          dues: theirs.map((due) => ({
            id: due.id,
            reference: due.reference,
            dueDate: due.dueDate,
            outstanding: formatMoney(due.outstanding, customer.currency),
          })),
        },
      }
    }),
  )
  return found.length
}

/** Announces everything that has become overdue by the business date and was not announced; safe to run several times at once. */
export async function sweepOverdue(ctx: Context): Promise<number> {
  const waiting = lt(dues.announceAfter, ctx.today)
  const [customersWaiting] = await ctx.db
    .select({ customers: countDistinct(dues.customerId) })
    .from(dues)
    .where(waiting)
  const run = { id: newId(), customers: customersWaiting?.customers ?? 0 }
  let announced = 0
  let beyond: string | undefined
  for (;;) {
    const rows = await ctx.db
      .selectDistinct({ customerId: dues.customerId })
      .from(dues)
      .where(and(waiting, beyond === undefined ? undefined : gt(dues.customerId, beyond)))
      .orderBy(asc(dues.customerId))
      .limit(batch)
    for (const { customerId } of rows) {
      announced += await atomically(ctx, async (ctx) => {
        // Under the lock the due is read again: a payment may have settled it since.
        await lockCustomer(ctx, customerId)
        return announceOverdue(ctx, [customerId], run)
      })
    }
    beyond = rows.at(-1)?.customerId
    if (rows.length < batch) return announced
  }
}

/** Runs the sweep at once and then every minute, so also when the business date changes, until disposed. */
export function startSweep(app: App): AsyncDisposable {
  let running: Promise<unknown> = Promise.resolve()
  let stopped = false
  const sweep = () => {
    running = running
      .then(() => (stopped ? 0 : sweepOverdue(contextOf(app, { kind: 'system', name: 'overdue sweep' }, 'sweep'))))
      .catch((error: unknown) => app.log.error({ err: error }, 'the overdue sweep failed; it runs again in a minute'))
  }
  sweep()
  const timer = setInterval(sweep, everyMs)
  return {
    async [Symbol.asyncDispose]() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}
