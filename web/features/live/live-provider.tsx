'use client'
import { useApolloClient } from '@apollo/client/react'
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react'
import { type Live, LiveContext } from '../../apollo/live.ts'
import { askToSignIn } from '../../apollo/renewal.ts'
import { useSession } from '../../apollo/session.ts'
import { openStream } from '../../apollo/stream.ts'
import { LatestEventDocument } from '../../gql.ts'

/** Keeps the tab's live connection while the staff screens are open. `after` is the newest event when the session was read. */
export function LiveProvider({ after, children }: { after: string; children: ReactNode }) {
  const client = useApolloClient()
  const { reload } = useSession()
  const [live, setLive] = useState<Live>()
  const start = useEffectEvent(() => after)
  const forbidden = useEffectEvent(() => void reload())

  useEffect(() => {
    const stream = openStream(client, start(), {
      startAfter: async () => {
        const { data } = await client.query({ query: LatestEventDocument, fetchPolicy: 'network-only' })
        if (data === undefined) throw new Error('The server did not say how far the log has come')
        return data.latestEvent
      },
      refetch: () => client.refetchQueries({ include: 'active' }),
      onForbidden: () => forbidden(),
      onEnded: askToSignIn,
    })
    // oxlint-disable-next-line react/set-state-in-effect -- the stream is what lies outside of React: it is opened here and then handed down
    setLive(stream)
    return () => stream.close()
  }, [client])

  return <LiveContext value={live}>{children}</LiveContext>
}
