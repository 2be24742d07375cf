import type { ReactNode } from 'react'
import classes from './late.module.css'

/** Shows what stands in for loading content only after 150 ms: an answer that is quicker than that should not flicker. */
export function Late({ label = 'Loading', children }: { label?: string; children: ReactNode }) {
  return (
    <div className={classes.late} role="status" aria-label={label}>
      {children}
    </div>
  )
}
