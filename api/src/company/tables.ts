import { int, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { eventNumber, word } from '../db/columns.ts'

/** One row: the settings of the company. */
export const companies = mysqlTable('company', {
  id: int('id').primaryKey(),
  name: varchar('name', { length: 120 }).notNull(),
  currency: word('currency').notNull(),
  timeZone: varchar('time_zone', { length: 64 }).notNull(),
  locale: varchar('locale', { length: 35 }).notNull(),
  paymentTermsDays: int('payment_terms_days').notNull(),
})

/** The last number given of each kind of running number (customers' C-00001, dues' D-00001). */
export const counters = mysqlTable('counter', {
  name: word('name').primaryKey(),
  value: eventNumber('value').notNull(),
})
