import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'graphql-ws'
import type { FieldFault } from 'schema/problem'
import type { Role } from 'schema/staff'
import { afterAll } from 'vitest'
import { WebSocket } from 'ws'
import { sessions, staff } from '../src/auth/tables.ts'
import { signAccess } from '../src/auth/tokens.ts'
import { readConfig } from '../src/config.ts'
import { contextOf, type App, type Context, type Viewer } from '../src/context.ts'
import { newId } from '../src/db/columns.ts'
import { openLog, type Log } from '../src/log.ts'
import { open } from '../src/open.ts'
import { run } from '../src/run.ts'
import { databaseName, emptyTables, mysqlAddress } from './databases.ts'

/** Who a caller is: somebody of a role, or one whom no administrator has let in yet. */
export type Standing = Role | 'WAITING'
type StaffViewer = Extract<Viewer, { kind: 'staff' }>
export type Variables = Readonly<Record<string, unknown>>

/** The time as the app sees it. It stands still until it is moved. */
export interface TestClock {
  readonly now: Date
  /** Moves to a moment, forwards or back. */
  at(moment: string): void
  advance(days: number): void
}

export interface TestFile {
  readonly name: string
  readonly content: string | Uint8Array<ArrayBuffer>
}

/** A stream of what a subscription delivers; an answer with errors is thrown as Refused. */
export interface Live<Data> extends AsyncIterable<Data>, AsyncDisposable {
  /** The next one; waits for it. */
  next(): Promise<Data>
  /** The code with which the server closed the socket, once it has. */
  readonly closed: Promise<number>
  close(): Promise<void>
}

/** Somebody at the front door, signed in or not. */
export interface Caller {
  readonly viewer: StaffViewer | undefined
  /** The bearer token as of now; undefined for nobody. */
  token(): Promise<string | undefined>
  /** The data of an operation sent by HTTP. @throws Refused */
  ask<Data = Record<string, unknown>>(document: string, variables?: Variables): Promise<Data>
  /** The failure of an operation that has to fail. */
  refusal(document: string, variables?: Variables): Promise<Refused>
  /** As `ask`, with a file in the variable `file`. */
  upload<Data = Record<string, unknown>>(document: string, variables: Variables, file: TestFile): Promise<Data>
  /**
   * Subscribes on a socket of its own, once that is acknowledged or closed. A document with `$after` begins at the event log's present end unless `after` is given,
   * so nothing that happens after this call is missed.
   */
  subscribe<Data = Record<string, unknown>>(document: string, variables?: Variables): Promise<Live<Data>>
}

/** An answer with errors; what the first one says is at hand. */
export class Refused extends Error {
  readonly code: string
  readonly fields: readonly FieldFault[]
  readonly facts: Readonly<Record<string, unknown>> | undefined
  readonly errors: readonly AnsweredError[]

  constructor(errors: readonly AnsweredError[]) {
    super(errors[0]?.message)
    this.errors = errors
    const extensions = errors[0]?.extensions
    this.code = extensions?.code ?? 'NONE'
    this.fields = extensions?.fields ?? []
    this.facts = extensions?.facts
  }
}

export interface AnsweredError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions?: {
    readonly code?: string
    readonly fields?: readonly FieldFault[]
    readonly facts?: Record<string, unknown>
    readonly reference?: string
  }
}
interface Answer {
  readonly data?: unknown
  readonly errors?: readonly AnsweredError[]
}

export interface TestApp extends AsyncDisposable {
  readonly app: App
  /** Such as http://127.0.0.1:41234. */
  readonly url: string
  readonly clock: TestClock
  /** Somebody of a role, made on the first call; another name makes somebody else. `null` is not signed in. */
  as(standing: Standing | null, name?: string): Promise<Caller>
  /** A context to call use-cases with, as the system or as somebody. */
  context(caller?: Caller): Context
}

/**
 * Opens the whole app on an empty database of this worker, once per file, and closes it after the file's tests.
 * `env` adds variables of config.ts, `log` takes the log lines, `clock` is the moment at which time stands still.
 */
export async function startTestApp(options: { clock?: string; env?: Record<string, string>; log?: Log } = {}): Promise<TestApp> {
  const clock = testClock(options.clock ?? '2026-03-02T10:00:00Z')
  const config = testConfig(options.env)
  const log = options.log ?? openLog(process.env['LOG_LEVEL'] ?? 'silent')
  await using resources = new AsyncDisposableStack()
  const app = resources.use(await open(config, { clock: () => clock.now, log, prepare: emptyTables }))
  const { url } = resources.use(await run(app, { port: 0 }))
  const callers = new Map<string, Promise<Caller>>()
  const held = resources.move()
  const disposed = async () => {
    if (!held.disposed) await held.disposeAsync()
  }
  afterAll(disposed)
  return {
    app,
    url,
    clock,
    as(standing, name = standing === null ? 'Nobody' : names[standing]) {
      const key = `${standing} ${name}`
      const known = callers.get(key) ?? makeCaller(app, url, standing, name)
      callers.set(key, known)
      return known
    },
    context: (caller) =>
      contextOf(app, caller === undefined ? { kind: 'system', name: 'test' } : (caller.viewer ?? { kind: 'nobody' }), 'test'),
    [Symbol.asyncDispose]: disposed,
  }
}

const names = { ADMIN: 'Ada Admin', AGENT: 'Alan Agent', VIEWER: 'Vera Viewer', WAITING: 'Wanda Waiting' } as const satisfies Record<
  Standing,
  string
>

/** The configuration of a test: this worker's database, a port that is free, a time zone with daylight saving. */
export function testConfig(env: Record<string, string> = {}) {
  const { host, port, user, password } = mysqlAddress()
  return readConfig({
    MYSQL_HOST: host,
    MYSQL_PORT: String(port),
    MYSQL_USER: user,
    MYSQL_PASSWORD: password,
    MYSQL_DATABASE: databaseName(),
    JWT_SECRET: 'the secret of the tests, 32 bytes and more',
    BUSINESS_TIME_ZONE: 'Europe/Berlin',
    COMPANY_CURRENCY: 'EUR',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
    API_HOST: '127.0.0.1',
    DATA_DIR: join(tmpdir(), databaseName()),
    ...env,
  })
}

/** Waits until something is so: until the function neither throws nor gives false; then gives what it gave. */
export async function eventually<T>(look: () => T | Promise<T>, withinMs = 10_000): Promise<T> {
  const end = performance.now() + withinMs
  for (;;) {
    try {
      const found = await look()
      if (found !== false && found !== undefined) return found
      if (performance.now() > end) throw new Error(`This was not so within ${withinMs} ms: ${look.toString()}`)
    } catch (error) {
      if (performance.now() > end) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function testClock(start: string): TestClock {
  let now = new Date(start)
  return {
    get now() {
      return now
    },
    at(moment) {
      now = new Date(moment)
    },
    advance(days) {
      now = new Date(now.getTime() + days * 86_400_000)
    },
  }
}

async function makeCaller(app: App, url: string, standing: Standing | null, name: string): Promise<Caller> {
  const viewer = standing === null ? undefined : await insertStaff(app, standing, name)
  const endpoint = `${url}/graphql`
  // Signed for each request, since the clock may have moved past the last one's end.
  const token = async () => (viewer === undefined ? undefined : signAccess(app, { staffId: viewer.id, sessionId: viewer.sessionId }))
  const send = async (body: string | FormData, headers: Record<string, string>): Promise<Answer> => {
    const bearer = await token()
    const answer = await fetch(endpoint, {
      method: 'POST',
      body,
      headers: { ...headers, ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
    })
    return (await answer.json()) as Answer
  }
  const request = (document: string, variables: Variables) =>
    send(JSON.stringify({ query: document, variables }), { 'content-type': 'application/json' })
  return {
    viewer,
    token,
    ask: async <Data>(document: string, variables: Variables = {}) => dataOf(await request(document, variables)) as Data,
    async refusal(document, variables = {}) {
      const { data, errors } = await request(document, variables)
      if (errors === undefined) throw new Error(`This was to be refused, but was answered: ${JSON.stringify(data)}`)
      return new Refused(errors)
    },
    async upload<Data>(document: string, variables: Variables, file: TestFile) {
      const form = new FormData()
      form.set('operations', JSON.stringify({ query: document, variables: { ...variables, file: null } }))
      form.set('map', JSON.stringify({ 0: ['variables.file'] }))
      form.set('0', new Blob([file.content]), file.name)
      return dataOf(await send(form, { 'apollo-require-preflight': 'true' })) as Data
    },
    async subscribe<Data>(document: string, variables: Variables = {}) {
      const latest = document.includes('$after') && variables['after'] === undefined ? dataOf(await request('{ latestEvent }', {})) : {}
      const after = (latest as { latestEvent?: string }).latestEvent
      return openLive<Data>(endpoint.replace('http', 'ws'), await token(), document, {
        ...variables,
        ...(after === undefined ? {} : { after }),
      })
    },
  }
}

function dataOf({ data, errors }: Answer): unknown {
  if (errors !== undefined) throw new Refused(errors)
  return data
}

/** A row and a session without a password: hashing one would cost every file a second. */
async function insertStaff(app: App, standing: Standing, name: string): Promise<StaffViewer> {
  const role = standing === 'WAITING' ? 'VIEWER' : standing
  const waiting = standing === 'WAITING'
  const [id, sessionId] = [newId(), newId()]
  const email = `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@example.com`
  const createdAt = app.clock()
  await app.db
    .insert(staff)
    .values({ id, name, email, passwordHash: '', role, status: waiting ? 'WAITING' : 'ACTIVE', first: null, createdAt })
  const forever = new Date('2199-01-01T00:00:00Z')
  await app.db.insert(sessions).values({ id: sessionId, staffId: id, createdAt, seenAt: createdAt, expiresAt: forever, userAgent: 'test' })
  return { kind: 'staff', id, name, email, sessionId, role, waiting }
}

async function openLive<Data>(url: string, token: string | undefined, query: string, variables: Variables): Promise<Live<Data>> {
  const closed = Promise.withResolvers<number>()
  const settled = Promise.withResolvers<unknown>()
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(token === undefined ? {} : { connectionParams: { token } }),
    on: {
      connected: settled.resolve,
      closed: (event) => {
        closed.resolve((event as { code: number }).code)
        settled.resolve(event)
      },
    },
  })
  const results = client.iterate<Data>({ query, variables: { ...variables } })
  // What it fails with is for whoever asks for the next one.
  await settled.promise
  const live: Live<Data> = {
    closed: closed.promise,
    async next() {
      const { value, done } = await results.next().catch((error: unknown) => {
        throw Array.isArray(error) ? new Refused(error as AnsweredError[]) : error
      })
      if (done === true) throw new Error('The subscription has ended')
      return dataOf(value as Answer) as Data
    },
    async close() {
      await results.return?.()
      await client.dispose()
    },
    async *[Symbol.asyncIterator]() {
      for (;;) yield await live.next()
    },
    [Symbol.asyncDispose]: () => live.close(),
  }
  return live
}
