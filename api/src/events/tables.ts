import { index, int, mysqlTable, primaryKey, uniqueIndex, varchar } from 'drizzle-orm/mysql-core'
import { eventNumber, id, instant, jsonText, word } from '../db/columns.ts'
import type { Change } from './events.ts'

export const events = mysqlTable(
  'event',
  {
    id: id('id').primaryKey(),
    /** Given by the relay after the commit: gapless, in the order in which readers see the events. */
    number: eventNumber('number'),
    type: word('type').notNull(),
    at: instant('at').notNull(),
    actorId: id('actor_id'),
    actorName: varchar('actor_name', { length: 200 }).notNull(),
    customerId: id('customer_id'),
    paymentId: id('payment_id'),
    importId: id('import_id'),
    facts: jsonText<object>()('facts').notNull(),
  },
  (table) => [
    // Readers tail by number; the rows still without one are its NULLs, in the order of their ids.
    uniqueIndex('event_number').on(table.number),
  ],
)

/** One row: the lock that makes one process at a time the leader, and the last number given. */
export const relay = mysqlTable('relay', {
  id: int('id').primaryKey(),
  lastNumber: eventNumber('last_number').notNull(),
})

/** How far each reaction has come, and how it fares. */
export const reactions = mysqlTable('reaction', {
  name: word('name').primaryKey(),
  position: eventNumber('position').notNull(),
  failures: int('failures').notNull().default(0),
  nextTryAt: instant('next_try_at').notNull(),
  lastError: varchar('last_error', { length: 500 }),
})

/** Who changed what, for ever; events may be pruned, these are not. */
export const audits = mysqlTable(
  'audit',
  {
    id: id('id').notNull(),
    at: instant('at').notNull(),
    actorId: id('actor_id'),
    actorName: varchar('actor_name', { length: 200 }).notNull(),
    requestId: varchar('request_id', { length: 64 }).notNull(),
    action: word('action').notNull(),
    customerId: id('customer_id'),
    subjectId: id('subject_id'),
    changes: jsonText<readonly Change[]>()('changes').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.id] }),
    // A customer's activity, newest first.
    index('audit_customer').on(table.customerId, table.id),
  ],
)
