'use client'
import { displayMoney } from 'schema/money'
import { useReader } from './reader.tsx'
import classes from './figures.module.css'

/** An amount with its currency, never rounded, in figures of equal width; `quiet` greys out a zero that says nothing. */
export function Money({ amount, currency, quiet = false }: { amount: string; currency: string; quiet?: boolean }) {
  const { locale } = useReader()
  const nothing = quiet && /^-?0*(\.0*)?$/.test(amount)
  return (
    <span className={classes.figure} {...(nothing && { 'data-quiet': true })}>
      {displayMoney(amount, currency, locale)}
    </span>
  )
}
