'use client'
import { useApolloClient, useMutation, useQuery } from '@apollo/client/react'
import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { entering } from '../../apollo/client.ts'
import { problemOf } from '../../apollo/problem.ts'
import { rememberSession, renew } from '../../apollo/renewal.ts'
import { SignOutDocument, WhoAmIDocument } from '../../gql.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import classes from './session.module.css'

const askEveryMs = 4_000

/** For somebody whom no administrator has let in yet: it asks by itself, and goes on by itself. */
export function Waiting() {
  const client = useApolloClient()
  const router = useRouter()
  const { data, error, refetch } = useQuery(WhoAmIDocument, { fetchPolicy: 'network-only', pollInterval: askEveryMs })
  const [signOut, { loading }] = useMutation(SignOutDocument, { context: entering })
  const [gone, setGone] = useState(false)
  const me = data?.me
  const isIn = me?.waiting === false
  const nobody = data !== undefined && me === null && !gone

  useEffect(() => {
    if (isIn) void client.clearStore().then(() => router.replace('/'))
  }, [isIn, client, router])

  useEffect(() => {
    // `me` is open to everybody, so an access cookie that ran out reads as nobody: that is mended here and not by the client.
    if (nobody) void renew().then((renewal) => (renewal === 'ended' ? router.replace('/login') : void refetch()))
  }, [nobody, refetch, router])

  const leave = async (): Promise<void> => {
    setGone(true)
    await signOut().catch(() => undefined)
    rememberSession(false)
    await client.clearStore()
    router.replace('/login')
  }
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        An administrator lets you in
      </Title>
      <Text size="sm">
        {me ? `${me.name}, your` : 'Your'} account is made. As soon as an administrator approves it and chooses your role, this page goes on
        by itself.
      </Text>
      <Text size="sm" c="dimmed" role="status">
        <span className={classes.waiting} aria-hidden />
        Waiting for approval
      </Text>
      {error !== undefined && <ProblemAlert problem={problemOf(error)} onRetry={() => void refetch().catch(() => undefined)} />}
      <Group mt="xs">
        <Button variant="default" onClick={() => void leave()} loading={loading}>
          Sign out
        </Button>
      </Group>
    </Stack>
  )
}
