import { SignJWT } from 'jose'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import { customers } from '../src/customers/tables.ts'
import { expectNothingInside } from './refused.ts'
import { startTestApp, type AnsweredError } from './harness.ts'

const lines: string[] = []
const { as, app, url } = await startTestApp({ log: pino({ level: 'info' }, { write: (line: string) => lines.push(line) }) })
const agent = await as('AGENT')

interface Answered {
  readonly status: number
  readonly text: string
  readonly error: AnsweredError
}

/** Sends a body as it is, signed in as an agent. */
async function post(body: string | FormData, headers: Record<string, string> = {}, signedIn = true): Promise<Answered> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...(signedIn ? { authorization: `Bearer ${await agent.token()}` } : {}), ...headers },
  })
  const text = await answer.text()
  expectNothingInside(text)
  return { status: answer.status, text, error: (JSON.parse(text) as { errors: AnsweredError[] }).errors[0]! }
}
const query = (document: string, variables?: unknown) => post(JSON.stringify({ query: document, variables }))

afterEach(() => {
  // A fault of the caller is no error of ours: nothing of the kind may be in the log, and nothing of what was sent.
  const logged = lines.splice(0).map((line) => JSON.parse(line) as { level: number; msg: string })
  expect(logged.filter(({ level }) => level >= 40)).toEqual([])
})

describe('a body that is none', () => {
  test.each([
    ['malformed JSON', '{"query": "{ me { name } }"', 400, 'BAD_REQUEST'],
    ['nothing', '', 400, 'BAD_REQUEST'],
    ['a number', '42', 400, 'BAD_REQUEST'],
    ['null', 'null', 400, 'BAD_REQUEST'],
    ['no query', '{}', 400, 'BAD_REQUEST'],
    ['a query that is a number', '{"query": 1}', 400, 'BAD_REQUEST'],
    ['variables that are a string', '{"query": "{ me { name } }", "variables": "{}"}', 400, 'BAD_REQUEST'],
    ['a poisoned prototype', '{"query": "{ me { name } }", "__proto__": {"x": 1}}', 400, 'BAD_REQUEST'],
    ['a batch', '[{"query": "{ me { name } }"}, {"query": "{ me { name } }"}]', 400, 'BAD_REQUEST'],
    ['an empty batch', '[]', 400, 'BAD_REQUEST'],
    ['a persisted query', '{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "abc"}}}', 200, 'PERSISTED_QUERY_NOT_SUPPORTED'],
    ['more than 200 kB', JSON.stringify({ query: `{ me { name } } # ${'x'.repeat(200_000)}` }), 413, 'TOO_LARGE'],
  ])('%s', async (_what, body, status, code) => {
    const answer = await post(body)
    expect([answer.status, answer.error.extensions?.code]).toEqual([status, code])
    expect(answer.error.message.length).toBeGreaterThan(10)
  })

  test('nothing is sent on when its length is a lie', async () => {
    const answer = await post('{"query": "{ me { name } }"}'.repeat(2))
    expect(answer.error.extensions?.code).toBe('BAD_REQUEST')
  })
})

describe('what another site could make a browser send', () => {
  const body = JSON.stringify({ query: 'mutation { signOut { at } }' })
  test.each([
    // What a form may send without asking is refused for that reason, before anybody looks at what it says.
    ['text/plain', /Cross-Site Request Forgery/],
    ['application/x-www-form-urlencoded', /./],
    ['multipart/form-data; boundary=x', /./],
  ])('a mutation as %s', async (type, reason) => {
    const answer = await post(body, { 'content-type': type })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect(answer.error.extensions?.code).toBe('BAD_REQUEST')
    expect(answer.error.message).toMatch(reason)
  })

  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('anything by %s', async (method) => {
    const answer = await fetch(`${url}/graphql?query=${encodeURIComponent('mutation { signOut { at } }')}`, {
      method,
      headers: { authorization: `Bearer ${await agent.token()}`, origin: 'https://evil.example' },
    })
    expect([404, 405]).toContain(answer.status)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expectNothingInside(await answer.text())
  })

  test('an upload without the header that makes a browser ask first is refused unread', async () => {
    const form = new FormData()
    form.set(
      'operations',
      JSON.stringify({ query: 'mutation ($file: Upload!) { uploadImport(file: $file) { id } }', variables: { file: null } }),
    )
    form.set('map', JSON.stringify({ 0: ['variables.file'] }))
    form.set('0', new Blob(['abc']), 'a.xlsx')
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      body: form,
      headers: { authorization: `Bearer ${await agent.token()}` },
    })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({
      errors: [{ message: 'An upload needs the header apollo-require-preflight', extensions: { code: 'BAD_REQUEST' } }],
    })
  })
})

describe('a document that does not hold', () => {
  test.each([
    ['a syntax error', '{ me { name ', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ me { password } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown argument', '{ customers(limit: 5) { nodes { id } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a fragment within itself', '{ me { ...a } } fragment a on Me { ...a }', 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown enum value', '{ customers(sort: { by: SHOE_SIZE }) { nodes { id } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a subscription by HTTP', 'subscription { events { number } }', 'BAD_REQUEST'],
  ])('%s', async (_what, document, code) => {
    const { status, error } = await query(document)
    expect([status, error.extensions?.code]).toEqual([400, code])
  })

  test('an operation name that is not there', async () => {
    const { error } = await post(JSON.stringify({ query: 'query A { me { name } } query B { me { name } }', operationName: 'C' }))
    expect(error).toMatchObject({ message: 'Unknown operation named "C".', extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })
  })
})

describe('a document that asks for too much', () => {
  const nested = (levels: number) =>
    `{ customers { nodes { ${'payments { nodes { customer { '.repeat(levels)} id ${'} } }'.repeat(levels)} } } }`
  test.each([
    ['depth', nested(4), 'This goes 15 levels deep; at most 12 are allowed: ask for less in one document'],
    [
      'depth',
      `{ customers { nodes { ...a } } } ${[...'abcde'].map((name, n) => `fragment ${name} on Customer { payments { nodes { customer { ${n === 4 ? 'id' : `...${'bcdef'[n]}`} } } } }`).join(' ')}`,
      'This goes 18 levels deep; at most 12 are allowed: ask for less in one document',
    ],
    [
      'aliases',
      `{ me { ${Array.from({ length: 31 }, (_, n) => `a${n}: name`).join(' ')} } }`,
      'This has 31 aliases; at most 30 are allowed: ask for less in one document',
    ],
    [
      'rootFields',
      `{ ${'me { name } '.repeat(21)} }`,
      'This has 21 fields at its root; at most 20 are allowed: ask for less in one document',
    ],
    [
      'values',
      '{ customers(first: 100) { nodes { dues(first: 100) { nodes { customer { dues(first: 100) { nodes { id } } } } } } } }',
      /^This could answer with 1,0\d\d,\d{3} values; at most 100,000 are allowed: ask for fewer rows \(first\) or fewer fields$/,
    ],
  ])('by its %s', async (limit, document, message) => {
    const { status, error } = await query(document)
    expect(status).toBe(400)
    expect(error.extensions).toEqual({ code: 'TOO_LARGE', limit })
    expect(error.message).toMatch(message)
  })

  test('values, when a variable says how many', async () => {
    const document =
      'query ($n: Int!) { customers(first: $n) { nodes { id dues(first: $n) { nodes { id customer { id dues(first: $n) { nodes { id } } } } } } } }'
    expect((await query(document, { n: 100 })).error.extensions).toEqual({ code: 'TOO_LARGE', limit: 'values' })
    expect(await agent.ask(document, { n: 10 })).toEqual({ customers: { nodes: [] } })
  })

  test('fragments that double at each step are refused at once', async () => {
    const steps = Array.from(
      { length: 26 },
      (_, n) => `fragment f${n} on Customer { ...f${n + 1} payments { nodes { customer { ...f${n + 1} } } } }`,
    )
    const began = performance.now()
    const { error } = await query(`{ customers { nodes { ...f0 } } } ${steps.join(' ')} fragment f26 on Customer { id }`)
    expect(error.extensions?.code).toBe('TOO_LARGE')
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  test.each([
    ['tokens', `{ ${'me { name } '.repeat(600)} }`],
    ['brackets', `{ customers(filter: ${'['.repeat(50_000)}`],
  ])('%s without end are refused while they are read', async (_what, document) => {
    const { error } = await query(document)
    expect(error).toMatchObject({ message: expect.stringContaining('1000 tokens') as string, extensions: { code: 'GRAPHQL_PARSE_FAILED' } })
  })

  test.each([101, 1_000_000, 0, -1])('a page of %i rows', async (first) => {
    expect(await agent.refusal('query ($first: Int!) { customers(first: $first) { nodes { id } } }', { first })).toMatchObject({
      code: 'INVALID',
      fields: [{ path: 'first', message: 'Ask for 1 to 100 rows at a time' }],
    })
  })

  test.each(['x', 'bm90IGpzb24', Buffer.from('["a"]').toString('base64url'), '{}', '../../etc/passwd'])(
    'a page after %j',
    async (after) => {
      expect(await agent.refusal('query ($after: String) { customers(after: $after) { nodes { id } } }', { after })).toMatchObject({
        code: 'INVALID',
        fields: [{ path: 'after' }],
      })
    },
  )
})

describe('a token that does not hold', () => {
  const claims = { sid: agent.viewer!.sessionId }
  const sign = (secret: string, change: (jwt: SignJWT) => SignJWT = (jwt) => jwt) =>
    change(
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(agent.viewer!.id)
        .setIssuer('collection')
        .setAudience('collection-api')
        .setExpirationTime(new Date('2030-01-01')),
    ).sign(Buffer.from(secret))
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ ...claims, sub: agent.viewer!.id, exp: 9_999_999_999 })).toString('base64url')}.`

  test.each([
    ['none', async () => ({})],
    ['not a token', async () => ({ authorization: 'Bearer abc' })],
    ['another scheme', async () => ({ authorization: 'Basic YWRtaW46YWRtaW4=' })],
    ['an empty one', async () => ({ authorization: 'Bearer ' })],
    ['unsigned', async () => ({ authorization: `Bearer ${unsigned}` })],
    ['signed by somebody else', async () => ({ authorization: `Bearer ${await sign('somebody else has this secret of 32 bytes')}` })],
    ['cut short', async () => ({ authorization: `Bearer ${(await agent.token())?.slice(0, -3)}` })],
    ['in a cookie of 4 kB', async () => ({ cookie: `access=${'x'.repeat(4_000)}` })],
  ])('%s is nobody', async (_what, headers) => {
    const answer = await post(JSON.stringify({ query: '{ customers { nodes { id } } }' }), await headers(), false)
    expect(answer.error).toMatchObject({ message: 'Please sign in', extensions: { code: 'UNAUTHENTICATED' } })
  })
})

describe('values that no form would send', () => {
  const create = 'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { id name } }'
  const due = { amount: '10.00', dueDate: '2026-04-01' }

  test.each([
    ['a name of 10,000 characters', { name: 'x'.repeat(10_000) }, 'name', 'The name can have at most 200 characters'],
    ['an empty name', { name: '' }, 'name', 'The name is missing'],
    ['a name of spaces', { name: '  \t ' }, 'name', 'The name is missing'],
    ['a name with a null character', { name: 'Gra\u0000ce' }, 'name', 'The name has characters that cannot be shown'],
    ['a name with an escape', { name: 'Gra\u001b[2Jce' }, 'name', 'The name has characters that cannot be shown'],
    ['a name that turns the line around', { name: 'Gra\u202Ece' }, 'name', 'The name has characters that cannot be shown'],
    ['a name of two lines', { name: 'Gra\nce' }, 'name', 'The name has characters that cannot be shown'],
    ['an unknown currency', { name: 'Grace', currency: 'XYZ' }, 'currency', 'Choose a currency code such as EUR, USD or JPY.'],
    [
      'an e-mail address that is none',
      { name: 'Grace', contacts: [{ kind: 'EMAIL', value: 'grace' }] },
      'contacts.0.value',
      'This is not an e-mail address',
    ],
    [
      'twenty-one contacts',
      { name: 'Grace', contacts: Array.from({ length: 21 }, () => ({ kind: 'PHONE', value: '+49 30 1234567' })) },
      'contacts',
      'A customer can have at most 20 contacts',
    ],
    ['the amount 1e3', { name: 'Grace', due: { ...due, amount: '1e3' } }, 'due.amount', 'Must be a number such as 1250.50'],
    ['the amount NaN', { name: 'Grace', due: { ...due, amount: 'NaN' } }, 'due.amount', 'Must be a number such as 1250.50'],
    ['the amount 1,5', { name: 'Grace', due: { ...due, amount: '1,5' } }, 'due.amount', 'Must be a number such as 1250.50'],
    ['an amount that is a number', { name: 'Grace', due: { ...due, amount: 12.5 } }, 'due.amount', 'Decimal must be given as a string'],
    ['the amount -5', { name: 'Grace', due: { ...due, amount: '-5' } }, 'due.amount', 'The amount must be a number such as 1250.50'],
    ['the amount 0', { name: 'Grace', due: { ...due, amount: '0' } }, 'due.amount', 'The amount must be more than zero'],
    ['the amount 0.001', { name: 'Grace', due: { ...due, amount: '0.001' } }, 'due.amount', 'EUR has at most 2 decimals.'],
    [
      'an amount beyond everything',
      { name: 'Grace', due: { ...due, amount: '9999999999999999' } },
      'due.amount',
      'The amount is too large: at most 10000000000000.00 EUR.',
    ],
    ['the 30th of February', { name: 'Grace', due: { ...due, dueDate: '2026-02-30' } }, 'due.dueDate', 'Must be a date such as 2026-03-31'],
    [
      'a date in another order',
      { name: 'Grace', due: { ...due, dueDate: '31.03.2026' } },
      'due.dueDate',
      'Must be a date such as 2026-03-31',
    ],
    ['the year 20260', { name: 'Grace', due: { ...due, dueDate: '20260-03-01' } }, 'due.dueDate', 'Must be a date such as 2026-03-31'],
  ])('%s is refused at its field, and nothing is written', async (_what, input, path, message) => {
    const refused = await agent.refusal(create, { input })
    expect(refused).toMatchObject({ code: 'INVALID', fields: [{ path, message }] })
    expect(refused.message.length).toBeLessThan(200)
    expect(await app.db.$count(customers)).toBe(0)
  })

  test.each([
    ['a number for a name', { name: 42 }],
    ['nothing for a name', { name: null }],
    ['no name', {}],
    ['an unknown field', { name: 'Grace', isAdmin: true }],
    ['an unknown kind of contact', { name: 'Grace', contacts: [{ kind: 'FAX', value: '1' }] }],
    ['a list for an object', [{ name: 'Grace' }]],
  ])('%s is refused by the schema', async (_what, input) => {
    const refused = await agent.refusal(create, { input })
    expect(refused.code).toBe(Array.isArray(input) ? 'BAD_USER_INPUT' : 'BAD_USER_INPUT')
    expect(refused.message).toContain('$input')
    expect(await app.db.$count(customers)).toBe(0)
  })

  test('every fault of an input is named at once', async () => {
    const refused = await agent.refusal(create, { input: { name: '', currency: 'XYZ', due: { ...due, amount: '0' } } })
    expect(refused.fields.map(({ path }) => path)).toEqual(['name', 'currency', 'due.amount'])
  })

  test.each(["' or 1=1 --", 'x', '', '0190a0b0-0000-7000-8000-00000000000', '0190a0b0-0000-7000-8000-0000000000000', 'é'.repeat(500)])(
    'no customer has the id %j',
    async (id) => {
      expect(await agent.ask('query ($id: ID!) { customer(id: $id) { id } }', { id })).toEqual({ customer: null })
    },
  )

  test('brackets in brackets for an id', async () => {
    const { error } = await post(
      `{"query": "query ($id: ID!) { customer(id: $id) { id } }", "variables": {"id": ${'['.repeat(50_000)}${']'.repeat(50_000)}}}`,
    )
    expect(error.extensions?.code).toBe('BAD_USER_INPUT')
  })

  test('a file that is too large is refused before it is read', async () => {
    const document = 'mutation ($file: Upload!) { uploadImport(file: $file) { id } }'
    const began = performance.now()
    const upload = agent.upload(document, {}, { name: 'a.xlsx', content: new Uint8Array(21_500_000) })
    await expect(upload).rejects.toMatchObject({ code: 'TOO_LARGE', message: 'The file is larger than 20 MB; split it in two' })
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  test('names of every script are kept as they are', async () => {
    for (const name of ['Zoë Ångström', '王小明', 'محمد بن سلمان', '👩‍👩‍👧 Family & Sons', "O'Brien; drop table customer", '=1+1']) {
      expect(await agent.ask(create, { input: { name: ` ${name} ` } })).toMatchObject({ createCustomer: { name } })
    }
  })
})
