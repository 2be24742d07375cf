import { isCurrency, MoneyError, parseMoney, scaleOf } from 'schema/money'
import { isDay } from 'schema/day'

/**
 * A cell as the file holds it. A text is a string, whatever runs and links it consists of; a formula is its result.
 * `serial`: a day as Excel counts it. `digits`: a number that its format pads with zeros. `unfinished`: a formula without a result.
 */
export type Cell =
  | string
  | number
  | boolean
  | { readonly serial: number; readonly date1904: boolean }
  | { readonly number: number; readonly digits: number }
  | { readonly error: string }
  | { readonly unfinished: true }

/** What has to be known about a whole column before its cells can be read. */
export type DateOrder = 'DMY' | 'MDY'
export type DecimalSeparator = ',' | '.'

/** A value (undefined: the cell is empty), or why there is none. `ask`: the cell reads in two ways and only a person knows which. */
export type Reading<T> =
  | { readonly value: T | undefined }
  | { readonly fault: { readonly code: string; readonly message: string; readonly ask?: true } }

const fault = (code: string, message: string) => ({ fault: { code, message } })

/** The text of a cell on one line: trimmed, any run of spaces and line breaks one space. */
export function readLine(cell: Cell | undefined): Reading<string> {
  const reading = readText(cell)
  return 'value' in reading ? { value: reading.value?.replace(/\s+/g, ' ') } : reading
}

/** The text of a cell with its line breaks. Numbers come as Excel shows them, days as YYYY-MM-DD. */
export function readText(cell: Cell | undefined): Reading<string> {
  if (cell === undefined) return { value: undefined }
  if (typeof cell === 'number') return { value: plainNumber(cell) }
  if (typeof cell === 'boolean') return { value: cell ? 'TRUE' : 'FALSE' }
  if (typeof cell === 'string') {
    // A lone half of a character can't be stored as UTF-8; a byte order mark inside a text is left over from gluing files together.
    if (!cell.isWellFormed()) return fault('CHARACTERS', 'This text has characters that cannot be shown.')
    const text = cell
      .normalize('NFC')
      .replace(/\r\n?/g, '\n')
      .replace(/[\uFEFF\u200B]/g, '')
      .replace(/[\u00A0\u2000-\u200A\u202F\u3000]/g, ' ')
      .trim()
    return { value: text === '' ? undefined : text }
  }
  if ('serial' in cell) {
    const day = serialDay(cell.serial, cell.date1904)
    return { value: day ?? plainNumber(cell.serial) }
  }
  if ('digits' in cell) return { value: plainNumber(cell.number).padStart(cell.digits, '0') }
  return unreadable(cell)
}

function unreadable(cell: { readonly error: string } | { readonly unfinished: true }) {
  return 'error' in cell
    ? fault('ERROR_CELL', `This cell shows the error ${cell.error.slice(0, 20)}. Correct its formula or enter the value.`)
    : fault('NO_RESULT', 'This cell has a formula without a result. Open the file in Excel and save it, or enter the value.')
}

/** A number with the 15 significant digits that Excel keeps, never with an exponent: 2184.2800000000002 is 2184.28. */
export function plainNumber(number: number): string {
  if (number === 0) return '0'
  const [mantissa = '', power = '0'] = Math.abs(number).toExponential(14).split('e')
  const digits = mantissa.replace('.', '')
  const point = Number(power) + 1
  const whole = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0')
  const decimals = (point <= 0 ? '0'.repeat(-point) + digits : digits.slice(point)).replace(/0+$/, '')
  return (number < 0 ? '-' : '') + whole + (decimals === '' ? '' : `.${decimals}`)
}

/** The day of a serial number, or undefined where Excel has none: before its first day, and on the 29th of February 1900 that it invented. */
export function serialDay(serial: number, date1904: boolean): string | undefined {
  let days = Math.floor(serial)
  if (date1904) days += 1462
  else if (days === 60 || days < 1) return undefined
  else if (days < 60) days += 1
  const date = new Date((days - 25_569) * 86_400_000)
  if (Number.isNaN(date.getTime())) return undefined
  const day = date.toISOString().slice(0, 10)
  return isDay(day) ? day : undefined
}

/** What the texts of a column say about the order of day and month, or about the decimal separator. */
export interface Evidence<T> {
  readonly seen: Set<T>
  /** Texts that read in both ways, the first of them kept to show. */
  ambiguous: number
  example: string | undefined
}

export const noEvidence = <T>(): Evidence<T> => ({ seen: new Set(), ambiguous: 0, example: undefined })

/** What the column has decided: only when all that is certain in it says the same. */
export function verdict<T>(evidence: Evidence<T>): T | undefined {
  return evidence.seen.size === 1 ? [...evidence.seen][0] : undefined
}

const numericDate = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})$/

/** Looks at one cell of a date column before any is read. Dots always mean day first; ISO and written months need no evidence. */
export function weighDate(cell: Cell | undefined, evidence: Evidence<DateOrder>): void {
  if (typeof cell !== 'string') return
  const parts = numericDate.exec(withoutTime(cell))
  if (!parts || parts[2] === '.') return
  const [first, second] = [Number(parts[1]), Number(parts[3])]
  if (first > 12 && second <= 12) evidence.seen.add('DMY')
  else if (second > 12 && first <= 12) evidence.seen.add('MDY')
  else if (first !== second && first <= 12 && second <= 12) {
    evidence.ambiguous++
    evidence.example ??= cell.trim()
  }
}

/**
 * The calendar day of a cell as YYYY-MM-DD. `order` is what the column has decided; `stated` when a person said so, and then a cell that
 * doesn't fit is wrong. A time of day is left out, and never moves the day.
 */
export function readDay(cell: Cell | undefined, order: DateOrder | undefined, stated: boolean, date1904 = false): Reading<string> {
  if (cell === undefined) return { value: undefined }
  const notADay = fault('NOT_A_DATE', 'This is not a day of the calendar. Enter a date such as 2026-03-31.')
  if (typeof cell === 'boolean') return notADay
  if (typeof cell === 'object') {
    if ('error' in cell || 'unfinished' in cell) return unreadable(cell)
    if ('digits' in cell) return readDay(plainNumber(cell.number), order, stated)
    const day = serialDay(cell.serial, cell.date1904)
    return day === undefined ? notADay : { value: day }
  }
  if (typeof cell === 'number') {
    if (Number.isInteger(cell) && cell >= 19_000_101) return readDay(String(cell), order, stated)
    // A date that lost its format: the numbers of the years 1954 to 2119, so that a mere 42 doesn't become a day of 1900.
    const day = cell >= 20_000 && cell < 80_500 ? serialDay(cell, date1904) : undefined
    return day === undefined ? notADay : { value: day }
  }

  const text = withoutTime(cell)
  if (text === '') return { value: undefined }
  const iso = /^(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})$/.exec(text)
  if (iso) {
    // Without separators only the full eight digits are a date.
    if (iso[2] === '' && text.length !== 8) return notADay
    return dayOf(iso[1]!, iso[3]!, iso[4]!) ?? notADay
  }

  const numeric = numericDate.exec(text)
  if (numeric) {
    const [, first = '', separator, second = '', year = ''] = numeric
    if (separator === '.') return dayOf(year, second, first) ?? notADay
    const dayFirst = dayOf(year, second, first)
    const monthFirst = dayOf(year, first, second)
    if (order !== undefined && (stated || (dayFirst && monthFirst))) return (order === 'DMY' ? dayFirst : monthFirst) ?? notADay
    if (dayFirst && monthFirst && dayFirst.value !== monthFirst.value) {
      return {
        fault: {
          code: 'DATE_ORDER',
          message: `“${text}” can be read in two ways. Say once for the column whether the day or the month comes first.`,
          ask: true,
        },
      }
    }
    return dayFirst ?? monthFirst ?? notADay
  }

  const words = text
    .toLowerCase()
    .replace(/\bd[eo]\b|(?<=\d)(st|nd|rd|th|º|er)\b|[.,]/g, ' ')
    .trim()
    .split(/[\s-]+/)
  if (words.length === 3) {
    const [a = '', b = '', c = ''] = words
    if (/^\d{1,2}$/.test(a) && /^(\d{4}|\d{2})$/.test(c) && monthNames.has(fold(b)))
      return dayOf(c, String(monthNames.get(fold(b))), a) ?? notADay
    if (/^\d{1,2}$/.test(b) && /^\d{4}$/.test(c) && monthNames.has(fold(a))) return dayOf(c, String(monthNames.get(fold(a))), b) ?? notADay
  }
  return notADay
}

function withoutTime(text: string): string {
  return text
    .replace(/[\u00A0\u202F]/g, ' ')
    .trim()
    .replace(/[T ]\s*\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*([ap]\.?m\.?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i, '')
    .trim()
}

function dayOf(year: string, month: string, day: string): { value: string } | undefined {
  // Two digits: as far as 2069, then the last century; dues reach further back than ahead.
  const full = year.length === 4 ? year : Number(year) < 70 ? `20${year}` : `19${year}`
  const text = `${full}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isDay(text) ? { value: text } : undefined
}

const fold = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/[^\p{L}]/gu, '')
    .toLowerCase()

// "Mar", "März", "mars", "marzo", "maart", "março": the platform knows them all. English comes first and isn't overwritten.
const monthNames: ReadonlyMap<string, number> = (() => {
  const names = new Map<string, number>([
    ['sept', 9],
    ['mrz', 3],
    ['maerz', 3],
  ])
  for (const locale of ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt']) {
    for (const style of ['long', 'short'] as const) {
      const format = new Intl.DateTimeFormat(locale, { month: style, timeZone: 'UTC' })
      for (let month = 1; month <= 12; month++) {
        const name = fold(format.format(Date.UTC(2026, month - 1, 15)))
        if (!names.has(name)) names.set(name, month)
      }
    }
  }
  return names
})()

const signs: ReadonlyArray<readonly [sign: string, currencies: RegExp]> = [
  ['€', /^EUR$/],
  ['£', /^(GBP|EGP|FKP|GIP|LBP|SHP|SSP|SYP|SDG)$/],
  ['¥', /^(JPY|CNY)$/],
  ['￥', /^(JPY|CNY)$/],
  ['₹', /^INR$/],
  ['₽', /^RUB$/],
  ['₺', /^TRY$/],
  ['₴', /^UAH$/],
  ['₩', /^(KRW|KPW)$/],
  ['₪', /^ILS$/],
  ['₫', /^VND$/],
  ['₱', /^PHP$/],
  ['฿', /^THB$/],
  ['R$', /^BRL$/],
  ['US$', /^USD$/],
  ['$', /^(USD|CAD|AUD|NZD|SGD|HKD|TWD|MXN|ARS|CLP|COP|UYU|BBD|BMD|BND|BSD|BZD|CVE|DOP|FJD|GYD|JMD|KYD|LRD|NAD|SBD|SRD|TOP|TTD|XCD)$/],
  ['zł', /^PLN$/],
  ['Kč', /^CZK$/],
  ['Ft', /^HUF$/],
  ['kr', /^(SEK|NOK|DKK|ISK)$/],
  ['Fr', /^CHF$/],
]

interface Digits {
  /** The text without spaces, apostrophes and currency. */
  readonly text: string
  readonly sign: string | undefined
  readonly code: string | undefined
  readonly negative: boolean
}

/** Takes the currency and the thousands marks that can be nothing else off an amount. */
function bareAmount(raw: string): Digits {
  let text = raw.replace(/[\s\u00A0\u2000-\u200A\u202F'’\uFEFF\u200B]/g, '').replace(/[−–]/g, '-')
  // "500 kr." and "Fr. 50": the point belongs to the abbreviation, not to the number.
  text = text.replace(/(?<=\p{L})\.(?=\d|$)/u, '')
  const negative = /^\(.*\)$/.test(text) || text.startsWith('-') || /[^,.]-$/.test(text)
  // "1.250,-" is an even amount, as written on German price tags.
  text = text
    .replace(/^\((.*)\)$/, '$1')
    .replace(/([,.])-$/, '$1')
    .replace(/^-|-$/g, '')
  const code = (/^[A-Za-z]{3}(?=[\d.,-])/.exec(text) ?? /(?<=[\d.,-])[A-Za-z]{3}$/.exec(text))?.[0]
  if (code !== undefined && isCurrency(code.toUpperCase())) {
    text = text.startsWith(code) ? text.slice(3) : text.slice(0, -3)
    return { text: text.replace(/^-|-$/g, ''), sign: undefined, code: code.toUpperCase(), negative: negative || /^-|-$/.test(text) }
  }
  const sign = signs
    .map(([each]) => each)
    .filter((each) => text.startsWith(each) || text.endsWith(each))
    .sort((a, b) => b.length - a.length)[0]
  if (sign !== undefined) text = text.startsWith(sign) ? text.slice(sign.length) : text.slice(0, -sign.length)
  return { text: text.replace(/^-|-$/g, ''), sign, code: undefined, negative: negative || /^-|-$/.test(text) }
}

/** Which separator is the decimal one as far as the text alone tells: both when either could be, none when it holds none or is no number. */
function separatorsOf(text: string): DecimalSeparator[] {
  if (!/^[\d.,]+$/.test(text)) return []
  const grouped = (separator: string) => new RegExp(`^[1-9]\\d{0,2}(\\${separator}\\d{3})+$`)
  const possible = (decimal: DecimalSeparator) => {
    const thousands = decimal === ',' ? '.' : ','
    const [whole = '', decimals, ...more] = text.split(decimal)
    if (more.length > 0 || decimals?.includes(thousands)) return false
    return /^\d*$/.test(whole) || grouped(thousands).test(whole)
  }
  return /[.,]/.test(text) ? (['.', ','] as const).filter(possible) : []
}

/** Looks at one cell of an amount column before any is read. */
export function weighAmount(cell: Cell | undefined, evidence: Evidence<DecimalSeparator>): void {
  if (typeof cell !== 'string') return
  const possible = separatorsOf(bareAmount(cell).text)
  if (possible.length === 1) evidence.seen.add(possible[0]!)
  else if (possible.length === 2) {
    evidence.ambiguous++
    evidence.example ??= cell.trim()
  }
}

/** The currency that an amount's own text names by its code ("USD 12.50"), or undefined. */
export function currencyOfAmount(cell: Cell | undefined): string | undefined {
  return typeof cell === 'string' ? bareAmount(cell).code : undefined
}

/**
 * The amount of a cell in minor units, zero included. `separator` is what the column has decided, `stated` when a person said so. Only a
 * number of Excel's own passes through a float, with the digits that Excel shows.
 */
export function readMoney(
  cell: Cell | undefined,
  currency: string,
  separator: DecimalSeparator | undefined,
  stated: boolean,
): Reading<bigint> {
  if (cell === undefined) return { value: undefined }
  const notANumber = fault('NOT_A_NUMBER', `This is not an amount. Enter a number such as ${scaleOf(currency) === 0 ? '1250' : '1250.00'}.`)
  const isNegative = fault('NEGATIVE', 'The amount can’t be negative. Leave credit notes out, or enter what is owed.')
  if (typeof cell === 'boolean') return notANumber
  if (typeof cell === 'object') {
    if ('error' in cell || 'unfinished' in cell) return unreadable(cell)
    return 'digits' in cell ? readMoney(cell.number, currency, separator, stated) : notANumber
  }
  if (typeof cell === 'number') return cell < 0 ? isNegative : minor(plainNumber(cell), currency)

  if (cell.trim() === '') return { value: undefined }
  const { text, sign, code, negative } = bareAmount(cell)
  if (!/^[\d.,]*\d[\d.,]*$/.test(text)) return notANumber
  if (negative) return isNegative
  const fits = sign === undefined || signs.some(([each, currencies]) => each === sign && currencies.test(currency))
  if (!fits || (code !== undefined && code !== currency)) {
    return fault('CURRENCY', `The amount is in ${code ?? sign}, the row in ${currency}. Enter the currency of the row in its column.`)
  }
  if (/^\d+$/.test(text)) return minor(text, currency)

  const possible = separatorsOf(text)
  if (possible.length === 0) return notANumber
  const decimal = stated || possible.length === 2 ? separator : possible[0]
  if (decimal === undefined) {
    const message = `“${cell.trim()}” can be read in two ways. Say once for the column whether the comma or the point separates the decimals.`
    return { fault: { code: 'DECIMAL_SEPARATOR', message, ask: true } }
  }
  if (!possible.includes(decimal)) return notANumber
  return minor(text.replaceAll(decimal === ',' ? '.' : ',', '').replace(',', '.'), currency)
}

function minor(text: string, currency: string): Reading<bigint> {
  try {
    const [whole = '', decimals = ''] = text.split('.')
    return { value: parseMoney((whole.replace(/^0+(?=\d)/, '') || '0') + (decimals === '' ? '' : `.${decimals}`), currency, 'zero') }
  } catch (error) {
    if (error instanceof MoneyError) return fault(error.code, error.message)
    throw error
  }
}
