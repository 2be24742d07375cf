import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { GraphQLSchema } from 'graphql'
import type { App } from '../context.ts'
import { serveGraphql } from '../graphql/server.ts'
import { sessionRoutes } from '../auth/rest.ts'
import { importRoutes } from '../imports/rest.ts'
import { healthRoutes } from './health.ts'
import { openapi } from './openapi.ts'
import { servePlayground } from './playground.ts'
import { answerProblems } from './problem.ts'

/** A server that listens; disposing ends it gracefully, within eight seconds. */
export interface Serving extends AsyncDisposable {
  /** Where it is reached, such as http://127.0.0.1:4000. */
  readonly url: string
}

const slowMs = 1_000
const graceMs = 7_000

/** Makes the HTTP server with everything mounted; nothing is opened yet, so this works without a database. */
export async function makeServer(app: App, schema: GraphQLSchema): Promise<FastifyInstance> {
  const log: FastifyBaseLogger = app.log
  const server = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    genReqId,
    bodyLimit: 200_000,
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000,
    http: { headersTimeout: 15_000 },
    forceCloseConnections: 'idle',
    trustProxy: app.config.trustedProxy ?? false,
  })
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  answerProblems(server)
  server.addHook('onRequest', async (request, reply) => {
    void reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store' })
  })
  server.addHook('onResponse', async (request, reply) => {
    const durationMs = Math.round(reply.elapsedTime)
    const line = { method: request.method, url: request.url.split('?')[0], status: reply.statusCode, durationMs }
    if (reply.statusCode >= 500 || durationMs >= slowMs) request.log.info(line, 'answered')
    else request.log.debug(line, 'answered')
  })

  const overTls = app.config.web.url.startsWith('https:')
  await server.register(helmet, {
    // Helmet's own defaults would turn plain http on a local network into https.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
    },
    strictTransportSecurity: overTls ? { maxAge: 15_552_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
  })
  await server.register(cookie)
  await server.register(swagger, openapi)
  await server.register(swaggerUi, {
    routePrefix: '/v1/docs',
    staticCSP:
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'",
  })

  await server.register(healthRoutes(app))
  await server.register(sessionRoutes(app))
  await server.register(importRoutes(app))
  await serveGraphql(server, app, schema)
  if (app.config.playground) servePlayground(server)
  return server
}

/** Listens on the port of the configuration, or another. */
export async function serve(app: App, schema: GraphQLSchema, { port = app.config.api.port }: { port?: number } = {}): Promise<Serving> {
  const server = await makeServer(app, schema)
  const { host } = app.config.api
  await server.listen({ port, host })
  const { port: given } = server.server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${given}`,
    async [Symbol.asyncDispose]() {
      // Requests under way may end; those that don't in time are cut off.
      const late = setTimeout(() => server.server.closeAllConnections(), graceMs)
      await server.close()
      clearTimeout(late)
    },
  }
}

/** The caller's id is taken over only when it is short and plain, for it ends up in the log. */
function genReqId(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID()
}
