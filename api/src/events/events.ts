import type { Atomic, Viewer } from '../context.ts'
import { newId } from '../db/columns.ts'
import { audits, events } from './tables.ts'

export const eventTypes = [
  'CUSTOMER_CREATED',
  'CUSTOMER_CHANGED',
  'CUSTOMER_ARCHIVED',
  'CUSTOMER_RESTORED',
  'DUE_ADDED',
  'DUE_CHANGED',
  'DUE_OVERDUE',
  'PAYMENT_RECORDED',
  'PAYMENT_COMPLETED',
  'PAYMENT_REOPENED',
  'PAYMENT_FAILED',
  'PAYMENT_REVERSED',
  'IMPORT_FINISHED',
  'STAFF_REGISTERED',
  'STAFF_CHANGED',
] as const
export type EventType = (typeof eventTypes)[number]

/** One field of a change, as a person reads it. */
export interface Change {
  readonly field: string
  readonly before: string | null
  readonly after: string | null
}

/** Something that has become true, with what reactions need to know of it without reading it again. */
export type Event = {
  readonly customerId?: string
  readonly changes?: readonly Change[]
} & (
  | { readonly type: 'CUSTOMER_CREATED' | 'CUSTOMER_CHANGED' | 'CUSTOMER_ARCHIVED' | 'CUSTOMER_RESTORED'; readonly facts: CustomerFacts }
  | {
      readonly type: 'DUE_ADDED' | 'DUE_CHANGED'
      readonly facts: CustomerFacts & MoneyFacts & { readonly dueId: string; readonly reference: string }
    }
  | { readonly type: 'DUE_OVERDUE'; readonly facts: OverdueFacts }
  | {
      readonly type: 'PAYMENT_RECORDED' | 'PAYMENT_COMPLETED' | 'PAYMENT_REOPENED' | 'PAYMENT_FAILED' | 'PAYMENT_REVERSED'
      readonly paymentId: string
      readonly facts: CustomerFacts & MoneyFacts
    }
  | { readonly type: 'IMPORT_FINISHED'; readonly importId: string; readonly facts: ImportFacts }
  | {
      readonly type: 'STAFF_REGISTERED' | 'STAFF_CHANGED'
      readonly facts: { readonly staffId: string; readonly name: string; readonly waiting: boolean }
    }
)

/** An event as a reaction reads it: numbered, with who and when. */
export type NumberedEvent = Event & {
  readonly number: number
  readonly at: Date
  readonly actorId: string | null
  readonly actorName: string
}

interface CustomerFacts {
  readonly name: string
  readonly customerNumber: string
  /** Part of something bigger that is told once, such as an import: nobody is notified of it alone. */
  readonly quiet?: true
}
interface MoneyFacts {
  /** A decimal string. */
  readonly amount: string
  readonly currency: string
}
/** What one look of the sweep found for one customer; `run` is shared by all customers of that look. */
export type OverdueFacts = CustomerFacts &
  MoneyFacts & {
    readonly run: string
    /** How many customers that look found: above a limit, people are told once for all. */
    readonly customersInRun: number
    readonly dues: readonly { readonly id: string; readonly reference: string; readonly dueDate: string; readonly outstanding: string }[]
  }
interface ImportFacts {
  readonly fileName: string
  readonly created: number
  readonly updated: number
  readonly skipped: number
  readonly failed: number
  readonly overdue: number
}

const actorOf = (viewer: Viewer): { actorId: string | null; actorName: string } => {
  switch (viewer.kind) {
    case 'staff':
      return { actorId: viewer.id, actorName: viewer.name }
    case 'system':
      return { actorId: viewer.onBehalfOf ?? null, actorName: viewer.name }
    case 'nobody':
      return { actorId: null, actorName: 'somebody not signed in' }
  }
}

const subjectOf = (event: Event): string | null => {
  if ('paymentId' in event) return event.paymentId
  if ('importId' in event) return event.importId
  return event.type === 'STAFF_REGISTERED' || event.type === 'STAFF_CHANGED' ? event.facts.staffId : null
}

/** Writes the event and its audit row in the transaction that makes it true; the relay announces it after the commit. */
export async function record(ctx: Atomic, event: Event): Promise<void> {
  await recordAll(ctx, [event])
}

/** The same for many, in two statements. */
export async function recordAll(ctx: Atomic, all: readonly Event[]): Promise<void> {
  if (all.length === 0) return
  const actor = actorOf(ctx.viewer)
  const at = ctx.now
  const customerId = (event: Event) => event.customerId ?? null
  await ctx.db.insert(events).values(
    all.map((event) => ({
      id: newId(),
      type: event.type,
      at,
      ...actor,
      customerId: customerId(event),
      paymentId: 'paymentId' in event ? event.paymentId : null,
      importId: 'importId' in event ? event.importId : null,
      facts: event.facts,
    })),
  )
  await ctx.db.insert(audits).values(
    all.map((event) => ({
      id: newId(),
      at,
      ...actor,
      requestId: ctx.requestId,
      action: event.type,
      customerId: customerId(event),
      subjectId: subjectOf(event),
      changes: event.changes ?? [],
    })),
  )
  ctx.announced.any = true
}
