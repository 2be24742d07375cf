import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Contact, CreateCustomerInput, CustomerStatus } from 'schema/customer'
import { reserveNumbers } from '../company/company.ts'
import { daysBetween, type Atomic, type CalendarDate, type Context } from '../context.ts'
import { newId } from '../db/columns.ts'
import { isDuplicate } from '../db/database.ts'
import { DomainError, invalid } from '../errors.ts'
import type { Change } from '../events/events.ts'
import { contacts, customers } from './tables.ts'

export type CustomerRow = typeof customers.$inferSelect

/** A customer's status, computed and never stored: the earliest date with something outstanding against the business date. */
export function customerStatus(row: Pick<CustomerRow, 'nextDueDate'>, today: CalendarDate): CustomerStatus {
  if (row.nextDueDate === null) return 'PAID'
  return row.nextDueDate < today ? 'OVERDUE' : 'PENDING'
}

/** Calendar days since a due date has passed; 0 on the day itself and before. */
export const daysPastDue = (dueDate: CalendarDate | null, today: CalendarDate): number => (dueDate === null ? 0 : Math.max(0, daysBetween(dueDate, today)))

/** @throws DomainError NOT_FOUND */
export async function getCustomer(ctx: Context, id: string): Promise<CustomerRow> {
  const [row] = await ctx.db.select().from(customers).where(eq(customers.id, id))
  if (row === undefined) throw new DomainError('NOT_FOUND', 'This customer does not exist')
  return row
}

/** Those that exist, in no particular order. */
export async function customersById(ctx: Context, ids: readonly string[]): Promise<CustomerRow[]> {
  return ids.length === 0 ? [] : ctx.db.select().from(customers).where(inArray(customers.id, [...ids]))
}

/** The row under its lock: the first lock of every transaction that changes a customer's money, before payments and dues. */
export async function lockCustomer(ctx: Atomic, id: string): Promise<CustomerRow> {
  const [row] = await ctx.db.select().from(customers).where(eq(customers.id, id)).for('update')
  if (row === undefined) throw new DomainError('NOT_FOUND', 'This customer does not exist')
  return row
}

/** @throws DomainError ARCHIVED */
export function assertLive(row: CustomerRow): void {
  if (row.archivedAt !== null) throw new DomainError('ARCHIVED', `${row.name} is archived and takes no new dues or payments; restore the customer first`)
}

/** Contacts of several customers, in the order in which they were entered. */
export async function contactsOf(ctx: Context, customerIds: readonly string[]): Promise<Map<string, Contact[]>> {
  const rows = await ctx.db
    .select()
    .from(contacts)
    .where(inArray(contacts.customerId, [...customerIds]))
    .orderBy(asc(contacts.customerId), asc(contacts.position))
  const found = new Map<string, Contact[]>(customerIds.map((id) => [id, []]))
  for (const { customerId, kind, value } of rows) found.get(customerId)?.push({ kind, value })
  return found
}

const searchText = (row: { name: string; number: string }, list: readonly Contact[]): string =>
  [row.name, row.number, ...list.map((contact) => contact.value)].join(' ').slice(0, 4000)

/** Writes a customer without dues. A number that is left out is the next free one. @throws DomainError TAKEN */
export async function insertCustomer(ctx: Atomic, input: Omit<CreateCustomerInput, 'due'>, generated: string | undefined): Promise<CustomerRow> {
  const number = input.number ?? generated
  if (number === undefined) throw new Error('a customer without a number: reserve one before the transaction')
  const row = {
    id: newId(),
    number,
    name: input.name,
    note: input.note ?? null,
    currency: input.currency ?? ctx.app.company.currency,
    searchText: searchText({ name: input.name, number }, input.contacts),
    createdAt: ctx.now,
    updatedAt: ctx.now,
  }
  try {
    await ctx.db.insert(customers).values(row)
  } catch (error) {
    if (isDuplicate(error, 'customer_number')) throw numberTaken(number)
    throw error
  }
  await writeContacts(ctx, row.id, input.contacts)
  return getCustomer(ctx, row.id)
}

export const numberTaken = (number: string): DomainError => new DomainError('TAKEN', `The number ${number} belongs to another customer`, [{ path: 'number', message: 'Another customer has this number' }])

/** The next C-00001 that nobody has been given by hand. */
export async function nextCustomerNumber(ctx: Context): Promise<string> {
  for (;;) {
    const number = customerNumberText(await reserveNumbers(ctx.app, 'customer'))
    const [taken] = await ctx.app.db.select({ id: customers.id }).from(customers).where(eq(customers.number, number))
    if (taken === undefined) return number
  }
}
const customerNumberText = (value: number): string => `C-${String(value).padStart(5, '0')}`

async function writeContacts(ctx: Atomic, customerId: string, list: readonly Contact[]): Promise<void> {
  if (list.length === 0) return
  await ctx.db.insert(contacts).values(list.map((contact, position) => ({ customerId, position, ...contact })))
}

interface Entered {
  readonly name: string
  readonly number: string
  readonly note: string | null
  readonly currency: string
  readonly contacts: readonly Contact[]
}

/**
 * Writes entered fields over a locked row and says what changed. A stale version is refused with both sides' values.
 * @throws DomainError STALE, TAKEN, INVALID (a currency that dues or payments stand in cannot change)
 */
export async function updateEntered(ctx: Atomic, row: CustomerRow, version: number, input: Entered, currencyIsFixed: boolean): Promise<readonly Change[]> {
  const before = (await contactsOf(ctx, [row.id])).get(row.id) ?? []
  if (row.version !== version) throw stale(row, before)
  if (input.currency !== row.currency && currencyIsFixed) {
    throw invalid('currency', 'The currency is fixed once a customer has dues or payments')
  }
  const changes = [
    change('name', row.name, input.name),
    change('number', row.number, input.number),
    change('note', row.note, input.note),
    change('currency', row.currency, input.currency),
    change('contacts', contactText(before), contactText(input.contacts)),
  ].filter((entry) => entry.before !== entry.after)
  try {
    await ctx.db
      .update(customers)
      .set({
        name: input.name,
        number: input.number,
        note: input.note,
        currency: input.currency,
        searchText: searchText(input, input.contacts),
        version: sql`${customers.version} + 1`,
        revision: sql`${customers.revision} + 1`,
        updatedAt: ctx.now,
      })
      .where(eq(customers.id, row.id))
  } catch (error) {
    if (isDuplicate(error, 'customer_number')) throw numberTaken(input.number)
    throw error
  }
  if (changes.some(({ field }) => field === 'contacts')) {
    await ctx.db.delete(contacts).where(eq(contacts.customerId, row.id))
    await writeContacts(ctx, row.id, input.contacts)
  }
  return changes
}

const change = (field: string, before: string | null, after: string | null): Change => ({ field, before, after })
const contactText = (list: readonly Contact[]): string | null => (list.length === 0 ? null : list.map((contact) => contact.value).join(', '))

function stale(row: CustomerRow, list: readonly Contact[]): DomainError {
  const current = { name: row.name, number: row.number, note: row.note, currency: row.currency, contacts: list, version: row.version }
  return new DomainError('STALE', `${row.name} was changed by somebody else meanwhile; compare and save again`, [], { current })
}

/** The customer with that number, whatever its case. */
export async function customerByNumber(ctx: Context, number: string): Promise<CustomerRow | undefined> {
  const [row] = await ctx.db.select().from(customers).where(eq(customers.number, number))
  return row
}

/** Live customers that have the e-mail address; an address is not unique. */
export async function customersByEmail(ctx: Context, email: string): Promise<CustomerRow[]> {
  const found = await ctx.db
    .select({ row: customers })
    .from(contacts)
    .innerJoin(customers, eq(customers.id, contacts.customerId))
    .where(and(eq(contacts.kind, 'EMAIL'), eq(contacts.value, email)))
  return found.map(({ row }) => row)
}
