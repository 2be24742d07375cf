import { sql } from 'drizzle-orm'
import { newId } from '../db/columns.ts'
import type { NumberedEvent } from '../events/events.ts'
import type { Reaction } from '../events/relay.ts'
import { reactionName } from './notifications.ts'
import { notifications, readers } from './tables.ts'

type NewNotification = typeof notifications.$inferInsert

/** Up to so many customers in one look of the sweep are told one by one, more as a digest. */
const digestAbove = 20

/** Turns events into what staff are told. */
export const notify: Reaction = {
  name: reactionName,
  async react(ctx, events) {
    for (const event of events) {
      // Somebody new is not told what happened before.
      if (event.type === 'STAFF_REGISTERED') {
        await ctx.db
          .insert(readers)
          .values({ staffId: event.facts.staffId, readUpTo: event.number })
          .onDuplicateKeyUpdate({ set: { staffId: event.facts.staffId } })
      }
      const row = notificationOf(event)
      if (row === undefined) continue
      await ctx.db
        .insert(notifications)
        .values(row)
        .onDuplicateKeyUpdate({ set: { number: sql`values(number)`, at: sql`values(at)`, things: sql`${notifications.things} + 1` } })
    }
  },
}

function notificationOf(event: NumberedEvent): NewNotification | undefined {
  const base = {
    id: newId(),
    number: event.number,
    origin: `event:${event.number}`,
    adminsOnly: false,
    at: event.at,
    actorId: event.actorId,
    actorName: event.actorName,
    customerId: event.customerId ?? null,
  }
  switch (event.type) {
    case 'CUSTOMER_CREATED':
      return event.facts.quiet === true ? undefined : { ...base, type: 'CUSTOMER_ADDED', subject: event.facts.name }
    case 'PAYMENT_COMPLETED':
    case 'PAYMENT_FAILED':
    case 'PAYMENT_REVERSED':
      return event.facts.quiet === true
        ? undefined
        : {
            ...base,
            type: paymentTypes[event.type],
            subject: event.facts.name,
            amount: event.facts.amount,
            currency: event.facts.currency,
            paymentId: event.paymentId,
          }
    case 'DUE_OVERDUE': {
      const { facts } = event
      if (facts.quiet === true) return undefined
      // A digest has no single customer, and amounts of several currencies don't add up.
      if (facts.customersInRun > digestAbove) {
        return { ...base, type: 'PAYMENT_OVERDUE', origin: `overdue:${facts.run}`, customerId: null, actorId: null, subject: 'customers' }
      }
      return {
        ...base,
        type: 'PAYMENT_OVERDUE',
        actorId: null,
        subject: facts.name,
        amount: facts.amount,
        currency: facts.currency,
        things: facts.dues.length,
      }
    }
    case 'IMPORT_FINISHED':
      return {
        ...base,
        type: 'IMPORT_FINISHED',
        subject: event.facts.fileName,
        importId: event.importId,
        things: event.facts.created + event.facts.updated,
      }
    case 'STAFF_REGISTERED':
      return event.facts.waiting ? { ...base, type: 'ACCOUNT_WAITS', adminsOnly: true, subject: event.facts.name } : undefined
    default:
      return undefined
  }
}

const paymentTypes = {
  PAYMENT_COMPLETED: 'PAYMENT_RECEIVED',
  PAYMENT_FAILED: 'PAYMENT_FAILED',
  PAYMENT_REVERSED: 'PAYMENT_REVERSED',
} as const
