import type { ReactNode } from 'react'
import classes from './session.module.css'

/** What a person should know before they begin. */
export function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.notice}>
      <strong>{title}</strong>
      <span>{children}</span>
    </div>
  )
}
