import { scaleOf } from 'schema/money'

/**
 * What a person typed as an amount, as a decimal string: `1.234,50`, `1,234.50`, `1 234,50` and `1’234.50` are all `1234.50`. One
 * separator alone is read as the locale writes it. What can't be an amount comes back as typed, for the form's rule to refuse.
 */
export function readAmount(text: string, locale: string): string {
  const typed = text
    .normalize('NFKC')
    // Signs that only steer the writing direction, and everything that people group digits with besides point and comma.
    .replaceAll(/[\s’'_٬\u200e\u200f\u061c]/gu, '')
    .replaceAll(/[٠-٩۰-۹]/gu, (digit) => String((digit.charCodeAt(0) - 0x660) % 0x90))
    .replaceAll('−', '-')
    .replaceAll('٫', '.')
  if (!/^-?[\d.,]+$/.test(typed)) return text.trim()
  const point = decimalMark(typed, locale)
  const cut = point === undefined ? -1 : typed.lastIndexOf(point)
  const whole = (cut === -1 ? typed : typed.slice(0, cut)).replaceAll(/[.,]/g, '').replace(/^(-?)0+(?=\d)/, '$1')
  const decimals = cut === -1 ? '' : typed.slice(cut + 1)
  if (!/^-?\d*$/.test(whole) || !/^\d*$/.test(decimals)) return text.trim()
  const digits = whole === '' || whole === '-' ? `${whole}0` : whole
  return decimals === '' ? digits : `${digits}.${decimals}`
}

/** A decimal string as this locale writes it, without the currency; what is no decimal comes back unchanged. */
export function writeAmount(decimal: string, currency: string, locale: string): string {
  if (!/^-?\d+(\.\d+)?$/.test(decimal)) return decimal
  const typed = decimal.split('.')[1]?.length ?? 0
  const digits = Math.max(scaleOf(currency), typed)
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: Math.min(digits, 100),
    maximumFractionDigits: Math.min(digits, 100),
    numberingSystem: 'latn',
  })
  // A string is formatted digit by digit; a number would be rounded to a double first.
  return format.format(decimal as Intl.StringNumericLiteral)
}

function decimalMark(typed: string, locale: string): string | undefined {
  const marks = typed.replaceAll(/[^.,]/g, '')
  if (marks === '') return undefined
  const last = marks.slice(-1)
  // Both kinds: the last one divides, wherever the reader is from. One kind several times: it can only group.
  if (marks.includes('.') && marks.includes(',')) return last
  if (marks.length > 1) return undefined
  const parts = new Intl.NumberFormat(locale, { numberingSystem: 'latn' }).formatToParts(1234567.5)
  const decimal = parts.find(({ type }) => type === 'decimal')?.value
  const group = parts.find(({ type }) => type === 'group')?.value
  return last === decimal || last !== group || !/^-?\d{1,3}[.,]\d{3}$/.test(typed) ? last : undefined
}
