import { passwordStrength } from 'schema/staff'
import classes from './session.module.css'

const words = ['Very easy to guess', 'Easy to guess', 'Fair', 'Good', 'Strong'] as const
const tones = ['bad', 'bad', 'wait', 'good', 'good'] as const

/** How hard a password is to guess, in a word and in four bars; nothing before anything is typed. */
export function Strength({ password }: { password: string }) {
  const level = passwordStrength(password)
  const typed = password !== ''
  return (
    <div className={classes.strength} data-tone={typed ? tones[level] : undefined}>
      <div className={classes.bars} aria-hidden>
        {[1, 2, 3, 4].map((bar) => (
          <span key={bar} data-on={(typed && level >= bar) || undefined} />
        ))}
      </div>
      <span className={classes.word} role="status">
        {typed ? words[level] : ''}
      </span>
    </div>
  )
}
