import { Anchor, Center, Stack, Text, Title } from '@mantine/core'

export const metadata = { title: 'Not found · Collection' }

/** It brings no style sheet of its own: Next preloads what this page needs with every other page. */
export default function NotFound() {
  return (
    <Center mih="100dvh" p="md" component="main">
      <Stack align="center" gap="xs" ta="center">
        <Title order={1} size="h3">
          There is no such page
        </Title>
        <Text size="sm" c="dimmed">
          The address may be mistyped, or what it showed is gone.
        </Text>
        <Anchor href="/" size="sm" underline="always">
          Go to the dashboard
        </Anchor>
      </Stack>
    </Center>
  )
}
