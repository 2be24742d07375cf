'use client'
import { Button, Group, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import classes from './changed-bar.module.css'

/** Says that a list is no longer what the server has, and leaves it to the reader when rows may move. */
export function ChangedBar({ count, busy, onShow }: { count: number; busy: boolean; onShow: () => void }) {
  return (
    <div role="status" aria-live="polite">
      {count > 0 && (
        <Group className={classes.bar ?? ''} justify="center" gap="xs">
          <Text size="sm">{count} changed</Text>
          <Button size="compact-sm" variant="subtle" leftSection={<IconRefresh size={14} aria-hidden />} loading={busy} onClick={onShow}>
            Show
          </Button>
        </Group>
      )}
    </div>
  )
}
