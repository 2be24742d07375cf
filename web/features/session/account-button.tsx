'use client'
import { UnstyledButton } from '@mantine/core'
import type { ComponentProps } from 'react'
import classes from './session.module.css'

/** The person's initials, to press. */
export function AccountButton({ name, ...rest }: { name: string } & Omit<ComponentProps<'button'>, 'name'>) {
  return (
    <UnstyledButton
      aria-haspopup="menu"
      {...rest}
      aria-label={`Account of ${name}`}
      className={classes.account}
      data-initials={initialsOf(name)}
    />
  )
}

/** At most two letters: of the first and the last word. */
function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '')
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase()
}
