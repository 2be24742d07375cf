import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm'
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
export const daysPastDue = (dueDate: CalendarDate | null, today: CalendarDate): number =>
  dueDate === null ? 0 : Math.max(0, daysBetween(dueDate, today))

/** @throws DomainError NOT_FOUND */
export async function getCustomer(ctx: Context, id: string): Promise<CustomerRow> {
  const [row] = await ctx.db.select().from(customers).where(eq(customers.id, id))
  if (row === undefined) throw new DomainError('NOT_FOUND', 'This customer does not exist')
  return row
}

/** Those that exist, in no particular order. */
export async function customersById(ctx: Context, ids: readonly string[]): Promise<CustomerRow[]> {
  return ids.length === 0
    ? []
    : ctx.db
        .select()
        .from(customers)
        .where(inArray(customers.id, [...ids]))
}

/** The row under its lock: the first lock of every transaction that changes a customer's money, before payments and dues. */
export async function lockCustomer(ctx: Atomic, id: string): Promise<CustomerRow> {
  const [row] = await ctx.db.select().from(customers).where(eq(customers.id, id)).for('update')
  if (row === undefined) throw new DomainError('NOT_FOUND', 'This customer does not exist')
  return row
}

/** @throws DomainError ARCHIVED */
export function assertLive(row: CustomerRow): void {
  if (row.archivedAt !== null)
    throw new DomainError('ARCHIVED', `${row.name} is archived and takes no new dues or payments; restore the customer first`)
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

// The index takes an underscore for a letter, and a search for its words would miss what stands behind it.
const searchText = (row: { name: string; number: string }, list: readonly Contact[]): string =>
  [row.name, row.number, ...list.map((contact) => contact.value)].join(' ').replaceAll('_', ' ').slice(0, 4000)

/** Writes a customer without dues. A number that is left out is the next free one. @throws DomainError TAKEN */
export async function insertCustomer(
  ctx: Atomic,
  input: Omit<CreateCustomerInput, 'due'>,
  generated: string | undefined,
): Promise<CustomerRow> {
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

interface NewCustomer extends Pick<
  CustomerRow,
  'id' | 'number' | 'name' | 'note' | 'currency' | 'outstanding' | 'nextDueDate' | 'lastPaymentOn' | 'hasDues'
> {
  readonly contacts: readonly Contact[]
}

/** Writes many customers, with sums that the caller has worked out, in two statements. */
export async function insertCustomers(ctx: Atomic, list: readonly NewCustomer[]): Promise<void> {
  if (list.length === 0) return
  await ctx.db
    .insert(customers)
    .values(list.map(({ contacts, ...row }) => ({ ...row, searchText: searchText(row, contacts), createdAt: ctx.now, updatedAt: ctx.now })))
  const theirs = list.flatMap((row) => row.contacts.map((contact, position) => ({ customerId: row.id, position, ...contact })))
  if (theirs.length > 0) await ctx.db.insert(contacts).values(theirs)
}

/** Those with one of the numbers, whatever their case. */
export async function customersByNumber(ctx: Context, numbers: readonly string[]): Promise<CustomerRow[]> {
  return numbers.length === 0
    ? []
    : ctx.db
        .select()
        .from(customers)
        .where(inArray(customers.number, [...numbers]))
}

/** Those with one of the e-mail addresses, each with the address that found it; an address is not unique. */
export async function customersByEmail(ctx: Context, emails: readonly string[]): Promise<{ email: string; row: CustomerRow }[]> {
  if (emails.length === 0) return []
  return ctx.db
    .select({ email: contacts.value, row: customers })
    .from(contacts)
    .innerJoin(customers, eq(customers.id, contacts.customerId))
    .where(and(eq(contacts.kind, 'EMAIL'), inArray(contacts.value, [...emails])))
}

/** Live ones with one of the names. */
export async function customersByName(ctx: Context, names: readonly string[]): Promise<CustomerRow[]> {
  return names.length === 0
    ? []
    : ctx.db
        .select()
        .from(customers)
        .where(and(eq(customers.live, true), inArray(customers.name, [...names])))
}

/** The currency of every customer that has another than the company's, by number and by e-mail address. */
export async function otherCurrencies(ctx: Context): Promise<ReadonlyMap<string, string>> {
  const rows = await ctx.db
    .select({ number: customers.number, currency: customers.currency, email: contacts.value })
    .from(customers)
    .leftJoin(contacts, and(eq(contacts.customerId, customers.id), eq(contacts.kind, 'EMAIL')))
    .where(ne(customers.currency, ctx.app.company.currency))
  return new Map(
    rows.flatMap(
      ({ number, currency, email }) =>
        [[number.toLowerCase(), currency], ...(email === null ? [] : [[email, currency] as const])] as [string, string][],
    ),
  )
}

const numberTaken = (number: string): DomainError =>
  new DomainError('TAKEN', `The number ${number} belongs to another customer`, [
    { path: 'number', message: 'Another customer has this number' },
  ])

/** The next numbers (C-00001) that nobody has been given by hand. Reserved before the transaction, so that nobody waits. */
export async function nextCustomerNumbers(ctx: Context, count: number): Promise<string[]> {
  const free: string[] = []
  while (free.length < count) {
    const wanted = count - free.length
    const first = await reserveNumbers(ctx.app, 'customer', wanted)
    const numbers = Array.from({ length: wanted }, (_, index) => `C-${String(first + index).padStart(5, '0')}`)
    const taken = new Set(
      (await customersByNumber({ ...ctx, db: ctx.app.db }, numbers)).map((row) => row.number.normalize('NFKC').toUpperCase()),
    )
    free.push(...numbers.filter((number) => !taken.has(number)))
  }
  return free
}

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
export async function updateEntered(
  ctx: Atomic,
  row: CustomerRow,
  version: number,
  input: Entered,
  currencyIsFixed: boolean,
): Promise<readonly Change[]> {
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
    change('contacts', contactText(before, input.contacts), contactText(input.contacts, before)),
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
/** The values alone, unless it takes their kinds or limits to tell them from the other side's. */
function contactText(list: readonly Contact[], other: readonly Contact[]): string | null {
  const plain = (contacts: readonly Contact[]) => contacts.map(({ value }) => value).join(', ')
  const exact = (contacts: readonly Contact[]) => contacts.map(({ kind, value }) => `${kind.toLowerCase()}: ${value}`).join('; ')
  if (list.length === 0) return null
  return plain(list) === plain(other) ? exact(list) : plain(list)
}

function stale(row: CustomerRow, list: readonly Contact[]): DomainError {
  const current = { name: row.name, number: row.number, note: row.note, currency: row.currency, contacts: list, version: row.version }
  return new DomainError('STALE', `${row.name} was changed by somebody else meanwhile; compare and save again`, [], { current })
}
