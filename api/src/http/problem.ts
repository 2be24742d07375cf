import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { problems, type ProblemCode } from 'schema/problem'
import { z } from 'zod'
import { mysqlErrno } from '../db/database.ts'
import { DomainError } from '../errors.ts'

const codes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]]

/** The body of every failure outside GraphQL, after RFC 9457. */
export const problem = z
  .object({
    type: z.string().describe('Always about:blank; `code` tells problems apart'),
    title: z.string().describe('What is the matter, the same words for every case of a code'),
    status: z.int().min(400).max(599),
    detail: z.string().optional().describe('What is the matter in this case'),
    code: z.enum([...codes, 'INTERNAL', 'HTTP']),
    instance: z.string().describe('The id of the request, as in the log'),
    errors: z.array(z.object({ pointer: z.string().describe('A JSON pointer into the body'), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' })
type Problem = z.infer<typeof problem>

// What the driver and the server say when there is no connection to be had just now: lost, refused, too many, shutting down, pool's queue full.
const unavailable = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'POOL_CLOSED',
  'POOL_NONEONLINE',
])
const unavailableErrno = new Set([1040, 1053, 1077, 1079, 1105, 2006, 2013, 1205, 1213, 3024])

/** The expected failure behind an error, if it is one; a database that cannot be reached is BUSY. */
export function expected(error: unknown): DomainError | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof DomainError) return cause
    if ('code' in cause && typeof cause.code === 'string' && unavailable.has(cause.code)) return new DomainError('BUSY')
    if (/^(Queue limit reached|Pool is closed|Can't add new command when connection is in closed state)/.test(cause.message))
      return new DomainError('BUSY')
  }
  const errno = mysqlErrno(error)
  return errno !== undefined && unavailableErrno.has(errno) ? new DomainError('BUSY') : undefined
}

/** What somebody is told of a bug: where to find it in the log, and nothing of what it says. */
export const internalText = (requestId: string): string => `Internal error, reference ${requestId}`

/** Answers every failure of a route, and every unknown address, as application/problem+json. */
export function answerProblems(server: FastifyInstance): void {
  server.setErrorHandler((error: FastifyError, request, reply) => send(reply, toProblem(error, request)))
  server.setNotFoundHandler((request, reply) =>
    send(reply, { type: 'about:blank', title: 'There is nothing at this address', status: 404, code: 'NOT_FOUND', instance: request.id }),
  )
}

const send = (reply: FastifyReply, body: Problem) => reply.code(body.status).type('application/problem+json').send(body)

function toProblem(error: FastifyError, request: FastifyRequest): Problem {
  const base = { type: 'about:blank', instance: request.id }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((issue) => ({ pointer: issue.instancePath, message: issue.message ?? 'Not valid' }))
    return { ...base, code: 'INVALID', ...problems.INVALID, errors }
  }
  const known = expected(error)
  if (known !== undefined) {
    const { status, title } = problems[known.code]
    const errors = known.fields.map(({ path, message }) => ({ pointer: `/${path.replaceAll('.', '/')}`, message }))
    return { ...base, code: known.code, status, title, detail: known.message, ...(errors.length === 0 ? {} : { errors }) }
  }
  const status = error.statusCode ?? 500
  if (status === 413) return { ...base, code: 'TOO_LARGE', ...problems.TOO_LARGE }
  // Fastify's own refusals (malformed JSON, unknown media type) are written for the caller.
  if (status >= 400 && status < 500) return { ...base, code: 'HTTP', status, title: error.message }
  request.log.error({ err: error }, 'a request failed')
  return { ...base, code: 'INTERNAL', status: 500, title: internalText(request.id) }
}
