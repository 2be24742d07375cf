import type { Caller, Tokens } from '../auth/auth.ts'
import type { Context } from '../context.ts'

/** The session's cookies, as the resolvers and routes of sign-in set them; the answer carries them. */
export interface SessionCookies {
  /** The refresh token that came along: only routes below /session get it. */
  readonly refresh: string | undefined
  signIn(tokens: Tokens): void
  signOut(): void
}

/** The context of GraphQL resolvers and REST routes: a use-case's context, and the request around it. */
export interface RequestContext extends Context {
  readonly cookies: SessionCookies
  /** Who is at the other end, for limits on attempts and the list of sessions. */
  readonly caller: Caller
  /** Fires when a subscription ends or its socket closes, so that its source stops waiting. Never fires elsewhere. */
  readonly signal: AbortSignal
}
