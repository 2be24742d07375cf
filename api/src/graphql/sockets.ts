import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  parse,
  specifiedRules,
  validate,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql'
import { handleProtocols, makeServer, type Context as Socket, type SubscribePayload } from 'graphql-ws'
import { WebSocketServer, type WebSocket } from 'ws'
import { liveSession, viewerOf } from '../auth/auth.ts'
import { contextOf, type App, type Viewer } from '../context.ts'
import { DomainError } from '../errors.ts'
import { accessCookieIn, bearer, nobody } from '../http/request.ts'
import type { RequestContext } from './context.ts'
import { publicError } from './failure.ts'
import { assertAffordable, limits, limitsRule } from './limits.ts'

const path = '/graphql'
const subscriptionsPerSocket = 20
const pingMs = 12_000
const sessionCheckMs = 5_000
const closed = { sessionEnded: 4401, roleChanged: 4403, internal: 4500, restart: 1012 } as const

interface Extra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket
  readonly request: IncomingMessage
  viewer: Viewer
  readonly caller: RequestContext['caller']
}
type Connection = Socket<{ token?: unknown }, Extra>

/** Subscriptions by graphql-transport-ws on the same port and path as queries. Disposing asks clients to come again. */
export function openSockets(app: App, schema: GraphQLSchema, server: Server): AsyncDisposable {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 100_000, handleProtocols: (protocols) => handleProtocols(protocols) })
  const signedIn = new Map<WebSocket, Extra>()
  const serving = makeServer<{ token?: unknown }, Extra>({
    onConnect: async ({ extra, connectionParams }) => {
      const token = typeof connectionParams?.token === 'string' ? connectionParams.token : tokenOf(extra.request)
      extra.viewer = token === undefined ? nobody : await viewerOf(app, token)
      if (extra.viewer.kind !== 'staff') {
        extra.socket.close(closed.sessionEnded, 'Please sign in')
        return
      }
      signedIn.set(extra.socket, extra)
    },
    onSubscribe: (connection, _id, payload) => prepare(app, schema, connection, payload),
    subscribe: subscribeAfresh,
    onNext: (_connection, _id, _payload, args, { errors, data = null }) => {
      if (errors === undefined) return undefined
      const { requestId } = args.contextValue as RequestContext
      return { data, errors: errors.map((error) => publicError(error, { log: app.log, requestId })) }
    },
    onError: (_connection, _id, _payload, errors) => errors.map((error) => publicError(error, { log: app.log, requestId: randomUUID() })),
  })

  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const caller = { address: request.socket.remoteAddress ?? '', userAgent: (request.headers['user-agent'] ?? '').slice(0, 300) }
    const end = serving.opened(adapt(app, socket), { socket, request, viewer: nobody, caller })
    const stopPings = pingUntilSilent(socket)
    socket.once('close', (code, reason) => {
      stopPings()
      signedIn.delete(socket)
      void end(code, String(reason))
    })
    // A frame that is too large or malformed: ws closes the socket itself, with the code that says so.
    socket.on('error', (error) => app.log.info({ err: error }, 'a socket failed'))
  })

  const onUpgrade = (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    duplex.on('error', () => duplex.destroy())
    if (request.url?.split('?')[0] !== path) refuseUpgrade(duplex, '404 Not Found', `Sockets are opened at ${path}`)
    else if (!isOwnOrigin(app, request))
      refuseUpgrade(duplex, '403 Forbidden', 'This page belongs to another site; sockets are for pages of this one')
    else sockets.handleUpgrade(request, duplex, head, (socket) => sockets.emit('connection', socket, request))
  }
  server.on('upgrade', onUpgrade)

  const watch = setInterval(() => {
    void closeEnded(app, signedIn).catch((error: unknown) =>
      app.log.warn({ err: error }, 'sessions could not be looked at; it is tried again'),
    )
  }, sessionCheckMs)
  watch.unref()

  return {
    async [Symbol.asyncDispose]() {
      clearInterval(watch)
      server.off('upgrade', onUpgrade)
      server.on('upgrade', (_request, duplex: Duplex) => refuseUpgrade(duplex, '503 Service Unavailable', 'The server is being stopped'))
      for (const socket of sockets.clients) socket.close(closed.restart, 'The server is restarting')
      const late = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
      }, 2_000)
      await new Promise<void>((resolve) => sockets.close(() => resolve()))
      clearTimeout(late)
    },
  }
}

/** Parses, validates and bounds what somebody subscribes to; queries and mutations belong to HTTP, where their cookies can be set. */
function prepare(
  app: App,
  schema: GraphQLSchema,
  connection: Connection,
  payload: SubscribePayload,
): ExecutionArgs | readonly GraphQLError[] {
  try {
    if (Object.keys(connection.subscriptions).length > subscriptionsPerSocket) {
      throw new DomainError('TOO_MANY', `At most ${subscriptionsPerSocket} subscriptions fit on one socket; end some first`)
    }
    const document = parse(payload.query, { maxTokens: limits.tokens })
    const faults = validate(schema, document, [...specifiedRules, limitsRule])
    if (faults.length > 0) return faults
    const operation = getOperationAST(document, payload.operationName)
    if (operation == null) throw new GraphQLError('Name one operation of the document')
    if (operation.operation !== 'subscription')
      throw new GraphQLError('Only subscriptions are served on a socket; send queries and mutations by HTTP POST')
    const variables = payload.variables ?? {}
    assertAffordable(operation, variables)
    return {
      schema,
      document,
      operationName: operation.name?.value ?? null,
      variableValues: variables,
      contextValue: subscriptionContext(app, connection),
    }
  } catch (error) {
    return [error instanceof GraphQLError ? error : new GraphQLError((error as Error).message, { originalError: error as Error })]
  }
}

interface SubscriptionContext extends RequestContext {
  /** The same at the moment of an event: the clock has moved on, and what loaders remember is old. */
  readonly afresh: () => RequestContext
  readonly controller: AbortController
}

function subscriptionContext(app: App, { extra }: Connection): SubscriptionContext {
  const controller = new AbortController()
  const requestId = randomUUID()
  const cannot = () => {
    throw new DomainError('NOT_ALLOWED_NOW', 'Signing in and out is done by HTTP')
  }
  const rest = { cookies: { refresh: undefined, signIn: cannot, signOut: cannot }, caller: extra.caller, signal: controller.signal }
  const afresh = () => ({ ...contextOf(app, extra.viewer, requestId), ...rest })
  return { ...afresh(), afresh, controller }
}

/**
 * As graphql-js subscribes, but each event is resolved in a context of its own moment, and ending it (by the client, or when its
 * socket closes) never waits for the next event.
 */
async function subscribeAfresh(args: ExecutionArgs): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult> {
  const { afresh, controller } = args.contextValue as SubscriptionContext
  const source = await createSourceEventStream(args)
  if (!(Symbol.asyncIterator in source)) return source
  const events = (source as AsyncIterable<unknown>)[Symbol.asyncIterator]()
  const end = async (): Promise<IteratorResult<ExecutionResult, void>> => {
    controller.abort()
    await events.return?.()
    return { done: true, value: undefined }
  }
  const results: AsyncGenerator<ExecutionResult, void, void> = {
    async next() {
      const event = await events.next()
      if (event.done === true) return { done: true, value: undefined }
      return { done: false, value: await execute({ ...args, rootValue: event.value, contextValue: afresh() }) }
    },
    return: end,
    throw: end,
    [Symbol.asyncIterator]: () => results,
    [Symbol.asyncDispose]: async () => void (await end()),
  }
  return results
}

/** Closes the sockets whose session has ended or whose owner has another role now: a screen must not go on showing what it may not. */
async function closeEnded(app: App, signedIn: ReadonlyMap<WebSocket, Extra>): Promise<void> {
  // Asked in one turn of the event loop, all sessions are one statement.
  await Promise.all(
    Array.from(signedIn.values(), async ({ socket, viewer }) => {
      if (viewer.kind !== 'staff') return
      const now = await liveSession(app, viewer.sessionId)
      if (now === undefined) socket.close(closed.sessionEnded, 'The session has ended')
      else if (now.role !== viewer.role || now.waiting !== viewer.waiting) socket.close(closed.roleChanged, 'The role has changed')
    }),
  )
}

/** graphql-ws over a socket of ws; a message that cannot be handled closes it, with the reason in the log alone. */
function adapt(app: App, socket: WebSocket): Parameters<ReturnType<typeof makeServer>['opened']>[0] {
  return {
    protocol: socket.protocol,
    // Waiting until the data has left keeps a slow reader from filling memory.
    send: (data) =>
      new Promise((resolve, reject) =>
        socket.readyState === socket.OPEN ? socket.send(data, (error) => (error ? reject(error) : resolve())) : resolve(),
      ),
    close: (code, reason) => socket.close(code, reason),
    onMessage: (handle) =>
      socket.on('message', (data: Buffer) => {
        handle(data.toString()).catch((error: unknown) => {
          app.log.error({ err: error }, 'a socket message could not be handled')
          socket.close(closed.internal, 'Internal error')
        })
      }),
  }
}

/** Pings keep proxies from dropping an idle socket, and a peer that doesn't answer within one interval is gone. */
function pingUntilSilent(socket: WebSocket): () => void {
  let answered = true
  socket.on('pong', () => (answered = true))
  const timer = setInterval(() => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
  }, pingMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** A browser always says which site a page is of; programs needn't. Behind a proxy the page's host is the forwarded or the public one. */
function isOwnOrigin(app: App, request: IncomingMessage): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return true
  const page = hostOf(origin)
  const own = [host, request.headers['x-forwarded-host'], hostOf(app.config.web.url)]
  return page !== undefined && own.some((known) => typeof known === 'string' && sameHost(known) === sameHost(page))
}

/** A machine has several names for itself, and a page opened by any of them is its own. */
const sameHost = (host: string): string => host.replace(/^(?:localhost|127\.0\.0\.1|\[::1\])(?=:|$)/, 'this machine')

function hostOf(address: string): string | undefined {
  try {
    return new URL(address).host
  } catch {
    return undefined
  }
}

function refuseUpgrade(duplex: Duplex, status: string, text: string): void {
  duplex.end(
    `HTTP/1.1 ${status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  )
}

const tokenOf = (request: IncomingMessage): string | undefined =>
  bearer(request.headers.authorization) ?? accessCookieIn(request.headers.cookie)
