import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { App } from '../context.ts'
import { DomainError } from '../errors.ts'
import { problem } from '../http/problem.ts'
import { contextFrom } from '../http/request.ts'
import { refresh } from './auth.ts'

// A form of another site can't send a header of its own: browsers ask first, and are told no.
const headers = z.object({ 'apollo-require-preflight': z.string({ error: 'This request needs this header, with any value' }) })

/** The one route that gets the refresh cookie: a browser calls it when its access cookie has expired. */
export const sessionRoutes =
  (app: App): FastifyPluginAsyncZod =>
  async (server) => {
    server.post(
      '/session/refresh',
      {
        schema: {
          operationId: 'refreshSession',
          summary: 'Exchanges the refresh cookie for new cookies',
          tags: ['session'],
          headers,
          response: { 204: z.null().describe('The answer sets new cookies'), 400: problem, 401: problem },
        },
      },
      async (request, reply) => {
        const { cookies } = await contextFrom(app, request, reply)
        const tokens = cookies.refresh === undefined ? undefined : await refresh(app, cookies.refresh)
        if (tokens === undefined) throw new DomainError('UNAUTHENTICATED', 'The session has ended; please sign in')
        cookies.signIn(tokens)
        return reply.code(204).send(null)
      },
    )
  }
