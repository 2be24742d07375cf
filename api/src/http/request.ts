import type { FastifyReply, FastifyRequest } from 'fastify'
import { viewerOf } from '../auth/auth.ts'
import type { Config } from '../config.ts'
import { contextOf, type App, type Viewer } from '../context.ts'
import type { RequestContext, SessionCookies } from '../graphql/context.ts'

export const nobody: Viewer = { kind: 'nobody' }
const never = new AbortController().signal

const accessCookie = { name: 'access', path: '/', maxAge: 15 * 60 }
const refreshCookie = { name: 'refresh', path: '/session', maxAge: 30 * 24 * 60 * 60 }

/** The context of one request: who asks, by the access cookie or a bearer header. A token that doesn't hold is nobody's. */
export async function contextFrom(app: App, request: FastifyRequest, reply: FastifyReply): Promise<RequestContext> {
  const token = bearer(request.headers.authorization) ?? request.cookies[accessCookie.name]
  const viewer = token === undefined ? nobody : await viewerOf(app, token)
  return {
    ...contextOf(app, viewer, request.id),
    cookies: cookiesOf(app.config, request, reply),
    signal: never,
    caller: { address: request.ip, userAgent: (request.headers['user-agent'] ?? '').slice(0, 300) },
  }
}

/** The token of an Authorization header. */
export function bearer(header: string | undefined): string | undefined {
  return /^bearer +([\w.~+/-]+=*)$/i.exec(header ?? '')?.[1]
}

/** The value of a cookie where there is no Fastify request, as in a socket's handshake. */
export function accessCookieIn(header: string | undefined): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [name, value] = pair.split('=', 2)
    if (name?.trim() === accessCookie.name) return value?.trim()
  }
  return undefined
}

function cookiesOf(config: Config, request: FastifyRequest, reply: FastifyReply): SessionCookies {
  const secure = config.web.url.startsWith('https:')
  const set = ({ name, path, maxAge }: typeof accessCookie, value: string) => {
    void reply.setCookie(name, value, { httpOnly: true, sameSite: 'lax', secure, path, maxAge })
  }
  return {
    refresh: request.cookies[refreshCookie.name],
    signIn(tokens) {
      set(accessCookie, tokens.access)
      set(refreshCookie, tokens.refresh)
    },
    signOut() {
      for (const { name, path } of [accessCookie, refreshCookie])
        void reply.clearCookie(name, { httpOnly: true, sameSite: 'lax', secure, path })
    },
  }
}
