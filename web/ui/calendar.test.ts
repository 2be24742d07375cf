import { expect, test } from 'vitest'
import { addDays, dayPattern, daysBetween, dueIn, readDay, relativeDay } from './calendar.ts'

const today = '2026-03-28'

test.each([
  ['2026-03-28', 'due today'],
  ['2026-03-29', 'tomorrow'],
  ['2026-03-31', 'in 3 days'],
  ['2026-03-27', '1 day late'],
  ['2026-03-16', '12 days late'],
  ['2025-03-28', '365 days late'],
])('a due of %s reads “%s”', (day, words) => {
  expect(dueIn(day, today)).toBe(words)
})

test('days are counted by the calendar, also over the change to summer time and a leap day', () => {
  expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2)
  expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2)
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(relativeDay('2026-03-27', today)).toBe('yesterday')
})

test.each([
  ['31.03.2026', 'de-DE', '2026-03-31'],
  ['31.3.26', 'de-DE', '2026-03-31'],
  ['31/03/2026', 'en-GB', '2026-03-31'],
  ['03/31/2026', 'en-US', '2026-03-31'],
  ['3/31', 'en-US', '2026-03-31'],
  ['31.3.', 'de-DE', '2026-03-31'],
  ['2026-03-31', 'en-US', '2026-03-31'],
  ['today', 'en-GB', '2026-03-28'],
  ['+14', 'en-GB', '2026-04-11'],
  ['-1', 'en-GB', '2026-03-27'],
  ['2026. 3. 31', 'ko-KR', '2026-03-31'],
])('%j typed by a reader of %s is %s', (typed, locale, day) => {
  expect(readDay(typed, locale, today)).toBe(day)
})

test.each(['30.02.2026', '31/31/2026', 'soon', '', '5', '1.2.3.4', '12.50 EUR'])('%j is no day', (typed) => {
  expect(readDay(typed, 'de-DE', today)).toBeUndefined()
})

test('the pattern follows the locale', () => {
  expect([dayPattern('de-DE'), dayPattern('en-US'), dayPattern('en-GB')]).toEqual(['DD.MM.YYYY', 'MM/DD/YYYY', 'DD/MM/YYYY'])
})
