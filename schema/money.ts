/**
 * Money is an integer of minor units (bigint) inside, a plain decimal string on the wire. This file is the only place that knows how
 * many decimals a currency has; nothing here goes through a floating-point number. It stands without zod (whose rules for amounts are in
 * amount.ts), for every screen that shows an amount loads it.
 */

// ISO 4217 by number of decimals. `Intl` is no source for this: it follows CLDR, which gives the Iraqi dinar no decimals where ISO has three.
const codesByScale: ReadonlyArray<readonly [scale: number, codes: string]> = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP ' +
      'DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD ' +
      'LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD ' +
      'SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
]

const scales: ReadonlyMap<string, number> = new Map(
  codesByScale.flatMap(([scale, codes]) => codes.split(' ').map((code) => [code, scale] as const)),
)

/** The ISO 4217 codes that an amount may be in, sorted. */
export const currencies: readonly string[] = [...scales.keys()].sort()

/** Amounts above this many minor units are refused: far beyond any real due, and sums of thousands of them still fit a signed 64-bit column. */
export const largestAmountMinor = 10n ** 15n

/** Which amounts are allowed: only more than zero, zero too, or negative ones as well. */
export type MoneySign = 'positive' | 'zero' | 'negative'

export type MoneyFaultCode = 'UNKNOWN_CURRENCY' | 'EMPTY' | 'NOT_A_NUMBER' | 'NEGATIVE' | 'ZERO' | 'TOO_MANY_DECIMALS' | 'TOO_LARGE'

/** Why a text is no amount: `code` for programs, `message` a sentence for the person who typed it. */
export class MoneyError extends Error {
  override readonly name = 'MoneyError'
  readonly code: MoneyFaultCode

  constructor(code: MoneyFaultCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Whether the text is a currency code of ISO 4217, in capitals as the wire wants it. */
export function isCurrency(text: string): boolean {
  return scales.has(text)
}

/** The number of decimals of a currency (0, 2, 3 or 4); throws MoneyError for a code that ISO 4217 doesn't have. */
export function scaleOf(currency: string): number {
  const scale = scales.get(currency)
  if (scale === undefined) {
    throw new MoneyError('UNKNOWN_CURRENCY', `“${currency.slice(0, 12)}” is not a currency code, such as EUR, USD or JPY.`)
  }
  return scale
}

/** Reads the wire format (digits, perhaps a point and decimals) into minor units; throws MoneyError for everything else, `1e3` and `1,5` included. */
export function parseMoney(text: string, currency: string, sign: MoneySign = 'positive'): bigint {
  const scale = scaleOf(currency)
  if (text.trim() === '') throw new MoneyError('EMPTY', 'Enter an amount.')
  const parts = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text)
  if (!parts) throw new MoneyError('NOT_A_NUMBER', `Enter the amount as a number such as ${example(scale)}.`)
  const [, minus, whole = '', decimals = ''] = parts
  if (decimals.length > scale) {
    const allowed = scale === 0 ? 'no decimals' : `at most ${scale} decimals`
    throw new MoneyError('TOO_MANY_DECIMALS', `${currency} has ${allowed}.`)
  }
  // The length is looked at first, so that a text of a million digits never becomes an integer.
  const minor = whole.length > 16 ? largestAmountMinor + 1n : BigInt(whole + decimals.padEnd(scale, '0'))
  if (minor > largestAmountMinor) {
    throw new MoneyError('TOO_LARGE', `The amount is too large: at most ${formatMoney(largestAmountMinor, currency)} ${currency}.`)
  }
  if (minus && sign !== 'negative') throw new MoneyError('NEGATIVE', 'The amount can’t be negative.')
  if (minor === 0n && sign === 'positive') throw new MoneyError('ZERO', 'The amount must be more than zero.')
  return minus ? -minor : minor
}

/** Minor units as the wire has them: a plain decimal string, always with the currency's number of decimals. */
export function formatMoney(minor: bigint, currency: string): string {
  const scale = scaleOf(currency)
  const digits = (minor < 0n ? -minor : minor).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  return (minor < 0n ? '-' : '') + (scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`)
}

/** A decimal string of the wire as a person of this locale reads it, with the currency and exactly its decimals ("1.234,50 €"). */
export function displayMoney(decimal: string, currency: string, locale: string): string {
  const scale = scaleOf(currency)
  const key = `${locale} ${currency}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: scale, maximumFractionDigits: scale })
    formats.set(key, format)
  }
  // A string is formatted digit by digit, exactly; a number would be rounded to a double first.
  return format.format(decimal as Intl.StringNumericLiteral)
}

// Making a NumberFormat costs some 50 µs, a list shows hundreds of amounts.
const formats = new Map<string, Intl.NumberFormat>()

function example(scale: number): string {
  return scale === 0 ? '1250' : `1250.${'5'.padEnd(scale, '0')}`
}
