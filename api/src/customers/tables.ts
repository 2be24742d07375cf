import { sql } from 'drizzle-orm'
import { check, decimal, index, int, mysqlTable, primaryKey, uniqueIndex, varchar } from 'drizzle-orm/mysql-core'
import type { ContactKind } from 'schema/customer'
import { currencies, scaleOf } from 'schema/money'
import { calendarDay, code, flag, id, instant, money, word } from '../db/columns.ts'

// A product in DECIMAL: the largest amount of a currency without decimals would not fit a big integer.
const rank = `(cast(outstanding as decimal(24,0)) * case ${[0, 1, 3, 4]
  .map((scale) => [scale, currencies.filter((currency) => scaleOf(currency) === scale)] as const)
  .filter(([, list]) => list.length > 0)
  .map(([scale, list]) => `when currency in (${list.map((currency) => `'${currency}'`).join(',')}) then ${10 ** (4 - scale)}`)
  .join(' ')} else 100 end)`

export const customers = mysqlTable(
  'customer',
  {
    id: id('id').primaryKey(),
    number: code('number', { length: 40 }).notNull(),
    name: varchar('name', { length: 200 }).notNull(),
    note: varchar('note', { length: 2000 }),
    currency: word('currency').notNull(),
    /** The four below change only with a due or an allocation, under this row's lock. */
    outstanding: money('outstanding')
      .notNull()
      .default(sql`0`),
    credit: money('credit')
      .notNull()
      .default(sql`0`),
    nextDueDate: calendarDay('next_due_date'),
    lastPaymentOn: calendarDay('last_payment_on'),
    hasDues: flag('has_dues')
      .notNull()
      .default(sql`0`),
    archivedAt: instant('archived_at'),
    archiveReason: varchar('archive_reason', { length: 500 }),
    /** Counts edits of entered fields: an edit made from an older one is stale. */
    version: int('version').notNull().default(1),
    /** Counts every change, for the search index. */
    revision: int('revision').notNull().default(1),
    /** Name, number and contacts in one, for finding by words. */
    searchText: varchar('search_text', { length: 4000 }).notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    /** Outstanding in ten-thousandths of the currency's unit: the order of a list must not mix yen with cents. */
    outstandingRank: decimal('outstanding_rank', { precision: 24, scale: 0 }).generatedAlwaysAs(sql.raw(rank), { mode: 'virtual' }),
    live: flag('live').generatedAlwaysAs(sql`(if(archived_at is null, 1, 0))`, { mode: 'virtual' }),
    // A missing date sorts last whichever way the list runs, so each direction has a stand-in of its own.
    dueAscending: calendarDay('due_ascending').generatedAlwaysAs(sql`(coalesce(next_due_date, '9999-12-31'))`, { mode: 'virtual' }),
    dueDescending: calendarDay('due_descending').generatedAlwaysAs(sql`(coalesce(next_due_date, '1000-01-01'))`, { mode: 'virtual' }),
    paidAscending: calendarDay('paid_ascending').generatedAlwaysAs(sql`(coalesce(last_payment_on, '9999-12-31'))`, { mode: 'virtual' }),
    paidDescending: calendarDay('paid_descending').generatedAlwaysAs(sql`(coalesce(last_payment_on, '1000-01-01'))`, { mode: 'virtual' }),
  },
  (table) => [
    uniqueIndex('customer_number').on(table.number),
    // One index a sort of the list; `live` first, since archived customers appear only under their own filter.
    index('customer_by_number').on(table.live, table.number, table.id),
    index('customer_by_name').on(table.live, table.name, table.id),
    index('customer_by_outstanding').on(table.live, table.outstandingRank, table.id),
    index('customer_by_due').on(table.live, table.dueAscending, table.id),
    index('customer_by_due_descending').on(table.live, table.dueDescending, table.id),
    index('customer_by_paid').on(table.live, table.paidAscending, table.id),
    index('customer_by_paid_descending').on(table.live, table.paidDescending, table.id),
    check('customer_owes_or_has', sql`outstanding >= 0 and credit >= 0 and (outstanding = 0 or credit = 0)`),
  ],
)

export const contacts = mysqlTable(
  'contact',
  {
    customerId: id('customer_id')
      .notNull()
      .references(() => customers.id),
    position: int('position').notNull(),
    kind: word('kind').$type<ContactKind>().notNull(),
    value: varchar('value', { length: 500 }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.customerId, table.position] }),
    // An import finds a customer by its e-mail address.
    index('contact_value').on(table.kind, table.value),
  ],
)
