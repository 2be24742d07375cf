import { sql } from 'drizzle-orm'
import { check, index, mysqlTable, primaryKey, uniqueIndex, varchar } from 'drizzle-orm/mysql-core'
import type { PaymentMethod, PaymentSource, PaymentState } from 'schema/payment'
import { customers } from '../customers/tables.ts'
import { calendarDay, code, flag, id, instant, money, word } from '../db/columns.ts'

export const dues = mysqlTable(
  'due',
  {
    id: id('id').primaryKey(),
    customerId: id('customer_id')
      .notNull()
      .references(() => customers.id),
    reference: code('reference', { length: 60 }).notNull(),
    currency: word('currency').notNull(),
    amount: money('amount').notNull(),
    outstanding: money('outstanding').notNull(),
    issuedOn: calendarDay('issued_on').notNull(),
    dueDate: calendarDay('due_date').notNull(),
    cancelledAt: instant('cancelled_at'),
    /** Whether (this due, its present date) stands in `overdue_announcement`. */
    announced: flag('announced')
      .notNull()
      .default(sql`0`),
    createdAt: instant('created_at').notNull(),
    settled: flag('settled').generatedAlwaysAs(sql`(if(outstanding = 0 or cancelled_at is not null, 1, 0))`, { mode: 'virtual' }),
    /** The date after which the sweep announces it; null when there is nothing (more) to announce. */
    announceAfter: calendarDay('announce_after').generatedAlwaysAs(
      sql`(if(outstanding > 0 and cancelled_at is null and announced = 0, due_date, null))`,
      { mode: 'virtual' },
    ),
  },
  (table) => [
    uniqueIndex('due_reference').on(table.customerId, table.reference),
    // Allocation order, and a customer's dues with the open ones first.
    index('due_of_customer').on(table.customerId, table.settled, table.dueDate, table.id),
    // What the sweep looks through: only dues that wait for their announcement.
    index('due_announce_after').on(table.announceAfter, table.customerId),
    check('due_amounts', sql`amount > 0 and outstanding >= 0 and outstanding <= amount`),
  ],
)

/** Each overdue is announced once per due and due date, whatever runs at once: this key decides. */
export const overdueAnnouncements = mysqlTable(
  'overdue_announcement',
  {
    dueId: id('due_id')
      .notNull()
      .references(() => dues.id),
    dueDate: calendarDay('due_date').notNull(),
    at: instant('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.dueId, table.dueDate] })],
)

export const payments = mysqlTable(
  'payment',
  {
    id: id('id').primaryKey(),
    customerId: id('customer_id')
      .notNull()
      .references(() => customers.id),
    /** Made by the caller: a retry finds the payment that the first call booked. */
    requestKey: id('request_key'),
    currency: word('currency').notNull(),
    amount: money('amount').notNull(),
    /** The sum of its allocations, kept beside them so that credit is found without adding them up. */
    allocated: money('allocated')
      .notNull()
      .default(sql`0`),
    state: word('state').$type<PaymentState>().notNull(),
    method: word('method').$type<PaymentMethod>().notNull(),
    source: word('source').$type<PaymentSource>().notNull(),
    reference: varchar('reference', { length: 100 }),
    /** The business day on which the money came; may be in the past. */
    receivedOn: calendarDay('received_on').notNull(),
    /** When this system was told. */
    recordedAt: instant('recorded_at').notNull(),
    recordedById: id('recorded_by_id'),
    recordedBy: varchar('recorded_by', { length: 200 }).notNull(),
  },
  (table) => [
    uniqueIndex('payment_request_key').on(table.requestKey),
    // The list, newest first, whole and by state.
    index('payment_by_day').on(table.receivedOn, table.id),
    index('payment_by_state').on(table.state, table.receivedOn, table.id),
    // A customer's payments, newest first; its completed ones, oldest first, for credit.
    index('payment_of_customer').on(table.customerId, table.receivedOn, table.id),
    index('payment_of_customer_by_state').on(table.customerId, table.state, table.receivedOn, table.id),
    index('payment_reference').on(table.reference),
    check('payment_amounts', sql`amount > 0 and allocated >= 0 and allocated <= amount and (allocated = 0 or state = 'COMPLETED')`),
  ],
)

/** Append-only: taking a payment back adds rows with the opposite amounts. */
export const allocations = mysqlTable(
  'allocation',
  {
    id: id('id').primaryKey(),
    paymentId: id('payment_id')
      .notNull()
      .references(() => payments.id),
    dueId: id('due_id')
      .notNull()
      .references(() => dues.id),
    amount: money('amount').notNull(),
    at: instant('at').notNull(),
  },
  (table) => [
    // What a payment covers, and what covered a due: both answered by the index alone.
    index('allocation_of_payment').on(table.paymentId, table.dueId, table.amount),
    index('allocation_of_due').on(table.dueId, table.amount),
  ],
)
