import { Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './empty.module.css'

interface Props {
  icon?: ReactNode
  /** That it is empty: “No customers yet”. */
  title: string
  /** Why, and what would change it. */
  children: ReactNode
  /** The next step, as buttons. */
  actions?: ReactNode
}

/** What stands where there is nothing: why, and what next. */
export function Empty({ icon, title, children, actions }: Props) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" className={classes.empty}>
      {icon !== undefined && (
        <span className={classes.icon} aria-hidden>
          {icon}
        </span>
      )}
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text c="dimmed" size="sm" ta="center" maw={420}>
        {children}
      </Text>
      {actions !== undefined && (
        <Group gap="sm" mt="xs" justify="center">
          {actions}
        </Group>
      )}
    </Stack>
  )
}
