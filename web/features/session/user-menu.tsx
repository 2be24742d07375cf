'use client'
import { lazy, Suspense, useState } from 'react'
import { useSession } from '../../apollo/session.ts'
import { AccountButton } from './account-button.tsx'

// The menu is fetched when the pointer or the focus comes near: every screen has its button, few presses follow.
const load = () => import('./user-menu-now.tsx').then((file) => ({ default: file.UserMenuNow }))
const UserMenuNow = lazy(load)

/** Who is signed in, how the page looks to them, and the way out. */
export function UserMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { me } = useSession()
  const [wanted, setWanted] = useState(false)
  const button = (
    <AccountButton name={me.name} onPointerEnter={() => void load()} onFocus={() => void load()} onClick={() => setWanted(true)} />
  )
  return wanted ? (
    <Suspense fallback={button}>
      <UserMenuNow onShortcuts={onShortcuts} />
    </Suspense>
  ) : (
    button
  )
}
