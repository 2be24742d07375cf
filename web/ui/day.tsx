'use client'
import { displayDay, dueIn, relativeDay } from './calendar.ts'
import classes from './figures.module.css'
import { useReader } from './reader.tsx'

interface Props {
  /** YYYY-MM-DD */
  day: string
  /** `due`: what it means for a due date (“12 days late”); `relative`: where it lies (“3 days ago”). Left out: the date alone. */
  beside?: 'due' | 'relative'
  /** Puts what stands beside it on a line of its own, for narrow columns. */
  stacked?: boolean
  /** A settled due is not late any more: no warning colour then. */
  settled?: boolean
}

/** A calendar date, and how far it is from the business date. */
export function Day({ day, beside, stacked = false, settled = false }: Props) {
  const { locale, today } = useReader()
  const date = (
    <time dateTime={day} className={classes.figure} title={displayDay(day, locale, 'long')}>
      {displayDay(day, locale)}
    </time>
  )
  if (beside === undefined) return date
  const late = beside === 'due' && !settled && day < today
  const aside = (
    <span className={classes.aside} {...(late && { 'data-late': true })}>
      {beside === 'due' && !settled ? dueIn(day, today) : relativeDay(day, today)}
    </span>
  )
  return stacked ? (
    <span className={classes.stacked}>
      {date}
      {aside}
    </span>
  ) : (
    <>
      {date} {aside}
    </>
  )
}
