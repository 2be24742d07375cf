import { isDay } from 'schema/day'

const dayMs = 86_400_000
const noonOf = (day: string): number => Date.parse(`${day}T12:00:00Z`)

/** Calendar days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((noonOf(to) - noonOf(from)) / dayMs)
}

/** The day that lies `count` days after (before, when negative). */
export function addDays(day: string, count: number): string {
  return new Date(noonOf(day) + count * dayMs).toISOString().slice(0, 10)
}

/** A calendar day as this locale writes it, in figures or with the month's name. */
export function displayDay(day: string, locale: string, style: 'short' | 'long' = 'short'): string {
  const options: Intl.DateTimeFormatOptions =
    style === 'short'
      ? { year: 'numeric', month: 'short', day: 'numeric' }
      : { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(noonOf(day))
}

/** “today”, “in 3 days”, “12 days ago”: where a day lies, seen from the business date. */
export function relativeDay(day: string, today: string): string {
  const days = daysBetween(today, day)
  if (days === 0) return 'today'
  if (days === 1) return 'tomorrow'
  if (days === -1) return 'yesterday'
  return days > 0 ? `in ${count(days, 'day')}` : `${count(-days, 'day')} ago`
}

/** “due today”, “in 3 days”, “12 days late”: what a due date means, seen from the business date. */
export function dueIn(day: string, today: string): string {
  const days = daysBetween(today, day)
  return days < 0 ? `${count(-days, 'day')} late` : days === 0 ? 'due today' : relativeDay(day, today)
}

/** A number with its noun: “1 day”, “3 days”. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString()} ${number === 1 ? noun : plural}`
}

/** The order in which this locale writes day, month and year, as dayjs wants it: `DD.MM.YYYY`. */
export function dayPattern(locale: string): string {
  const names: Record<string, string> = { day: 'DD', month: 'MM', year: 'YYYY' }
  return new Intl.DateTimeFormat(locale, {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    timeZone: 'UTC',
    numberingSystem: 'latn',
    calendar: 'gregory',
  })
    .formatToParts(0)
    .map(({ type, value }) => (type === 'literal' ? value.replaceAll(/[^\s./-]/gu, '') : (names[type] ?? '')))
    .join('')
}

/**
 * A day as a person types it, as YYYY-MM-DD: in the locale's order with any separator, without a year (this one is meant), ISO,
 * `today`, or a distance such as `+14`. Undefined for everything else.
 */
export function readDay(text: string, locale: string, today: string): string | undefined {
  const typed = text.trim().toLowerCase()
  if (typed === 'today' || typed === 't') return today
  if (typed === 'tomorrow') return addDays(today, 1)
  if (typed === 'yesterday') return addDays(today, -1)
  if (/^[+-]\d{1,3}$/.test(typed)) return addDays(today, Number(typed))
  const parts = typed.split(/\D+/).filter((part) => part !== '')
  if (parts.length < 2 || parts.length > 3 || /[^\d\s./,-]/.test(typed)) return undefined
  const order =
    parts[0]?.length === 4
      ? 'YMD'
      : dayPattern(locale)
          .replaceAll(/(.)\1*|\W/g, (run) => run.slice(0, 1))
          .replaceAll(/\W/g, '')
  const wanted = parts.length === 2 ? order.replace('Y', '') : order
  const field = (letter: string): string => parts[wanted.indexOf(letter)] ?? ''
  const year = parts.length === 2 ? today.slice(0, 4) : field('Y').length === 2 ? `20${field('Y')}` : field('Y')
  const day = `${year}-${field('M').padStart(2, '0')}-${field('D').padStart(2, '0')}`
  return isDay(day) ? day : undefined
}
