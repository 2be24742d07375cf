import { expect, test } from 'vitest'
import { amountText, currencyRule, moneyRule } from './amount.ts'
import { currencies, displayMoney, formatMoney, isCurrency, MoneyError, parseMoney, scaleOf } from './money.ts'

test.each([
  ['0', 'JPY', 0n],
  ['1250', 'JPY', 1250n],
  ['0', 'EUR', 0n],
  ['0.05', 'EUR', 5n],
  ['12', 'EUR', 1200n],
  ['12.5', 'EUR', 1250n],
  ['12.50', 'EUR', 1250n],
  ['1234.567', 'KWD', 1234567n],
  ['1.2345', 'CLF', 12345n],
  ['10000000000000.00', 'EUR', 10n ** 15n],
  ['1000000000000000', 'JPY', 10n ** 15n],
  ['9007199254740.93', 'EUR', 900719925474093n],
  ['-12.50', 'EUR', -1250n],
  ['-1000000000000.000', 'BHD', -(10n ** 15n)],
])('%s %s is %s minor units', (text, currency, minor) => {
  expect(parseMoney(text, currency, 'negative')).toBe(minor)
})

test.each([
  [5n, 'EUR', '0.05'],
  [-5n, 'EUR', '-0.05'],
  [0n, 'EUR', '0.00'],
  [1250n, 'JPY', '1250'],
  [-1n, 'JPY', '-1'],
  [1n, 'KWD', '0.001'],
  [12345n, 'CLF', '1.2345'],
  [10n ** 15n, 'EUR', '10000000000000.00'],
])('%s minor units of %s are written %s, and read back the same', (minor, currency, text) => {
  expect(formatMoney(minor, currency)).toBe(text)
  expect(parseMoney(text, currency, 'negative')).toBe(minor)
})

test.each([
  ['', 'EUR', 'EMPTY'],
  [' ', 'EUR', 'EMPTY'],
  ['1e3', 'EUR', 'NOT_A_NUMBER'],
  ['NaN', 'EUR', 'NOT_A_NUMBER'],
  ['Infinity', 'EUR', 'NOT_A_NUMBER'],
  ['0x10', 'EUR', 'NOT_A_NUMBER'],
  ['1,5', 'EUR', 'NOT_A_NUMBER'],
  ['1.', 'EUR', 'NOT_A_NUMBER'],
  ['.5', 'EUR', 'NOT_A_NUMBER'],
  ['+5', 'EUR', 'NOT_A_NUMBER'],
  ['--5', 'EUR', 'NOT_A_NUMBER'],
  ['007', 'EUR', 'NOT_A_NUMBER'],
  [' 5', 'EUR', 'NOT_A_NUMBER'],
  ['5\n', 'EUR', 'NOT_A_NUMBER'],
  ['١٢', 'EUR', 'NOT_A_NUMBER'],
  ['0.001', 'EUR', 'TOO_MANY_DECIMALS'],
  ['1.000', 'EUR', 'TOO_MANY_DECIMALS'],
  ['1.0', 'JPY', 'TOO_MANY_DECIMALS'],
  ['1.2345', 'KWD', 'TOO_MANY_DECIMALS'],
  ['10000000000000.01', 'EUR', 'TOO_LARGE'],
  ['1000000000000001', 'JPY', 'TOO_LARGE'],
  ['9'.repeat(40), 'EUR', 'TOO_LARGE'],
  ['-5', 'EUR', 'NEGATIVE'],
  ['-0', 'EUR', 'NEGATIVE'],
  ['0', 'EUR', 'ZERO'],
  ['0.00', 'EUR', 'ZERO'],
  ['5', 'eur', 'UNKNOWN_CURRENCY'],
  ['5', 'ABC', 'UNKNOWN_CURRENCY'],
  ['5', '__proto__', 'UNKNOWN_CURRENCY'],
])('%j %s is refused as %s', (text, currency, code) => {
  expect(() => parseMoney(text, currency)).toThrow(expect.objectContaining({ name: 'MoneyError', code }))
})

test('a text of a million digits is refused at once', () => {
  expect(() => parseMoney('9'.repeat(1_000_000), 'EUR')).toThrow('The amount is too large: at most 10000000000000.00 EUR.')
})

test('zero and negative amounts pass only where they are allowed', () => {
  expect(parseMoney('0.00', 'EUR', 'zero')).toBe(0n)
  expect(() => parseMoney('-1', 'EUR', 'zero')).toThrow(MoneyError)
  expect(parseMoney('-1', 'EUR', 'negative')).toBe(-100n)
})

test('every currency has the decimals of ISO 4217, also where the platform thinks otherwise', () => {
  expect(['JPY', 'KRW', 'ISK', 'EUR', 'USD', 'HUF', 'IQD', 'KWD', 'TND', 'CLF'].map(scaleOf)).toEqual([0, 0, 0, 2, 2, 2, 3, 3, 3, 4])
  expect(new Set(currencies).size).toBe(currencies.length)
  expect(currencies.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true)
  expect(isCurrency('EUR')).toBe(true)
  expect(isCurrency('XXX')).toBe(false)
})

test('the rules of a form give the sentence of the fault', () => {
  expect(moneyRule('EUR').safeParse('12.50').success).toBe(true)
  expect(moneyRule('EUR').safeParse('0.001').error?.issues[0]?.message).toBe('EUR has at most 2 decimals.')
  expect(moneyRule('EUR').safeParse(12).error?.issues[0]?.message).toBe('Enter an amount.')
  expect(moneyRule('EUR', 'zero').safeParse('0').success).toBe(true)
  expect(currencyRule.safeParse('ABC').success).toBe(false)
})

test.each(['', '1e3', '-5', 'NaN', '1,5', '0', '0.00', '1.23456', '05', '9'.repeat(17)])(
  'an amount of no known currency is not %j',
  (text) => {
    expect(amountText('The amount').safeParse(text).error?.issues[0]?.message).toMatch(/^The amount must be/)
  },
)

test('an amount of no known currency may have up to four decimals, and be zero where that is allowed', () => {
  expect(amountText('The amount').safeParse('1250.1234').success).toBe(true)
  expect(amountText('The amount', 'zero').safeParse('0.00').success).toBe(true)
})

test.each([
  ['1234.50', 'EUR', 'de-DE', '1.234,50 €'],
  ['1234.50', 'USD', 'en-US', '$1,234.50'],
  ['-5.00', 'USD', 'en-US', '-$5.00'],
  ['1250', 'JPY', 'en-US', '¥1,250'],
  ['0.001', 'IQD', 'en-US', 'IQD 0.001'],
  ['9007199254740993.01', 'USD', 'en-US', '$9,007,199,254,740,993.01'],
])('%s %s is shown in %s as %s', (decimal, currency, locale, shown) => {
  expect(displayMoney(decimal, currency, locale).replace(/\u00a0/g, ' ')).toBe(shown)
})
