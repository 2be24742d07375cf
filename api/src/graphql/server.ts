import { ApolloServer, HeaderMap, type ApolloServerPlugin } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import processRequest from 'graphql-upload/processRequest.mjs'
import type { App } from '../context.ts'
import { DomainError } from '../errors.ts'
import { contextFrom } from '../http/request.ts'
import type { RequestContext } from './context.ts'
import { fileTooLarge, publicError, type FailureContext } from './failure.ts'
import { assertAffordable, limits, limitsRule } from './limits.ts'
import { openSockets } from './sockets.ts'

const uploadLimits = { maxFileSize: 20_000_000, maxFiles: 1, maxFieldSize: 200_000 }
const path = '/graphql'

/** Serves the schema at /graphql: queries, mutations and uploads by POST, subscriptions by WebSocket. */
export async function serveGraphql(server: FastifyInstance, app: App, schema: GraphQLSchema): Promise<void> {
  const apollo = await openApollo(app, schema)
  // The body stays on the socket, for processRequest to read once it is known who sends it.
  server.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null, undefined))
  server.route({
    method: 'POST',
    url: path,
    schema: { hide: true },
    errorHandler: (error, request, reply) => void answerError(app, error, request, reply),
    handler: async (request, reply) => {
      const ctx = await contextFrom(app, request, reply)
      const body = isMultipart(request) ? await readUpload(request, reply, ctx) : request.body
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: 'POST', headers: headersOf(request), body, search: '' },
        context: () => Promise.resolve(ctx),
      })
      for (const [name, value] of answer.headers) void reply.header(name, value)
      void reply.code(answer.status ?? 200)
      if (answer.body.kind !== 'complete') throw new Error('No operation answers in parts')
      return answer.body.string
    },
  })
  server.route({
    method: 'GET',
    url: path,
    schema: { hide: true },
    handler: (_request, reply) => {
      void reply.header('allow', 'POST')
      throw Object.assign(new Error('Operations are sent by POST; a person opens /playground'), { statusCode: 405 })
    },
  })
  const sockets = openSockets(app, schema, server.server)
  server.addHook('preClose', () => sockets[Symbol.asyncDispose]())
  server.addHook('onClose', () => apollo.stop())
}

async function openApollo(app: App, schema: GraphQLSchema): Promise<ApolloServer<RequestContext>> {
  // Apollo renders an error without knowing the request; this remembers which one it came from.
  const origins = new WeakMap<GraphQLError, FailureContext>()
  const plugin: ApolloServerPlugin<RequestContext> = {
    requestDidStart: async () => ({
      didResolveOperation: async ({ operation, request }) => {
        if (operation === undefined) return
        if (operation.operation === 'subscription') throw refused('Subscriptions are served by WebSocket at the same address')
        assertAffordable(operation, request.variables)
      },
      didEncounterErrors: async ({ errors, contextValue }) => {
        for (const error of errors) origins.set(error, { log: app.log, requestId: contextValue.requestId })
      },
    }),
  }
  const apollo = new ApolloServer<RequestContext>({
    schema,
    introspection: app.config.playground,
    hideSchemaDetailsFromClientErrors: !app.config.playground,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    parseOptions: { maxTokens: limits.tokens },
    validationRules: [limitsRule],
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: app.log,
    plugins: [
      plugin,
      ApolloServerPluginLandingPageDisabled(),
      // Its hooks would run for every field of every answer, and nothing here is cached.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    formatError: (formatted, error) => {
      if (!(error instanceof GraphQLError)) return formatted
      return publicError(error, origins.get(error) ?? { log: app.log, requestId: 'unknown' })
    },
  })
  await apollo.start()
  return apollo
}

const refused = (message: string): GraphQLError => new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } })

// The headers that Apollo looks at: what the body is, what the answer may be, and that no foreign form can have sent it.
const read = ['content-type', 'accept', 'apollo-require-preflight', 'x-apollo-operation-name'] as const

function headersOf(request: FastifyRequest): HeaderMap {
  const map = new HeaderMap()
  for (const name of read) {
    const value = request.headers[name]
    if (typeof value === 'string') map.set(name, value)
  }
  return map
}

const isMultipart = (request: FastifyRequest): boolean => request.headers['content-type']?.startsWith('multipart/form-data') === true

/** Reads the operation of an upload, its file still streaming in; nothing is read for somebody who may not send it. */
async function readUpload(request: FastifyRequest, reply: FastifyReply, ctx: RequestContext): Promise<unknown> {
  if (request.headers['apollo-require-preflight'] === undefined) {
    throw refused('An upload needs the header apollo-require-preflight')
  }
  if (ctx.viewer.kind === 'nobody') throw new DomainError('UNAUTHENTICATED')
  if (Number(request.headers['content-length'] ?? 0) > uploadLimits.maxFileSize + 1_000_000)
    throw new DomainError('TOO_LARGE', fileTooLarge)
  return processRequest(request.raw, reply.raw, uploadLimits)
}

/** Answers what fails before Apollo sees it (a malformed body, a database that is gone) in GraphQL's form. */
function answerError(app: App, error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const status = error.statusCode ?? 500
  const asGraphql =
    error instanceof GraphQLError
      ? error
      : status === 413
        ? new GraphQLError('The request is larger than 200 kB', { extensions: { code: 'TOO_LARGE' } })
        : status < 500
          ? new GraphQLError(error.message, { extensions: { code: 'BAD_REQUEST' } })
          : new GraphQLError(error.message, { originalError: error })
  // A body that was not read to its end cannot be followed by another request.
  void reply.header('connection', 'close')
  return reply
    .code(error instanceof GraphQLError ? 400 : error instanceof DomainError ? 200 : status)
    .send({ errors: [publicError(asGraphql, { log: app.log, requestId: request.id })] })
}
