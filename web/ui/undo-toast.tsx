'use client'
import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'

/** One toast for one outcome, with the way back beside it. A way back that fails says so in a toast that stays until it is closed. */
export function showUndo(message: string, undo: () => Promise<unknown>, problemOf: (error: unknown) => { readonly message: string }): void {
  const id = notifications.show({
    autoClose: 8000,
    message: (
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="light"
          flex="none"
          onClick={() => {
            // Gone at once, so that it can't be pressed twice.
            notifications.hide(id)
            undo().catch((error: unknown) =>
              notifications.show({
                color: 'red',
                autoClose: false,
                title: 'That could not be taken back',
                message: problemOf(error).message,
              }),
            )
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  })
}
