import { sql } from 'drizzle-orm'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { App } from '../context.ts'
import { problem } from './problem.ts'
import { DomainError } from '../errors.ts'

const patienceMs = 2_000
const answer = z.object({ status: z.literal('ok') })

/** Whether the process lives, and whether it may be sent requests. Migrations are done before the port opens. */
export const healthRoutes =
  (app: App): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/health/live',
      { schema: { operationId: 'live', summary: 'Whether the process runs', tags: ['health'], response: { 200: answer } } },
      () => ({ status: 'ok' }) as const,
    )
    server.get(
      '/health/ready',
      {
        schema: {
          operationId: 'ready',
          summary: 'Whether the database answers',
          tags: ['health'],
          response: { 200: answer, 503: problem },
        },
      },
      async () => {
        await answersInTime(app)
        return { status: 'ok' } as const
      },
    )
  }

async function answersInTime(app: App): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new DomainError('BUSY', 'The database does not answer')), patienceMs)
  try {
    await Promise.race([app.db.execute(sql`select 1`), late.promise])
  } catch (error) {
    throw error instanceof DomainError ? error : new DomainError('BUSY', 'The database does not answer')
  } finally {
    clearTimeout(timer)
  }
}
