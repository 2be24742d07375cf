import type ExcelJS from 'exceljs'
import { currencies, formatMoney, scaleOf } from 'schema/money'
import {
  currencyInHeader,
  dateColumns,
  headingOf,
  rowStatuses,
  sheet as sheetOf,
  sheetColumns,
  type DateColumn,
  type RowStatus,
  type RowValues,
  type SheetColumn,
  type SheetFault,
  type SheetHeading,
} from 'schema/sheet'
import {
  currencyOfAmount,
  noEvidence,
  readDay,
  readLine,
  readMoney,
  readText,
  verdict,
  weighAmount,
  weighDate,
  type Cell,
  type DateOrder,
  type DecimalSeparator,
  type Evidence,
  type Reading,
} from './cells.ts'
import { openCsv } from './csv.ts'
import {
  firstBytes,
  limits as standardLimits,
  openXlsx,
  Refused,
  type Limits,
  type RefusalCode,
  type Sheet,
  type SheetRow,
  type Source,
} from './xlsx.ts'

/**
 * Bytes ⇄ rows of the Excel file, without database. Everything streams and goes over the file more than once rather than hold it: the
 * number of rows decides how long it takes, not how much memory.
 */

/** What a person has said about a file that can't be told from it. Keys are those of the questions. */
export interface Answers {
  readonly sheet?: string
  /** What a column of the file means, by its header; null: nothing. */
  readonly columns?: Readonly<Record<string, SheetHeading | null>>
  readonly dateOrder?: Readonly<Partial<Record<DateColumn, DateOrder>>>
  readonly decimalSeparator?: Readonly<{ amount?: DecimalSeparator }>
}

/** A question whose answer is needed for some cells; answered in `answers[about][column]`. */
export interface Ask {
  readonly about: 'dateOrder' | 'decimalSeparator'
  readonly column: SheetColumn
  readonly question: string
  readonly options: readonly string[]
}

/** A column of the file. `column` is null where its header is unknown or only information; the first and the last name are both `name`. */
export interface FileColumn {
  /** 1 is column A. */
  readonly index: number
  readonly header: string
  readonly heading: SheetHeading | null
  readonly column: SheetColumn | null
}

/** A file that has been read through once: its shape is known, `rows()` reads it again from the start. */
export interface ReadWorkbook {
  /** Empty for CSV. */
  readonly sheet: string
  readonly headerRow: number
  readonly columns: readonly FileColumn[]
  readonly asks: readonly Ask[]
  readonly date1904: boolean
  /** The rows below the header that have something in them. */
  rows(): AsyncGenerator<SheetRow>
  /** Whether the row is an example that the template brought and nobody has changed. */
  isExample(row: SheetRow): boolean
  readonly dateOrder: Readonly<Partial<Record<DateColumn, { order: DateOrder | undefined; stated: boolean }>>>
  readonly decimalSeparator: { readonly separator: DecimalSeparator | undefined; readonly stated: boolean }
}

export interface Refusal {
  readonly refused: { readonly code: RefusalCode; readonly message: string }
}

/** What the checks need to know about the company and the day. */
export interface Rules {
  /** The company's currency, for rows that name none. */
  readonly currency: string
  readonly paymentTermsDays: number
  /** The business date, YYYY-MM-DD. */
  readonly today: string
  readonly answers?: Answers
  /** The currency of a customer that the books know already, which a row without one is in. */
  currencyOf?(customer: Readonly<Pick<RowValues, 'number' | 'name' | 'email'>>): string | undefined
}

export interface CheckedRow {
  /** As in the sheet. */
  readonly row: number
  readonly status: RowStatus
  readonly values: RowValues
  /** What stands in the cells that could not be taken: their reason is read beside it. */
  readonly unread?: RowValues
  readonly faults: readonly SheetFault[]
  /** Values that no cell holds: the currency and the due date that follow from the rules. */
  readonly filled: readonly SheetColumn[]
  /** Rows with the same key are about the same customer. */
  readonly customer: string
  /** The earlier row that a duplicate repeats. */
  readonly duplicateOf?: number
}

/** The whole understanding of a file, as the command prints it. */
export interface FileReport {
  readonly refused?: { readonly code: RefusalCode; readonly message: string }
  readonly asks?: readonly Ask[]
  readonly sheet?: string
  readonly headerRow?: number
  readonly columns?: readonly FileColumn[]
  readonly counts?: Readonly<Record<RowStatus | 'rows', number>>
  readonly rows?: readonly CheckedRow[]
}

const headerSearchRows = 20
const exampleName = 'collection_examples'
const exampleSheet = 'collection'

/**
 * Reads a file through once: what it is, where its header stands, what each column means and how its dates and amounts are written.
 * Refused is data; an error that is thrown is a disk that can't be read.
 */
export async function readWorkbook(
  source: Source,
  answers: Answers = {},
  bounds: Limits = standardLimits,
): Promise<ReadWorkbook | Refusal> {
  try {
    const { sheets, definedNames, examples } = await openSheets(source, bounds)
    const found = await findHeader(sheets, answers)
    const columns = meaningOf(found.header, answers)
    const rows = () => rowsBelow(found.sheet, found.row)
    const { count, dates, amounts } = await weigh(rows(), columns)
    if (count === 0)
      throw new Refused('NO_ROWS', `Below the header in row ${found.row} there is nothing to import. Enter at least one row.`)

    const dateOrder: ReadWorkbook['dateOrder'] = Object.fromEntries(
      dateColumns.map((column) => {
        const stated = answers.dateOrder?.[column]
        return [column, { order: stated ?? verdict(dates[column]), stated: stated !== undefined }]
      }),
    )
    const statedSeparator = answers.decimalSeparator?.amount
    const decimalSeparator = { separator: statedSeparator ?? verdict(amounts), stated: statedSeparator !== undefined }
    const range = exampleRange(definedNames.get(exampleName), found.sheet.name)
    return {
      sheet: found.sheet.name,
      headerRow: found.row,
      columns,
      date1904: found.sheet.date1904,
      asks: questions(dates, amounts, dateOrder, decimalSeparator.separator),
      rows,
      isExample: (row) => range !== undefined && row.row >= range.from && row.row <= range.to && examples.has(fingerprint(row.cells)),
      dateOrder,
      decimalSeparator,
    }
  } catch (error) {
    if (error instanceof Refused) return { refused: { code: error.code, message: error.message } }
    throw error
  }
}

async function openSheets(source: Source, bounds: Limits) {
  const start = await firstBytes(source, 8192)
  const begins = (...bytes: number[]) => bytes.every((byte, index) => start[index] === byte)
  const none = { definedNames: new Map<string, string>(), examples: new Set<string>() }
  if (begins(0x50, 0x4b, 3, 4) || begins(0x50, 0x4b, 5, 6)) {
    const book = await openXlsx(source, bounds)
    const marker = book.sheets.find((each) => each.name === exampleSheet && each.hidden)
    const examples = new Set<string>()
    if (marker && book.definedNames.has(exampleName)) {
      for await (const { cells } of marker.rows()) if (typeof cells[0] === 'string' && examples.size < 10) examples.add(cells[0])
    }
    return { sheets: book.sheets.filter((each) => !each.hidden), definedNames: book.definedNames, examples }
  }
  if (begins(0xd0, 0xcf, 0x11, 0xe0)) {
    // Excel keeps a workbook with a password inside an old-style container, under this name.
    const protectedBook = (await firstBytes(source, 1_000_000)).includes(Buffer.from('EncryptedPackage', 'utf16le'))
    throw protectedBook
      ? new Refused(
          'ENCRYPTED',
          'The workbook is protected by a password. Save it without one (File, Info, Protect workbook) and upload that.',
        )
      : new Refused('OLD_FORMAT', 'This is the format of Excel before 2007 (.xls). Save it as “Excel workbook (.xlsx)” and upload that.')
  }
  const wide = begins(0xff, 0xfe) || begins(0xfe, 0xff)
  const text = start.toString('latin1')
  if ((!wide && text.includes('\0')) || /^(\x89PNG|GIF8|%PDF|\xff\xd8\xff|Rar!|7z\xbc|\x1f\x8b|{\\rtf)/.test(text)) {
    throw new Refused('NOT_A_WORKBOOK', 'This is not an Excel workbook, whatever its name says. Upload an .xlsx or .csv file.')
  }
  if (/^(\xef\xbb\xbf)?\s*<(!|\?xml|html|table|head|body)/i.test(text)) {
    throw new Refused(
      'NOT_A_WORKBOOK',
      'This is a web page or XML, whatever its name says. Open it in Excel, save it as .xlsx and upload that.',
    )
  }
  if (text.replace(/[\s,;|\xef\xbb\xbf\xfe\xff\0]/g, '') === '' && start.length < 8192) throw new Refused('EMPTY', 'The file is empty.')
  return { sheets: [await openCsv(source, (cells) => scoreOf(cells.map((cell) => headingOf(cell)?.heading)), bounds)], ...none }
}

interface Header {
  readonly sheet: Sheet
  readonly row: number
  readonly header: readonly { index: number; text: string }[]
}

async function findHeader(sheets: readonly Sheet[], answers: Answers): Promise<Header> {
  const chosen = answers.sheet === undefined ? sheets : sheets.filter((each) => each.name === answers.sheet)
  if (chosen.length === 0) {
    if (answers.sheet !== undefined)
      throw new Refused('NO_SUCH_SHEET', `The workbook has no visible sheet “${answers.sheet.slice(0, 40)}”.`)
    throw new Refused('EMPTY', 'The workbook has no visible sheet.')
  }
  let best: (Header & { score: number }) | undefined
  let empty = true
  for (const sheet of chosen) {
    let seen = 0
    for await (const { row, cells } of sheet.rows()) {
      empty = false
      const header = cells.flatMap((cell, index) => {
        const reading = readLine(cell)
        return 'value' in reading && reading.value !== undefined ? [{ index: index + 1, text: reading.value }] : []
      })
      const score = scoreOf(header.map(({ text }) => answerFor(answers, text) ?? headingOf(text)?.heading))
      if (score > (best?.score ?? 0)) best = { sheet, row, header, score }
      if (++seen >= headerSearchRows) break
    }
  }
  if (empty) throw new Refused('EMPTY', 'The workbook is empty.')
  if (!best) {
    throw new Refused(
      'NO_HEADER',
      `No header was found in the first ${headerSearchRows} rows. One row has to name the columns, at least “Name” or “Number”, such as: ${sheetColumns
        .map((column) => sheetOf[column].header)
        .join(', ')}.`,
    )
  }
  return best
}

// How much a row looks like the header: the number of headings that it names. Without a customer it is none.
function scoreOf(headings: readonly (SheetHeading | undefined)[]): number {
  const known = new Set(headings.filter((heading) => heading !== undefined))
  return known.has('name') || known.has('number') || known.has('lastName') ? known.size : 0
}

// A header may be called "constructor": only what was really answered counts.
function answerFor(answers: Answers, header: string): SheetHeading | null | undefined {
  return answers.columns && Object.hasOwn(answers.columns, header) ? answers.columns[header] : undefined
}

function meaningOf(header: Header['header'], answers: Answers): FileColumn[] {
  const claims = new Map<SheetHeading, { index: number; rank: number }>()
  const headings = header.map(({ index, text }) => {
    const answered = answerFor(answers, text)
    if (answered === null) return undefined
    const found = answered === undefined ? headingOf(text) : { heading: answered, rank: -1 }
    const claim = found && claims.get(found.heading)
    if (found && (!claim || found.rank < claim.rank)) claims.set(found.heading, { index, rank: found.rank })
    return found?.heading
  })
  // "Vorname, Name" and "Nombre, Apellidos": beside one half of the name, what is else the whole is the other half.
  const half = claims.has('firstName') !== claims.has('lastName') ? (claims.has('firstName') ? 'lastName' : 'firstName') : undefined
  return header.map(({ index, text }, position) => {
    let heading = headings[position] ?? null
    if (heading !== null && claims.get(heading)?.index !== index) heading = null
    if (heading === 'name' && half !== undefined) heading = half
    // Where a whole name stands beside both halves, it is the one to take.
    if ((heading === 'firstName' || heading === 'lastName') && half === undefined && claims.has('name')) heading = null
    const column =
      heading === 'firstName' || heading === 'lastName' ? 'name' : heading === 'outstanding' || heading === 'status' ? null : heading
    return { index, header: text, heading, column }
  })
}

async function* rowsBelow(sheet: Sheet, headerRow: number): AsyncGenerator<SheetRow> {
  for await (const row of sheet.rows()) if (row.row > headerRow) yield row
}

async function weigh(rows: AsyncGenerator<SheetRow>, columns: readonly FileColumn[]) {
  const dates: Record<DateColumn, Evidence<DateOrder>> = { issuedOn: noEvidence(), dueDate: noEvidence(), paidOn: noEvidence() }
  const amounts: Evidence<DecimalSeparator> = noEvidence()
  const places = columns.flatMap(({ column, index }) =>
    column === 'issuedOn' || column === 'dueDate' || column === 'paidOn' ? [{ column, at: index - 1 }] : [],
  )
  const amountAt = (columns.find(({ column }) => column === 'amount')?.index ?? 0) - 1
  let count = 0
  for await (const { cells } of rows) {
    count++
    for (const { column, at } of places) weighDate(cells[at], dates[column])
    if (amountAt >= 0) weighAmount(cells[amountAt], amounts)
  }
  return { count, dates, amounts }
}

function questions(
  dates: Record<DateColumn, Evidence<DateOrder>>,
  amounts: Evidence<DecimalSeparator>,
  dateOrder: ReadWorkbook['dateOrder'],
  separator: DecimalSeparator | undefined,
): Ask[] {
  const asks: Ask[] = dateColumns.flatMap((column) =>
    dates[column].ambiguous > 0 && dateOrder[column]?.order === undefined
      ? [
          {
            about: 'dateOrder',
            column,
            question: `Which comes first in dates such as “${dates[column].example}”: the day (DMY) or the month (MDY)?`,
            options: ['DMY', 'MDY'],
          },
        ]
      : [],
  )
  if (amounts.ambiguous > 0 && separator === undefined) {
    const question = `Which sign separates the decimals in amounts such as “${amounts.example}”: the comma or the point?`
    asks.push({ about: 'decimalSeparator', column: 'amount', question, options: [',', '.'] })
  }
  return asks
}

// "Total" in the languages of the headers: a row whose only text is such a word adds up the rows above it.
const totals =
  /^(grand |sub)?totals?$|^sum(me|a)?$|^(gesamt|end|zwischen)?summe$|^gesamt(betrag)?$|^(sous-?)?total( général)?$|^somme$|^total(e|i)?( generale)?$|^(sub)?totaal$|^soma$/i

/**
 * Checks each row by what the file alone tells. It remembers the customers and dues of earlier rows (some hundred bytes each), so that a
 * repeated row and a contradiction are found however far apart they stand.
 */
export async function* checkRows(workbook: ReadWorkbook, rules: Rules): AsyncGenerator<CheckedRow> {
  const earlier: Earlier = { customers: new Map(), dues: new Map() }
  const amountColumn = workbook.columns.find(({ column }) => column === 'amount')
  const currencyOfColumn = amountColumn && currencyInHeader(amountColumn.header)
  for await (const row of workbook.rows()) {
    const cells: Partial<Record<SheetHeading, Cell>> = {}
    for (const { heading, column, index } of workbook.columns) {
      const cell = row.cells[index - 1]
      if (heading !== null && column !== null && cell !== undefined) cells[heading] = cell
    }
    if (Object.values(cells).every((cell) => typeof cell === 'string' && cell.trim() === '')) continue
    if (workbook.isExample(row)) {
      yield skipped(row.row, 'EXAMPLE', 'An example row of the template.')
    } else if (isTotal(row, cells)) {
      yield skipped(row.row, 'TOTAL', 'This row adds up others and is no customer.')
    } else {
      yield checkRow(row.row, cells, workbook, { ...rules, currency: currencyOfColumn ?? rules.currency }, earlier)
    }
  }
}

function skipped(row: number, code: string, message: string): CheckedRow {
  return { row, status: 'skipped', values: {}, faults: [{ column: null, code, message }], filled: [], customer: '' }
}

function isTotal(row: SheetRow, cells: Partial<Record<SheetHeading, Cell>>): boolean {
  const identity = [cells.number, cells.name, cells.firstName, cells.lastName, cells.email, cells.reference].filter(
    (cell) => cell !== undefined,
  )
  const isWord = (cell: Cell | undefined) => typeof cell === 'string' && totals.test(cell.trim().replace(/[:.]$/, ''))
  return identity.length > 0 ? identity.every(isWord) : row.cells.some(isWord)
}

interface Earlier {
  readonly customers: Map<string, { row: number; values: RowValues; currency: string }>
  readonly dues: Map<string, { row: number; values: RowValues }>
}

const customerColumns = ['name', 'email', 'phone', 'address', 'note'] as const satisfies readonly SheetColumn[]

function checkRow(
  row: number,
  cells: Partial<Record<SheetHeading, Cell>>,
  workbook: ReadWorkbook,
  rules: Rules,
  earlier: Earlier,
): CheckedRow {
  const values: RowValues = {}
  const faults: SheetFault[] = []
  const filled: SheetColumn[] = []
  let asked = false
  const wrong = (column: SheetColumn | null, code: string, message: string) => void faults.push({ column, code, message })
  const take = <T>(column: SheetColumn, reading: Reading<T>): T | undefined => {
    if ('value' in reading) return reading.value
    if (reading.fault.ask) asked = true
    wrong(column, reading.fault.code, reading.fault.message)
    return undefined
  }

  for (const column of ['number', 'name', 'email', 'phone', 'address', 'reference', 'currency', 'note'] as const) {
    const reading =
      column === 'address' || column === 'note' ? readText(cells[column]) : column === 'name' ? readName(cells) : readLine(cells[column])
    const text = take(column, reading)
    if (text === undefined) continue
    const checked = sheetOf[column].rule.safeParse(text)
    if (checked.success) values[column] = checked.data
    else wrong(column, 'INVALID', checked.error.issues[0]?.message ?? 'This value is not valid.')
  }
  const hasFault = (column: SheetColumn) => faults.some((fault) => fault.column === column)
  if (values.name === undefined && values.number === undefined && !hasFault('name') && !hasFault('number')) {
    wrong('name', 'MISSING', 'A customer needs a name; a known customer can be named by its number alone.')
  }

  const customer = keyOf(values)
  const before = customer === '' ? undefined : earlier.customers.get(customer)

  // The currency of the row: its cell, else what the amount's text says, else the customer's, else the company's.
  let currency = values.currency
  if (currency === undefined && !hasFault('currency')) {
    currency = currencyOfAmount(cells.amount) ?? before?.currency ?? rules.currencyOf?.(values) ?? rules.currency
    values.currency = currency
    if (currencyOfAmount(cells.amount) === undefined) filled.push('currency')
  }
  if (before && currency !== undefined && currency !== before.currency) {
    wrong('currency', 'CONTRADICTS', `Row ${before.row} has the same customer in ${before.currency}; a customer has one currency.`)
  }
  if (currency !== undefined) {
    const minor = take('amount', readMoney(cells.amount, currency, workbook.decimalSeparator.separator, workbook.decimalSeparator.stated))
    if (minor !== undefined) values.amount = formatMoney(minor, currency)
  }
  for (const column of dateColumns) {
    const { order, stated } = workbook.dateOrder[column] ?? { order: undefined, stated: false }
    const day = take(column, readDay(cells[column], order, stated, workbook.date1904))
    if (day !== undefined) values[column] = day
  }
  if (values.paidOn !== undefined && values.paidOn > rules.today) {
    wrong('paidOn', 'FUTURE', `This day has not come yet; money that was paid was paid on ${rules.today} at the latest.`)
  }
  const owes = values.amount !== undefined && /[1-9]/.test(values.amount)
  if (owes && values.dueDate === undefined && !hasFault('dueDate') && !hasFault('issuedOn')) {
    values.dueDate = addDays(values.issuedOn ?? rules.today, rules.paymentTermsDays)
    filled.push('dueDate')
  }

  for (const column of customerColumns) {
    const [now, then] = [values[column], before?.values[column]]
    if (now !== undefined && then !== undefined && !sameText(now, then)) {
      wrong(column, 'CONTRADICTS', `Row ${before!.row} says “${then.slice(0, 60)}” about the same customer.`)
    }
  }
  const adds = customerColumns.some((column) => values[column] !== undefined && before?.values[column] === undefined)
  const due = owes ? dueBefore(customer, values, earlier) : undefined
  if (due && values.reference !== undefined) {
    for (const column of ['amount', 'issuedOn', 'dueDate', 'paidOn'] as const) {
      if (values[column] !== due.values[column]) {
        wrong(column, 'CONTRADICTS', `Row ${due.row} has the same reference with ${due.values[column] ?? 'nothing'} here.`)
      }
    }
  }

  const finish = (status: RowStatus): CheckedRow => ({
    row,
    status,
    values,
    faults,
    filled,
    customer,
    ...(faults.length > 0 && { unread: unread(cells, values, faults) }),
  })
  if (faults.length > 0) {
    // Only what may still be imported binds later rows.
    const status = asked && faults.every(({ code }) => code === 'DATE_ORDER' || code === 'DECIMAL_SEPARATOR') ? 'asked' : 'wrong'
    if (status === 'asked' && currency !== undefined) remember(row, customer, values, currency, false, earlier)
    return finish(status)
  }
  const repeated = owes ? due : before
  if (repeated && !adds) return { ...finish('duplicate'), duplicateOf: repeated.row }
  remember(row, customer, values, currency!, owes, earlier)
  return finish('new')
}

function unread(cells: Partial<Record<SheetHeading, Cell>>, values: RowValues, faults: readonly SheetFault[]): RowValues {
  const texts: RowValues = {}
  for (const { column } of faults) {
    if (column === null || values[column] !== undefined) continue
    const reading = readText(cells[column])
    if ('value' in reading && reading.value !== undefined) texts[column] = [...reading.value].slice(0, 200).join('')
  }
  return texts
}

function readName(cells: Partial<Record<SheetHeading, Cell>>): Reading<string> {
  if (cells.firstName === undefined && cells.lastName === undefined) return readLine(cells.name)
  const first = readLine(cells.firstName)
  const last = readLine(cells.lastName)
  if (!('value' in first)) return first
  if (!('value' in last)) return last
  // A "Name" beside a "First name" may hold the whole name already.
  if (first.value !== undefined && last.value?.toLowerCase().split(' ').includes(first.value.toLowerCase())) return last
  const name = [first.value, last.value].filter((part) => part !== undefined).join(' ')
  return { value: name === '' ? undefined : name }
}

// By number where there is one; else name and e-mail together, since several people share an address or a name.
function keyOf(values: RowValues): string {
  if (values.number !== undefined) return `number ${values.number.toLowerCase()}`
  return values.name === undefined ? '' : `name ${values.name.toLowerCase()} ${values.email ?? ''}`
}

const dueKey = (customer: string, reference: string) => `${customer}\n${reference.toLowerCase()}`
const sumKey = (customer: string, values: RowValues) => `${customer}\n\n${values.amount} ${values.dueDate}`

function dueBefore(customer: string, values: RowValues, earlier: Earlier) {
  if (customer === '') return undefined
  return earlier.dues.get(values.reference === undefined ? sumKey(customer, values) : dueKey(customer, values.reference))
}

function remember(row: number, customer: string, values: RowValues, currency: string, owes: boolean, earlier: Earlier): void {
  if (customer === '') return
  const before = earlier.customers.get(customer)
  const known: RowValues = { ...before?.values }
  for (const column of customerColumns) {
    const value = values[column]
    if (value !== undefined) known[column] ??= value
  }
  earlier.customers.set(customer, { row: before?.row ?? row, values: known, currency })
  if (!owes) return
  const due: RowValues = {}
  for (const column of ['amount', 'issuedOn', 'dueDate', 'paidOn'] as const) {
    const value = values[column]
    if (value !== undefined) due[column] = value
  }
  if (values.reference !== undefined) earlier.dues.set(dueKey(customer, values.reference), { row, values: due })
  const sum = sumKey(customer, values)
  if (!earlier.dues.has(sum)) earlier.dues.set(sum, { row, values: due })
}

const sameText = (a: string, b: string) => a.replace(/\s+/g, ' ').toLowerCase() === b.replace(/\s+/g, ' ').toLowerCase()

function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** Reads and checks a whole file into one answer. It holds all rows; for large files use readWorkbook and checkRows. */
export async function checkFile(source: Source, rules: Rules, bounds: Limits = standardLimits): Promise<FileReport> {
  const workbook = await readWorkbook(source, rules.answers, bounds)
  if ('refused' in workbook) return workbook
  const rows: CheckedRow[] = []
  for await (const row of checkRows(workbook, rules)) rows.push(row)
  const { asks, sheet, headerRow, columns } = workbook
  return { ...(asks.length > 0 ? { asks } : {}), sheet, headerRow, columns, counts: countRows(rows), rows }
}

/** How many rows ended in each status; they add up to `rows`. */
export function countRows(rows: Iterable<Pick<CheckedRow, 'status'>>): Record<RowStatus | 'rows', number> {
  const counts = { rows: 0, ...Object.fromEntries(rowStatuses.map((status) => [status, 0])) } as Record<RowStatus | 'rows', number>
  for (const { status } of rows) {
    counts.rows++
    counts[status]++
  }
  return counts
}

function exampleRange(reference: string | undefined, sheet: string): { from: number; to: number } | undefined {
  const parts = /^(?:'(.*)'|([^'!]+))!\$?[A-Z]+\$?(\d+)(?::\$?[A-Z]+\$?(\d+))?$/.exec(reference ?? '')
  if (!parts || (parts[1]?.replaceAll("''", "'") ?? parts[2]) !== sheet) return undefined
  return { from: Number(parts[3]), to: Number(parts[4] ?? parts[3]) }
}

// The values of a row as text: who types over an example has made it a row of their own.
function fingerprint(cells: readonly (Cell | undefined)[]): string {
  const texts = sheetColumns.map((_, index) => {
    const reading = readText(cells[index])
    return 'value' in reading ? (reading.value ?? '') : '?'
  })
  return JSON.stringify(texts)
}

const widths: Record<SheetColumn, number> = {
  number: 14,
  name: 30,
  email: 30,
  phone: 20,
  address: 36,
  reference: 18,
  amount: 14,
  currency: 10,
  issuedOn: 13,
  dueDate: 13,
  paidOn: 13,
  note: 36,
}

/** The empty workbook that staff fill in, as .xlsx bytes, with money and dates in the formats of the company. */
export async function writeTemplate({ currency, locale }: { currency: string; locale: string }): Promise<Buffer> {
  // Loaded when the first template is asked for: it would double what every process needs to start.
  const { default: excel } = await import('exceljs')
  const book = new excel.Workbook()
  const customers = book.addWorksheet('Customers', { views: [{ state: 'frozen', ySplit: 1 }] })
  const dateFormat = excelDateFormat(locale)
  const moneyFormat = scaleOf(currency) === 0 ? '#,##0' : `#,##0.${'0'.repeat(scaleOf(currency))}`
  customers.columns = sheetColumns.map((column) => ({
    key: column,
    header: sheetOf[column].header,
    width: widths[column],
    // '@' is text: Excel leaves leading zeros, and turns nothing into a date or a formula.
    style: { numFmt: column === 'amount' ? moneyFormat : dateColumns.some((each) => each === column) ? dateFormat : '@' },
  }))
  for (const column of sheetColumns) {
    const cell = customers.getRow(1).getCell(column)
    cell.font = { bold: true }
    cell.fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFE7EEF7' } }
    cell.numFmt = '@'
    cell.note = sheetOf[column].about
  }

  const examples = exampleRows(currency)
  for (const example of examples) {
    const row = customers.addRow(
      sheetColumns.map((column) => {
        const text = example[column]
        if (text === undefined || text === '') return null
        if (column === 'amount') return Number(text)
        return dateColumns.some((each) => each === column) ? new Date(`${text}T00:00:00Z`) : text
      }),
    )
    row.font = { italic: true, color: { argb: 'FF7A7A7A' } }
  }
  book.definedNames.add(`Customers!$A$2:$L$${examples.length + 1}`, exampleName)

  const letter = (column: SheetColumn) => String.fromCharCode(65 + sheetColumns.indexOf(column))
  const validate = (column: SheetColumn, validation: ExcelJS.DataValidation) =>
    // The property is there, and not in the types of exceljs.
    (customers as unknown as { dataValidations: { add(range: string, validation: ExcelJS.DataValidation): void } }).dataValidations.add(
      `${letter(column)}2:${letter(column)}5000`,
      { allowBlank: true, showErrorMessage: true, errorStyle: 'stop', ...validation },
    )
  validate('currency', {
    type: 'list',
    formulae: [`${exampleSheet}!$B$1:$B$${currencies.length}`],
    errorTitle: 'Currency',
    error: 'Choose a currency from the list.',
  })
  validate('amount', {
    type: 'decimal',
    operator: 'greaterThanOrEqual',
    formulae: [0],
    errorTitle: 'Amount',
    error: 'Enter a number, 0 or more.',
  })
  for (const column of dateColumns) {
    validate(column, {
      type: 'date',
      operator: 'greaterThan',
      formulae: [new Date(Date.UTC(1900, 0, 1))],
      errorTitle: sheetOf[column].header,
      error: 'Enter a date.',
    })
  }

  const help = book.addWorksheet('Instructions')
  help.columns = [{ width: 16 }, { width: 90 }, { width: 26 }]
  help.addRow(['How to fill in the sheet “Customers”']).font = { bold: true, size: 14 }
  for (const line of [
    'One row is one customer and at most one amount owed. A customer with several invoices has several rows with the same number or name.',
    'The two example rows are ignored until you type over them; you may delete them.',
    'Columns may stand in any order, and you may add your own: import leaves them alone.',
    'Before anything is written you see every row with what will become of it.',
  ]) {
    help.addRow(['', line])
  }
  help.addRow([])
  // Not the words of the header itself, so that this table is never taken for the data.
  help.addRow(['In this column', 'you enter', 'for example']).font = { bold: true }
  for (const column of sheetColumns)
    help.addRow([sheetOf[column].header, sheetOf[column].about, column === 'currency' ? currency : sheetOf[column].example])
  help.getColumn(2).alignment = { wrapText: true, vertical: 'top' }

  const marker = book.addWorksheet(exampleSheet, { state: 'veryHidden' })
  currencies.forEach((code, index) => (marker.getCell(index + 1, 2).value = code))
  examples.forEach((example, index) => {
    const texts = sheetColumns.map((column) =>
      column === 'amount' && example.amount !== undefined ? String(Number(example.amount)) : (example[column] ?? ''),
    )
    marker.getCell(index + 1, 1).value = JSON.stringify(texts)
  })
  return Buffer.from(await book.xlsx.writeBuffer())
}

function exampleRows(currency: string): RowValues[] {
  const first = Object.fromEntries(sheetColumns.map((column) => [column, sheetOf[column].example])) as RowValues
  return [
    { ...first, amount: '1250', currency },
    {
      number: 'C-10002',
      name: 'Ana García',
      email: 'ana@garcia.example',
      reference: 'INV-2026-002',
      amount: '980',
      currency,
      issuedOn: '2026-01-20',
      dueDate: '2026-02-19',
      paidOn: '2026-02-10',
    },
  ]
}

/** How the locale writes a day, as a number format of Excel with all four digits of the year. */
function excelDateFormat(locale: string): string {
  const parts = new Intl.DateTimeFormat(locale, {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    calendar: 'gregory',
    timeZone: 'UTC',
  }).formatToParts(0)
  const format = parts.map(({ type, value }) => ({ day: 'dd', month: 'mm', year: 'yyyy' })[type as string] ?? value).join('')
  // Signs that have a meaning of their own in a format, or marks that reorder a line: the form that everybody reads.
  return /^[dmy./ -]+$/.test(format) ? format : 'yyyy-mm-dd'
}
