'use client'
import { createContext, use } from 'react'
import { may, type Operation } from 'schema/permissions'
import type { SessionQuery } from '../gql.ts'

/** Who is signed in, and the company they work for. */
export interface Session {
  readonly me: NonNullable<SessionQuery['me']>
  readonly company: SessionQuery['company']
  /** Whether this person may use the operation; what may not be used is not shown. */
  readonly may: (operation: Operation) => boolean
  /** Ends the session on the server and here: the cache is emptied, the live connection closed, the sign-in shown. */
  readonly signOut: () => Promise<void>
  /** Asks again who this is and what day it is, for instance after an administrator changed the role. */
  readonly reload: () => Promise<void>
}

export const SessionContext = createContext<Session | undefined>(undefined)

/** The session of the staff screens; every screen under app/(staff) has one. */
export function useSession(): Session {
  const session = use(SessionContext)
  if (session === undefined) throw new Error('useSession is for screens that are shown after signing in')
  return session
}

export const mayAs = (me: Session['me']) => (operation: Operation) => !me.waiting && may(me.role, operation)
