import type { Contact, ContactKind } from 'schema/customer'
import { formatMoney, parseMoney } from 'schema/money'
import type { RowValues, SheetColumn, SheetFault } from 'schema/sheet'
import type { Context } from '../context.ts'
import { contactsOf, customersByEmail, customersByName, customersByNumber, type CustomerRow } from '../customers/customers.ts'
import { duesLike, type DueRow } from '../ledger/dues.ts'
import type { ImportRowStatus } from './statuses.ts'
import type { CheckedRow } from './workbook.ts'

/** A row after it was held against the books. */
export interface MatchedRow {
  readonly checked: CheckedRow
  readonly status: ImportRowStatus
  readonly faults: readonly SheetFault[]
  readonly customer: CustomerRow | undefined
  readonly due: DueRow | undefined
}

const fileStatuses = {
  wrong: 'WRONG',
  duplicate: 'DUPLICATE',
  asked: 'ASKED',
  skipped: 'SKIPPED',
  new: 'NEW',
  changed: 'CHANGED',
  same: 'SAME',
} as const

/**
 * Holds rows against the books, some hundreds at a time: which customer and which due each is about, and what it would change.
 * `named` has the customers of the file that one of its rows names.
 */
export async function matchRows(ctx: Context, rows: readonly CheckedRow[], named: ReadonlySet<string>): Promise<MatchedRow[]> {
  const open = rows.filter((row) => row.status === 'new')
  const found = await findCustomers(ctx, open)
  const matched = new Map(open.map((row) => [row, found(row)]))
  const known = [...new Map([...matched.values()].flatMap((match) => ('id' in match ? [[match.id, match] as const] : []))).values()]
  const contacts = await contactsOf(
    ctx,
    known.map((row) => row.id),
  )
  const findDue = await findDues(ctx, open, matched)
  return rows.map((checked) => {
    const match = matched.get(checked)
    const plain = (status: ImportRowStatus, faults: readonly SheetFault[] = checked.faults): MatchedRow => ({
      checked,
      status,
      faults,
      customer: undefined,
      due: undefined,
    })
    if (match === undefined) return plain(fileStatuses[checked.status])
    if ('fault' in match)
      return match.fault.code === 'MISSING' && named.has(checked.customer) ? plain('NEW') : plain(match.status, [match.fault])
    if (!('id' in match)) return plain('NEW')
    const due = findDue(checked, match)
    const faults = againstBooks(checked.values, match, due)
    const status = faults.length > 0 ? 'WRONG' : statusOf(checked, match, contacts.get(match.id) ?? [], due)
    return { checked, status, faults, customer: match, due }
  })
}

interface Row {
  readonly values: RowValues
}
type Match =
  | CustomerRow
  | { readonly status: 'ASKED' | 'WRONG'; readonly fault: SheetFault; readonly candidates: readonly string[] }
  | { readonly nobody: true }

/** By number, else by e-mail address, else nobody; a name alone that is in the books already is asked. */
async function findCustomers(ctx: Context, rows: readonly Row[]): Promise<(row: Row) => Match> {
  const byNumber = new Map(
    (
      await customersByNumber(
        ctx,
        values(rows, ({ number }) => number),
      )
    ).map((row) => [row.number.toLowerCase(), row]),
  )
  const byEmail = Map.groupBy(
    await customersByEmail(
      ctx,
      values(rows, ({ number, email }) => (number === undefined ? email : undefined)),
    ),
    ({ email }) => email.toLowerCase(),
  )
  const byName = Map.groupBy(
    await customersByName(
      ctx,
      values(rows, ({ number, email, name }) => (number === undefined && email === undefined ? name : undefined)),
    ),
    (row) => row.name.toLowerCase(),
  )
  return ({ values: { number, email, name } }) => {
    if (number !== undefined) {
      const match = byNumber.get(number.toLowerCase())
      if (match !== undefined) return match
      return name === undefined
        ? wrong('name', 'MISSING', `There is no customer ${number} yet, and a new one needs a name.`)
        : { nobody: true }
    }
    const same = email === undefined ? [] : (byEmail.get(email.toLowerCase()) ?? [])
    if (same.length === 1) return same[0]!.row
    if (same.length > 1)
      return asked(
        'email',
        'SEVERAL',
        same.map(({ row }) => row),
        `${same.map(({ row }) => row.number).join(' and ')} have this e-mail address: give the number of the one that is meant.`,
      )
    const namesakes = email === undefined && name !== undefined ? (byName.get(name.toLowerCase()) ?? []) : []
    const [namesake] = namesakes
    if (namesake === undefined) return { nobody: true }
    return asked(
      'name',
      'NAMESAKE',
      namesakes,
      `${namesake.number} has this name: give that number to mean this customer, or a number of its own to add another.`,
    )
  }
}

const wrong = (column: SheetColumn, code: string, message: string) => ({
  status: 'WRONG' as const,
  fault: { column, code, message },
  candidates: [],
})
const asked = (column: SheetColumn, code: string, candidates: readonly CustomerRow[], message: string) => ({
  status: 'ASKED' as const,
  fault: { column, code, message },
  candidates: candidates.map(({ id }) => id),
})
const values = (rows: readonly Row[], read: (values: RowValues) => string | undefined): string[] => [
  ...new Set(rows.flatMap((row) => read(row.values) ?? [])),
]

/** By reference; without one, a due with the same amount and due date is the same, settled or not. */
async function findDues(
  ctx: Context,
  rows: readonly Row[],
  matched: ReadonlyMap<Row, Match>,
): Promise<(row: Row, customer: CustomerRow) => DueRow | undefined> {
  const owing = rows.flatMap((row) => {
    const customer = matched.get(row)
    return customer !== undefined && 'id' in customer && owes(row.values) && row.values.currency === customer.currency
      ? [{ values: row.values, customer }]
      : []
  })
  const dues = await duesLike(
    ctx,
    [...new Set(owing.map(({ customer }) => customer.id))],
    owing.flatMap(({ values }) => values.reference ?? []),
    owing.flatMap(({ values, customer }) => (values.reference === undefined ? [parseMoney(values.amount!, customer.currency)] : [])),
  )
  const byReference = new Map(dues.map((due) => [`${due.customerId} ${due.reference.toLowerCase()}`, due]))
  const bySum = new Map(dues.map((due) => [`${due.customerId} ${formatMoney(due.amount, due.currency)} ${due.dueDate}`, due]))
  return ({ values }, customer) => {
    if (!owes(values)) return undefined
    if (values.reference !== undefined) return byReference.get(`${customer.id} ${values.reference.toLowerCase()}`)
    return bySum.get(`${customer.id} ${values.amount} ${values.dueDate}`)
  }
}

/** The due that a row of this customer is about, as the books are now. */
export async function dueNow(ctx: Context, row: RowValues, customer: CustomerRow): Promise<DueRow | undefined> {
  const only = { values: row }
  return (await findDues(ctx, [only], new Map([[only, customer]])))(only, customer)
}

/** The customers that each of these rows could be about, as the books are now; none for a row about somebody new. */
export async function candidatesNow(ctx: Context, rows: readonly RowValues[]): Promise<readonly string[][]> {
  const all = rows.map((values) => ({ values }))
  const found = await findCustomers(ctx, all)
  return all.map((row) => {
    const match = found(row)
    if ('id' in match) return [match.id]
    return 'fault' in match ? [...match.candidates] : []
  })
}

/** Whether the row has a due at all: an amount of 0 makes none. */
export const owes = (row: RowValues): boolean => row.amount !== undefined && /[1-9]/.test(row.amount)

/** What the books refuse of a row about a known customer. */
export function againstBooks(row: RowValues, customer: CustomerRow, due: DueRow | undefined): SheetFault[] {
  if (customer.archivedAt !== null)
    return [
      {
        column: row.number === undefined ? 'name' : 'number',
        code: 'ARCHIVED',
        message: `${customer.number} is archived: restore the customer first.`,
      },
    ]
  if (row.currency !== undefined && row.currency !== customer.currency) {
    return [
      {
        column: 'currency',
        code: 'OTHER_CURRENCY',
        message: `${customer.number} is in ${customer.currency}; a customer has one currency.`,
      },
    ]
  }
  if (due === undefined || !owes(row)) return []
  if (due.cancelledAt !== null) return [{ column: 'reference', code: 'CANCELLED', message: `${due.reference} was cancelled.` }]
  const paid = due.amount - due.outstanding
  if (parseMoney(row.amount!, customer.currency) < paid) {
    return [
      {
        column: 'amount',
        code: 'BELOW_PAID',
        message: `${due.reference} has ${formatMoney(paid, customer.currency)} ${customer.currency} paid already; its amount cannot be less.`,
      },
    ]
  }
  return []
}

function statusOf(checked: CheckedRow, customer: CustomerRow, contacts: readonly Contact[], due: DueRow | undefined): ImportRowStatus {
  if (customerChanges(checked.values, customer, contacts) !== undefined || (due !== undefined && dueChanges(checked, due))) return 'CHANGED'
  return owes(checked.values) && due === undefined ? 'NEW' : 'SAME'
}

/** The entered fields with what the row says instead; undefined when it says nothing new. An empty cell leaves its field alone. */
export function customerChanges(
  row: RowValues,
  customer: CustomerRow,
  contacts: readonly Contact[],
): { name: string; note: string | null; contacts: readonly Contact[] } | undefined {
  let list = contacts
  for (const [kind, value] of [
    ['EMAIL', row.email],
    ['PHONE', row.phone],
    ['ADDRESS', row.address],
  ] as [ContactKind, string | undefined][]) {
    if (value === undefined || list.some((contact) => contact.kind === kind && contact.value.toLowerCase() === value.toLowerCase()))
      continue
    // A file has one of each kind: it takes the place of the first of its kind.
    const first = list.findIndex((contact) => contact.kind === kind)
    list = first === -1 ? [...list, { kind, value }] : list.with(first, { kind, value })
  }
  const changed = { name: row.name ?? customer.name, note: row.note ?? customer.note, contacts: list }
  return changed.name === customer.name && changed.note === customer.note && list === contacts ? undefined : changed
}

/** Whether the row says something else of the due than the books. A due date that only follows from the terms says nothing. */
export function dueChanges(checked: Pick<CheckedRow, 'values' | 'filled'>, due: DueRow): boolean {
  const { amount, dueDate, paidOn } = checked.values
  return (
    amount !== formatMoney(due.amount, due.currency) ||
    (dueDate !== undefined && !checked.filled.includes('dueDate') && dueDate !== due.dueDate) ||
    (paidOn !== undefined && due.outstanding > 0n)
  )
}
