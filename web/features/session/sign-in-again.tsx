'use client'
import { Anchor, Stack, Text } from '@mantine/core'
import dynamic from 'next/dynamic'
import type { SignInMutation } from '../../gql.ts'
import { Modal } from '../../ui/modal.tsx'

// The form and its rules come only when somebody has to sign in again.
const SignInForm = dynamic(() => import('./sign-in-form.tsx').then((file) => file.SignInForm), { ssr: false })

/** The sign-in on top of whatever was being done, which stays as it is. */
export function SignInAgain({
  opened,
  email,
  onSignedIn,
}: {
  opened: boolean
  email: string
  onSignedIn: (me: SignInMutation['signIn']) => void
}) {
  return (
    <Modal
      opened={opened}
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title="Your session has ended"
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          Sign in again to go on. Nothing you typed is lost.
        </Text>
        <SignInForm email={email} onSignedIn={onSignedIn} />
        <Text size="sm" c="dimmed">
          <Anchor href="/login" underline="always">
            Leave this page
          </Anchor>{' '}
          and what is on it.
        </Text>
      </Stack>
    </Modal>
  )
}
