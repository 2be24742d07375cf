'use client'
import { useApolloClient, useQuery } from '@apollo/client/react'
import { Anchor, Stack, Text, Title } from '@mantine/core'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { RegistrationDocument } from '../../gql.ts'
import { SignInForm } from './sign-in-form.tsx'

/** The sign-in page. Where nobody has an account yet it goes on to making the first one. */
export function SignIn({ next }: { next: string }) {
  const client = useApolloClient()
  const router = useRouter()
  const { data } = useQuery(RegistrationDocument, { fetchPolicy: 'network-only' })
  const first = data?.registration.first === true
  useEffect(() => {
    if (first) router.replace('/register')
  }, [first, router])
  return (
    <Stack gap="lg">
      <Title order={1} size="h2">
        Sign in
      </Title>
      <SignInForm
        onSignedIn={(me) => {
          // What the one before left in the cache is not this person's.
          void client.clearStore().then(() => router.replace(me.waiting ? '/waiting' : next))
        }}
      />
      <Text size="sm" c="dimmed">
        New here?{' '}
        <Anchor component={Link} href="/register" underline="always">
          Create an account
        </Anchor>
      </Text>
    </Stack>
  )
}
