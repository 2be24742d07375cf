'use client'
import type { ApolloCache } from '@apollo/client'
import { useApolloClient, useMutation } from '@apollo/client/react'
import { useEffect } from 'react'
import { BellStateDocument, MarkAllNotificationsReadDocument, MarkNotificationsReadDocument, type BellStateQuery } from '../../gql.ts'

/** What was read: single ones, or everything up to a number, so that one which arrives meanwhile stays unread. */
export type Read = { readonly ids: readonly string[] } | { readonly upTo: string }

/** What one tab tells the others, which share the person but not the cache. */
interface Told {
  readonly state: BellStateQuery['notificationState']
  readonly read: Read
}
const channelName = 'collection.notifications'

/** Marks notifications as read, here and in the person's other tabs. */
export function useReading(): {
  readonly markRead: (ids: readonly string[]) => Promise<void>
  readonly markAllRead: (upTo: string) => Promise<void>
} {
  const client = useApolloClient()
  const [some] = useMutation(MarkNotificationsReadDocument)
  const [all] = useMutation(MarkAllNotificationsReadDocument)
  const done = (state: Told['state'] | undefined, read: Read): void => {
    noteRead(client.cache, read)
    if (state !== undefined) tell({ state, read })
  }
  return {
    markRead: async (ids) => {
      const { data } = await some({ variables: { ids: [...ids] } })
      done(data?.markNotificationsRead, { ids })
    },
    markAllRead: async (upTo) => {
      const { data } = await all({ variables: { upTo } })
      done(data?.markAllNotificationsRead, { upTo })
    },
  }
}

/** Takes in what was read in other tabs. The state they tell belongs to one person: another one's is left alone. */
export function useOtherTabs(): void {
  const client = useApolloClient()
  useEffect(() => {
    if (typeof BroadcastChannel === 'undefined') return undefined
    const channel = new BroadcastChannel(channelName)
    channel.addEventListener('message', ({ data }: MessageEvent<Told>) => {
      const here = client.readQuery({ query: BellStateDocument })?.notificationState
      if (here === undefined || here.id !== data.state.id) return
      noteRead(client.cache, data.read)
      client.writeQuery({ query: BellStateDocument, data: { notificationState: data.state } })
    })
    return () => channel.close()
  }, [client])
}

function tell(told: Told): void {
  if (typeof BroadcastChannel === 'undefined') return
  const channel = new BroadcastChannel(channelName)
  channel.postMessage(told)
  channel.close()
}

function noteRead(cache: ApolloCache, read: Read): void {
  for (const id of idsOf(cache, read)) cache.modify({ id, fields: { read: () => true } })
}

function idsOf(cache: ApolloCache, read: Read): string[] {
  if ('ids' in read) return read.ids.flatMap((id) => cache.identify({ __typename: 'Notification', id }) ?? [])
  const known = cache.extract() as Record<string, { __typename?: string; number?: string } | undefined>
  return Object.entries(known).flatMap(([id, thing]) =>
    thing?.__typename === 'Notification' && thing.number !== undefined && BigInt(thing.number) <= BigInt(read.upTo) ? [id] : [],
  )
}
