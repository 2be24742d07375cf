'use client'
import { DateInput, type DateInputProps } from '@mantine/dates'
import { dayPattern, readDay } from './calendar.ts'
import classes from './day-input.module.css'
import { useReader } from './reader.tsx'

interface Props extends Omit<DateInputProps, 'value' | 'defaultValue' | 'onChange' | 'valueFormat' | 'dateParser'> {
  /** YYYY-MM-DD, or '' for none. */
  value?: string | undefined
  defaultValue?: string | undefined
  onChange?: (value: string) => void
}

/** A date field for typing and picking. It takes the locale's order, ISO, `today` and distances such as `+14`; holds YYYY-MM-DD. */
export function DayInput({ value, defaultValue, onChange, ...rest }: Props) {
  const { locale, today } = useReader()
  const pattern = dayPattern(locale)
  return (
    <DateInput
      valueFormat={pattern}
      placeholder={pattern}
      firstDayOfWeek={firstWeekday(locale)}
      // The calendar opens on, and marks, the company's day; this machine may be in another.
      defaultDate={today}
      highlightToday={false}
      getDayProps={(day) => (day === today ? { className: classes.today } : {})}
      dateParser={(text) => readDay(text, locale, today) ?? null}
      popoverProps={{ withinPortal: true }}
      {...rest}
      {...(value !== undefined && { value: value === '' ? null : value })}
      {...(defaultValue !== undefined && { defaultValue: defaultValue === '' ? null : defaultValue })}
      onChange={(day) => onChange?.(day ?? '')}
    />
  )
}

type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6

function firstWeekday(locale: string): Weekday {
  const known = new Intl.Locale(locale) as Intl.Locale & { getWeekInfo?: () => { firstDay: number }; weekInfo?: { firstDay: number } }
  return (((known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 1) % 7) as Weekday
}
