import { expect, test } from 'vitest'
import { readAmount, writeAmount } from './amount.ts'

test.each([
  ['1234.5', 'en-GB', '1234.5'],
  ['1,234.50', 'en-GB', '1234.50'],
  ['1.234,50', 'en-GB', '1234.50'],
  ['1,234', 'en-GB', '1234'],
  ['12,50', 'en-GB', '12.50'],
  ['1,234,567', 'en-GB', '1234567'],
  ['1.234', 'de-DE', '1234'],
  ['1.234', 'en-GB', '1.234'],
  ['1.234,5', 'de-DE', '1234.5'],
  ['12,5', 'de-DE', '12.5'],
  ['12.5', 'de-DE', '12.5'],
  ['1 234,50', 'fr-FR', '1234.50'],
  ['1\u202f234,50', 'fr-FR', '1234.50'],
  ['1’234.50', 'de-CH', '1234.50'],
  [' 007 ', 'en-GB', '7'],
  ['.5', 'en-GB', '0.5'],
  ['5.', 'en-GB', '5'],
  ['-5', 'en-GB', '-5'],
  ['−5,00', 'de-DE', '-5.00'],
  ['١٬٢٣٤٫٥٠', 'ar-EG', '1234.50'],
  ['۱۲۳', 'fa-IR', '123'],
  ['9007199254740993.01', 'en-GB', '9007199254740993.01'],
])('%j typed by a reader of %s is %s', (typed, locale, decimal) => {
  expect(readAmount(typed, locale)).toBe(decimal)
})

test.each(['1e3', 'abc', '12 EUR', '1-2', '--5', '', 'NaN'])('%j is left as it was typed, for the rule to refuse', (typed) => {
  expect(readAmount(typed, 'en-GB')).toBe(typed.replaceAll(' ', '') === '12EUR' ? '12 EUR' : typed)
})

test('an amount is written as the reader writes it, and read back as the same', () => {
  for (const locale of ['en-GB', 'de-DE', 'fr-FR', 'de-CH', 'en-IN', 'ar-EG']) {
    for (const decimal of ['0.00', '1234.50', '-1234567.05', '9007199254740993.01']) {
      expect(readAmount(writeAmount(decimal, 'EUR', locale), locale)).toBe(decimal)
    }
  }
  expect(writeAmount('1234.5', 'EUR', 'de-DE')).toBe('1.234,50')
  expect(writeAmount('1234', 'JPY', 'de-DE')).toBe('1.234')
  expect(writeAmount('12.345', 'EUR', 'en-GB')).toBe('12.345')
  expect(writeAmount('1e3', 'EUR', 'en-GB')).toBe('1e3')
})
