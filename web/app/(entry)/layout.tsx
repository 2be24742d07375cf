import type { ReactNode } from 'react'
import { Mark } from '../../ui/mark.tsx'
import classes from './entry.module.css'

/** One column for everybody who is not in yet. */
export default function EntryLayout({ children }: { children: ReactNode }) {
  return (
    <div className={classes.ground}>
      <main className={classes.column}>
        <p className={classes.brand}>
          <Mark size={28} />
          Collection
        </p>
        <div className={classes.card}>{children}</div>
      </main>
    </div>
  )
}
