import type { FastifyInstance } from 'fastify'
import type { App } from '../context.ts'
import { DomainError } from '../errors.ts'
import { contextFrom } from '../http/request.ts'
import { refresh } from './auth.ts'

/** The one route that gets the refresh cookie: a browser calls it when its access cookie has expired. */
export function sessionRoutes(app: App, server: FastifyInstance): void {
  server.post('/session/refresh', { schema: { hide: true } }, async (request, reply) => {
    // A form of another site can't send a header of its own without being asked first.
    if (request.headers['apollo-require-preflight'] === undefined) {
      throw new DomainError('INVALID', 'This request needs the header apollo-require-preflight')
    }
    const { cookies } = await contextFrom(app, request, reply)
    const tokens = cookies.refresh === undefined ? undefined : await refresh(app, cookies.refresh)
    if (tokens === undefined) throw new DomainError('UNAUTHENTICATED', 'The session has ended; please sign in')
    cookies.signIn(tokens)
    return reply.code(204).send()
  })
}
