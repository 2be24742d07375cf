import { index, int, mysqlTable, primaryKey, uniqueIndex, varchar } from 'drizzle-orm/mysql-core'
import type { NotificationType } from './notifications.ts'
import { eventNumber, flag, id, instant, word } from '../db/columns.ts'

/** One row for what everybody is told about one event (or one digest of many), never a row per person. */
export const notifications = mysqlTable(
  'notification',
  {
    id: id('id').primaryKey(),
    /** The number of the event; of the newest one in a digest. */
    number: eventNumber('number').notNull(),
    /** What makes the reaction's effect unique: the event, or the digest that it goes into. */
    origin: varchar('origin', { length: 80 }).notNull(),
    type: word('type').$type<NotificationType>().notNull(),
    /** True when only administrators are told. */
    adminsOnly: flag('admins_only').notNull(),
    at: instant('at').notNull(),
    actorId: id('actor_id'),
    actorName: varchar('actor_name', { length: 200 }).notNull(),
    subject: varchar('subject', { length: 200 }).notNull(),
    amount: varchar('amount', { length: 24 }),
    currency: word('currency'),
    things: int('things').notNull().default(1),
    customerId: id('customer_id'),
    paymentId: id('payment_id'),
    importId: id('import_id'),
  },
  (table) => [
    uniqueIndex('notification_number').on(table.number),
    uniqueIndex('notification_origin').on(table.origin),
    index('notification_type').on(table.type, table.number),
  ],
)

/** Up to which number a person has read everything, by marking all. */
export const readers = mysqlTable('notification_reader', {
  staffId: id('staff_id').primaryKey(),
  readUpTo: eventNumber('read_up_to').notNull(),
})

/** What a person has read one by one, above that number; dropped when the number passes them. */
export const readMarks = mysqlTable(
  'notification_read',
  { staffId: id('staff_id').notNull(), number: eventNumber('number').notNull() },
  (table) => [primaryKey({ columns: [table.staffId, table.number] })],
)
