import { IconCheck } from '@tabler/icons-react'
import classes from './imports.module.css'

const steps = [
  ['upload', 'Upload'],
  ['review', 'Review'],
  ['result', 'Result'],
] as const

/** Where in the import one is. The address says the same, so these are no links. */
export function Steps({ at }: { at: (typeof steps)[number][0] }) {
  const current = steps.findIndex(([key]) => key === at)
  return (
    <ol className={classes.steps} aria-label="Steps of the import">
      {steps.map(([key, label], index) => (
        <li
          key={key}
          className={classes.step}
          data-state={index < current ? 'done' : index === current ? 'now' : 'next'}
          {...(index === current && { 'aria-current': 'step' as const })}
        >
          <span className={classes.stepMark} aria-hidden>
            {index < current ? <IconCheck size={13} stroke={3} /> : index + 1}
          </span>
          {label}
        </li>
      ))}
    </ol>
  )
}
