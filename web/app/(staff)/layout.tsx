'use client'
import type { ReactNode } from 'react'
import { LiveProvider } from '../../features/live/live-provider.tsx'
import { LiveState } from '../../features/live/live-state.tsx'
import { Bell } from '../../features/notifications/bell.tsx'
import { SessionProvider } from '../../features/session/session-provider.tsx'
import { UserMenu } from '../../features/session/user-menu.tsx'
import { Shell, ShellSkeleton } from '../../ui/shell.tsx'
import { useSession } from '../../apollo/session.ts'

/** The frame of every staff screen. Nothing below is drawn before it is known who is signed in. */
export default function StaffLayout({ children }: { children: ReactNode }) {
  return (
    <SessionProvider fallback={<ShellSkeleton />}>
      {(latestEvent) => (
        <LiveProvider after={latestEvent}>
          <Frame>{children}</Frame>
        </LiveProvider>
      )}
    </SessionProvider>
  )
}

function Frame({ children }: { children: ReactNode }) {
  const { company, may } = useSession()
  return (
    <Shell
      company={company.name}
      team={may('approveStaff')}
      imports={may('uploadImport')}
      live={<LiveState />}
      bell={<Bell />}
      user={(showShortcuts) => <UserMenu onShortcuts={showShortcuts} />}
    >
      {children}
    </Shell>
  )
}
