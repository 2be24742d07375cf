import { Group, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** The head of a screen: its name, which is also the tab's, a line on what it shows, and its main actions. */
export function PageHead({
  title,
  beside,
  children,
  actions,
}: {
  title: string
  beside?: ReactNode
  children?: ReactNode
  actions?: ReactNode
}) {
  return (
    <Group justify="space-between" align="flex-start" gap="md" mb="lg" wrap="wrap">
      <title>{`${title} · Collection`}</title>
      <div style={{ minWidth: 0 }}>
        <Group gap="sm" align="center">
          <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {beside}
        </Group>
        {children !== undefined && (
          <Text c="dimmed" size="sm" mt={2} component="div">
            {children}
          </Text>
        )}
      </div>
      {actions !== undefined && <Group gap="sm">{actions}</Group>}
    </Group>
  )
}
