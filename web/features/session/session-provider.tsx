'use client'
import { useApolloClient, useMutation, useQuery } from '@apollo/client/react'
import { Center, Stack, Text } from '@mantine/core'
import { usePathname, useRouter } from 'next/navigation'
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react'
import { problemOf } from '../../apollo/problem.ts'
import { rememberSession, renew, whenEnded } from '../../apollo/renewal.ts'
import { mayAs, type Session, SessionContext } from '../../apollo/session.ts'
import { SessionDocument, type SessionQuery, SignOutDocument } from '../../gql.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReaderProvider, readersLocale } from '../../ui/reader.tsx'
import { SignInAgain } from './sign-in-again.tsx'

const askAgainMs = 5 * 60_000
const retryMs = 3_000
/** What one tab tells the others of the same browser. */
const signedOutKey = 'collection.signed-out-at'

interface Props {
  /** The frame of what comes, while it is being found out who this is. */
  fallback: ReactNode
  /** What is shown once it is known; it gets the number of the newest event. */
  children: (latestEvent: string) => ReactNode
}

/** Finds out who is signed in before any screen asks for data; whoever is not goes to the sign-in and comes back here afterwards. */
export function SessionProvider({ fallback, children }: Props) {
  const client = useApolloClient()
  const router = useRouter()
  const path = usePathname()
  const { data, previousData, error, refetch } = useQuery(SessionDocument, {
    fetchPolicy: 'network-only',
    // The business date changes at midnight, a role by an administrator: both are asked for now and then.
    pollInterval: askAgainMs,
    skipPollAttempt: () => document.hidden,
    nextFetchPolicy: 'cache-first',
  })
  const [signOutOnServer] = useMutation(SignOutDocument)
  const [leaving, setLeaving] = useState(false)
  const [asking, setAsking] = useState<(signedIn: boolean) => void>()
  const known: SessionQuery | undefined = data ?? (previousData as SessionQuery | undefined)
  const me = known?.me ?? undefined

  const leave = useCallback(
    async (tell: boolean) => {
      if (tell) localStorage.setItem(signedOutKey, String(Date.now()))
      // The screens go first, so that none of them asks again when the cache is emptied.
      setLeaving(true)
      rememberSession(false)
      await client.clearStore().catch(() => undefined)
      router.replace('/login')
    },
    [client, router],
  )

  useEffect(() => {
    // This event comes to the other tabs alone.
    const onStorage = ({ key }: StorageEvent): void => {
      if (key === signedOutKey) void leave(false)
    }
    window.addEventListener('storage', onStorage)
    return () => window.removeEventListener('storage', onStorage)
  }, [leave])

  const code = known === undefined && error !== undefined ? problemOf(error).code : undefined
  const elsewhere = leaving
    ? undefined
    : code === 'UNAUTHENTICATED' || (known !== undefined && me === undefined)
      ? 'login'
      : code === 'WAITING' || me?.waiting === true
        ? 'waiting'
        : undefined
  useEffect(() => {
    if (elsewhere === 'login') {
      const wanted = `${path}${window.location.search}`
      router.replace(wanted === '/' ? '/login' : `/login?next=${encodeURIComponent(wanted)}`)
    }
    if (elsewhere === 'waiting') router.replace('/waiting')
  }, [elsewhere, path, router])

  // A session that ends while somebody works is renewed where they are: what they typed stays, what failed is sent again.
  const signedIn = me !== undefined && !me.waiting && !leaving
  useEffect(() => {
    if (!signedIn) return undefined
    rememberSession(true)
    let pending: Promise<boolean> | undefined
    return whenEnded(() => {
      pending ??= new Promise<boolean>((resolve) => setAsking(() => resolve)).finally(() => {
        pending = undefined
      })
      return pending
    })
  }, [signedIn])

  const away = code !== undefined && elsewhere === undefined
  useEffect(() => {
    if (!away) return undefined
    const timer = setInterval(() => void refetch().catch(() => undefined), retryMs)
    return () => clearInterval(timer)
  }, [away, refetch])

  const company = known?.company
  const session = useMemo<Session | undefined>(
    () =>
      me === undefined || company === undefined
        ? undefined
        : {
            me,
            company,
            may: mayAs(me),
            signOut: async () => {
              // With an access token that has run out the server would not know whose session to end.
              await renew()
              await signOutOnServer({ context: { entering: true } })
              await leave(true)
            },
            reload: async () => {
              await refetch().catch(() => undefined)
            },
          },
    [me, company, signOutOnServer, refetch, leave],
  )

  if (away && error !== undefined) {
    return (
      <Center mih="100dvh" p="md">
        <Stack maw={440} gap="sm">
          <ProblemAlert
            title="The server can’t be reached"
            problem={problemOf(error)}
            onRetry={() => void refetch().catch(() => undefined)}
          />
          <Text size="sm" c="dimmed" ta="center">
            This page tries again by itself every few seconds.
          </Text>
        </Stack>
      </Center>
    )
  }
  if (session === undefined || elsewhere !== undefined || leaving) return fallback
  return (
    <SessionContext value={session}>
      <ReaderProvider locale={readersLocale(session.company.locale)} today={session.company.today}>
        {children(known?.latestEvent ?? '0')}
        <SignInAgain
          opened={asking !== undefined}
          email={session.me.email}
          onSignedIn={(who) => {
            // Somebody else took over this tab: what is on the screen is not theirs.
            if (who.id !== session.me.id) window.location.assign('/')
            asking?.(true)
            setAsking(undefined)
          }}
        />
      </ReaderProvider>
    </SessionContext>
  )
}
