import type { Context } from '../context.ts'

/** The session's cookies, as the resolvers and routes of sign-in set them; the answer carries them. */
export interface SessionCookies {
  /** The refresh token that came along: only routes below /session get it. */
  readonly refresh: string | undefined
  signIn(tokens: { readonly access: string; readonly refresh: string }): void
  signOut(): void
}

/** Who is at the other end, for limits on attempts and the list of sessions. */
export interface Caller {
  readonly address: string
  readonly userAgent: string
}

/** The context of GraphQL resolvers and REST routes: a use-case's context, and the request around it. */
export interface RequestContext extends Context {
  readonly cookies: SessionCookies
  readonly caller: Caller
}
