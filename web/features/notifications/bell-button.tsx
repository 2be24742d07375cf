'use client'
import { ActionIcon, type ActionIconProps } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import type { ComponentProps } from 'react'
import { useReader } from '../../ui/reader.tsx'
import classes from './notifications.module.css'

/** The button alone, with its count. */
export function BellButton({
  unread,
  ...rest
}: { unread: number } & ActionIconProps & Omit<ComponentProps<'button'>, keyof ActionIconProps>) {
  const { locale } = useReader()
  const label = unread === 0 ? 'Notifications, none unread' : `Notifications, ${unread.toLocaleString(locale)} unread`
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-haspopup="dialog"
      {...rest}
      className={classes.bell ?? ''}
      aria-label={label}
      title={label}
    >
      <IconBell size={20} stroke={1.75} aria-hidden />
      {unread > 0 && (
        <span className={classes.count} aria-hidden>
          {unread.toLocaleString(locale)}
        </span>
      )}
    </ActionIcon>
  )
}
