import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  type GraphQLField,
  type GraphQLInputType,
} from 'graphql'
import { createClient } from 'graphql-ws'
import { operations, type Access, type Operation } from 'schema/permissions'
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { sessions, staff } from '../src/auth/tables.ts'
import { guard, openSchema } from '../src/graphql/schema.ts'
import { startTestApp, type Caller, type Refused, type Standing } from './harness.ts'

const { as, app, url } = await startTestApp()
const schema = await openSchema()

const kinds = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() }
const all = Object.entries(kinds).flatMap(([kind, type]) =>
  Object.values(type?.getFields() ?? {}).map((field) => ({ kind, name: field.name, field })),
)
const closedOnes = all.filter(({ name }) => operations[name as Operation] !== 'anyone')

/** Some value that the schema accepts, as a literal. */
function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType)
  if (isListType(type)) return '[]'
  if (isEnumType(type)) return type.getValues()[0]!.name
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) && field.defaultValue === undefined)
    return `{ ${fields.map((field) => `${field.name}: ${literal(field.type)}`).join(', ')} }`
  }
  const samples: Record<string, string> = {
    ID: '"0190a0b0-0000-7000-8000-000000000000"',
    Int: '1',
    Boolean: 'true',
    Date: '"2026-03-01"',
    Decimal: '"1.00"',
    EventNumber: '"0"',
  }
  return samples[type.name] ?? '"some text"'
}

function documentOf(kind: string, field: GraphQLField<unknown, unknown>): { document: string; uploads: boolean } {
  const required = field.args.filter((argument) => isNonNullType(argument.type) && argument.defaultValue === undefined)
  const uploads = required.some((argument) => getNamedType(argument.type).name === 'Upload')
  const args = required.map(
    (argument) => `${argument.name}: ${getNamedType(argument.type).name === 'Upload' ? '$file' : literal(argument.type)}`,
  )
  const selection = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }'
  return {
    document: `${kind}${uploads ? ' ($file: Upload!)' : ''} { ${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${selection} }`,
    uploads,
  }
}

async function codeFor(caller: Caller, kind: string, field: GraphQLField<unknown, unknown>): Promise<string> {
  const { document, uploads } = documentOf(kind, field)
  try {
    if (kind === 'subscription') {
      await using live = await caller.subscribe(document)
      await live.next()
    } else if (uploads) await caller.upload(document, {}, { name: 'a.txt', content: 'no workbook' })
    else await caller.ask(document)
  } catch (error) {
    return (error as Refused).code
  }
  return 'DONE'
}

function expectedFor(standing: Standing, access: Access): string | undefined {
  if (access === 'anyone' || access === 'signed-in') return undefined
  if (standing === 'WAITING') return 'WAITING'
  return access.includes(standing) ? undefined : 'FORBIDDEN'
}

describe('who may do what', () => {
  test('there are operations of every kind', () => {
    expect(new Set(closedOnes.map(({ kind }) => kind))).toEqual(new Set(['query', 'mutation', 'subscription']))
    expect(closedOnes.length).toBeGreaterThan(20)
  })

  test.each(closedOnes.filter(({ kind }) => kind !== 'subscription'))(
    'nobody may use $kind $name without signing in',
    async ({ kind, field }) => {
      expect(await codeFor(await as(null), kind, field)).toBe('UNAUTHENTICATED')
    },
  )

  test.each(closedOnes.filter(({ kind }) => kind === 'subscription'))(
    'a socket for $name is closed when nobody is signed in',
    async ({ kind, field }) => {
      await using live = await (await as(null)).subscribe(documentOf(kind, field).document)
      await live.next().catch(() => {})
      expect(await live.closed).toBe(4401)
    },
  )

  const refusals = (['WAITING', 'VIEWER', 'AGENT'] as const).flatMap((standing) =>
    closedOnes.map((operation) => ({ ...operation, standing, expected: expectedFor(standing, operations[operation.name as Operation]) })),
  )
  test.each(refusals.filter(({ expected }) => expected !== undefined))(
    '$standing is refused $kind $name with $expected',
    async ({ standing, kind, field, expected }) => {
      expect(await codeFor(await as(standing), kind, field)).toBe(expected)
    },
  )

  const allowed = refusals.filter(({ expected, kind }) => expected === undefined && kind !== 'subscription')
  test.each(allowed)('$standing gets as far as the use-case with $kind $name', async ({ standing, kind, field }) => {
    expect(['UNAUTHENTICATED', 'WAITING', 'FORBIDDEN', 'INTERNAL']).not.toContain(await codeFor(await as(standing), kind, field))
  })

  test('a table that leaves out an operation, or names one that is not there, stops the start', async () => {
    const { company: _company, ...others } = operations
    expect(() => guard(schema, others)).toThrow('schema/permissions.ts does not say who may use Query.company')
    expect(() => guard(schema, { ...operations, fly: 'anyone' })).toThrow('schema/permissions.ts names what the schema has not: fly')
  })
})

test('each half of a document is refused by itself', async () => {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ registration { codeRequired } me { name } }' }),
  })
  expect(await answer.json()).toEqual({ data: { registration: { codeRequired: false }, me: null } })
})

describe('sockets', () => {
  const listening = 'subscription { events { number } }'

  test('a page of another site may not open one', async () => {
    expect(await handshake({ origin: 'https://evil.example' })).toBe(403)
    expect(await handshake({ origin: 'null' })).toBe(403)
    expect(await handshake({ origin: `http://${new URL(url).host}.evil.example` })).toBe(403)
  })

  test.each([
    ['this server', () => url],
    ['the public address', () => app.config.web.url],
  ])('a page of %s may', async (_whose, origin) => {
    expect(await handshake({ origin: origin() })).toBe(101)
  })

  test('one at another path is refused', async () => {
    expect(await handshake({}, '/other')).toBe(404)
  })

  test('the access cookie signs in as well as the token does', async () => {
    const token = await (await as('VIEWER')).token()
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      retryAttempts: 0,
      webSocketImpl: withHeaders({ cookie: `theme=dark; access=${token}` }),
    })
    const acknowledged = Promise.withResolvers<unknown>()
    client.on('connected', acknowledged.resolve)
    client.on('closed', acknowledged.reject)
    client.subscribe({ query: listening }, { next() {}, error() {}, complete() {} })
    expect(await acknowledged.promise).toBeDefined()
    await client.dispose()
  })

  test('queries and mutations are not served there', async () => {
    await using live = await (await as('ADMIN')).subscribe('mutation { signOut { at } }')
    await expect(live.next()).rejects.toThrow('send queries and mutations by HTTP POST')
  })

  test('a twenty-first subscription is refused, and the twenty go on', async () => {
    const token = await (await as('VIEWER')).token()
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { token },
    })
    const refused = Promise.withResolvers<unknown>()
    for (let n = 1; n <= 21; n++)
      client.subscribe({ query: listening }, { next() {}, error: (error) => refused.resolve(error), complete() {} })
    expect(await refused.promise).toMatchObject([
      { message: 'At most 20 subscriptions fit on one socket; end some first', extensions: { code: 'TOO_MANY' } },
    ])
    await client.dispose()
  })

  test('a message above 100 kB closes it', async () => {
    await using live = await (await as('VIEWER')).subscribe(`subscription { events { number } } # ${'x'.repeat(120_000)}`)
    await live.next().catch(() => {})
    expect(await live.closed).toBe(1009)
  })

  test.concurrent('it is closed when the session ends elsewhere', async () => {
    const bea = await as('AGENT', 'Bea Agent')
    await using live = await bea.subscribe(listening)
    live.next().catch(() => {})
    await app.db.update(sessions).set({ endedAt: app.clock() }).where(eq(sessions.id, bea.viewer!.sessionId))
    expect(await live.closed).toBe(4401)
  })

  test.concurrent('it is closed when the role changes', async () => {
    const cleo = await as('AGENT', 'Cleo Agent')
    await using live = await cleo.subscribe(listening)
    live.next().catch(() => {})
    await app.db.update(staff).set({ role: 'VIEWER' }).where(eq(staff.id, cleo.viewer!.id))
    expect(await live.closed).toBe(4403)
  })

  const withHeaders = (headers: Record<string, string>) =>
    class extends WebSocket {
      constructor(address: string, protocols: string | string[]) {
        super(address, protocols, { headers })
      }
    }

  /** The status that answers a handshake. */
  function handshake(headers: Record<string, string>, path = '/graphql'): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>()
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', { headers })
    socket.on('open', () => {
      resolve(101)
      socket.close()
    })
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.on('error', () => {})
    return promise
  }
})

describe('around the API', () => {
  test.each(['live', 'ready'])('/health/%s answers', async (which) => {
    const answer = await fetch(`${url}/health/${which}`)
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
  })

  test('an unknown address is a problem with the request id', async () => {
    const answer = await fetch(`${url}/nowhere`, { headers: { 'x-request-id': 'my-request-1' } })
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(await answer.json()).toMatchObject({ type: 'about:blank', status: 404, code: 'NOT_FOUND', instance: 'my-request-1' })
    expect(answer.headers.get('x-request-id')).toBe('my-request-1')
  })

  test.each(['short', 'has space in it', 'x'.repeat(65), 'line%0Abreak'])('the request id %j is replaced', async (id) => {
    const given = (await fetch(`${url}/health/live`, { headers: { 'x-request-id': id } })).headers.get('x-request-id')
    expect(given).toMatch(/^[\da-f-]{36}$/)
  })

  test('every answer says that nobody may frame, sniff or keep it', async () => {
    const { headers } = await fetch(`${url}/health/live`)
    expect(headers.get('content-security-policy')).toBe("default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('strict-transport-security')).toBeNull()
  })

  test('the REST documentation and its page are there', async () => {
    const document = (await (await fetch(`${url}/v1/docs/json`)).json()) as { openapi: string; paths: Record<string, unknown> }
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/health/live', '/health/ready', '/session/refresh']))
    expect(document.paths).not.toHaveProperty('/graphql')
    const page = await (await fetch(`${url}/v1/docs`)).text()
    expect(page).toContain('swagger-ui')
    expect(page).not.toMatch(/(src|href)=["']?(https?:)?\/\//)
  })
})
