'use client'
import { useQuery } from '@apollo/client/react'
import { VisuallyHidden } from '@mantine/core'
import { useDocumentVisibility } from '@mantine/hooks'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { BellStateDocument } from '../../gql.ts'
import { BellButton } from './bell-button.tsx'
import { useOtherTabs } from './notification-reading.ts'

// What opens is fetched when the pointer or the focus comes near: every screen has the bell, few presses follow.
const load = () => import('./bell-popover.tsx').then((file) => ({ default: file.BellPopover }))
const BellPopover = lazy(load)

/** The bell of the head: how many are unread, exactly and live, and the last ten on a press. */
export function Bell() {
  const [wanted, setWanted] = useState(false)
  const { data, refetch } = useQuery(BellStateDocument)
  const unread = data?.notificationState.unread ?? 0
  const latest = data?.notificationState.latest ?? '0'
  useOtherTabs()
  useWhenSeenAgain(() => void refetch())
  const button = (
    <BellButton unread={unread} onPointerEnter={() => void load()} onFocus={() => void load()} onClick={() => setWanted(true)} />
  )
  return (
    <>
      {wanted ? (
        <Suspense fallback={button}>
          <BellPopover unread={unread} latest={latest} />
        </Suspense>
      ) : (
        button
      )}
      <VisuallyHidden role="status">{unread > 0 ? `${unread} unread` : ''}</VisuallyHidden>
    </>
  )
}

/** A tab that comes back to the front may have missed what was read on another machine. */
function useWhenSeenAgain(look: () => void): void {
  const visibility = useDocumentVisibility()
  const before = useRef(visibility)
  useEffect(() => {
    if (visibility === 'visible' && before.current === 'hidden') look()
    before.current = visibility
  })
}
