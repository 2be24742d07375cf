import { eq, sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { SignJWT } from 'jose'
import { createHmac } from 'node:crypto'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RowDataPacket } from 'mysql2'
import { pino } from 'pino'
import type { Role } from 'schema/staff'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { attemptsFrom, countAttempt, networkOf } from '../src/auth/attempts.ts'
import { firstAccountCode } from '../src/auth/auth.ts'
import { hashPassword } from '../src/auth/passwords.ts'
import { attempts, staff } from '../src/auth/tables.ts'
import type { Config } from '../src/config.ts'
import { contextOf, type App } from '../src/context.ts'
import { newId } from '../src/db/columns.ts'
import { openDatabase } from '../src/db/database.ts'
import { events } from '../src/events/tables.ts'
import { openSchema } from '../src/graphql/schema.ts'
import { makeServer } from '../src/http/server.ts'
import { eventually, startTestApp } from './harness.ts'

const password = 'a bridge of seven arches'
const otherSecret = 'the next secret of the tests, as long as the first'

const { app, clock } = await startTestApp()
const secret = app.config.secrets[0]
const schema = await openSchema()
const start = clock.now
const servers: FastifyInstance[] = []
const front = await another({})

const days = 1
const seconds = 1 / (24 * 60 * 60)

beforeEach(async () => {
  clock.at(start.toISOString())
  for (const table of ['refresh_token', 'session', 'staff', 'attempt', 'event', 'audit'])
    await app.db.execute(sql.raw(`delete from ${table}`))
})

afterAll(async () => {
  for (const server of servers) await server.close()
})

interface Answer {
  readonly data: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly {
    readonly message: string
    readonly extensions: { readonly code: string; readonly fields?: readonly { readonly path: string }[]; readonly facts?: unknown }
  }[]
}

interface Jar {
  readonly access: string
  readonly refresh: string
}

/** What one process answers at its front door. */
interface Front {
  ask(
    document: string,
    variables?: Record<string, unknown>,
    who?: { access?: string; from?: string },
  ): Promise<Answer & { cookies: Partial<Jar> }>
  renew(
    refresh: string | undefined,
    headers?: Record<string, string>,
  ): Promise<{ status: number; cookies: Partial<Jar>; body: string; setCookie: string }>
}

/** Another process on the same database, perhaps with another configuration, log or pool. */
async function another(changes: Partial<Config>, parts: Partial<App> = {}): Promise<Front> {
  const server = await makeServer({ ...app, ...parts, config: { ...app.config, ...changes } }, schema)
  servers.push(server)
  const jarOf = (cookies: readonly { name: string; value: string }[]) => Object.fromEntries(cookies.map(({ name, value }) => [name, value]))
  return {
    async ask(query, variables = {}, { access, from } = {}) {
      const answer = await server.inject({
        method: 'POST',
        url: '/graphql',
        payload: { query, variables },
        ...(access === undefined ? {} : { cookies: { access } }),
        ...(from === undefined ? {} : { headers: { 'x-forwarded-for': from } }),
      })
      return { ...answer.json<Answer>(), cookies: jarOf(answer.cookies) }
    },
    async renew(refresh, headers = { 'apollo-require-preflight': 'true' }) {
      const answer = await server.inject({
        method: 'POST',
        url: '/session/refresh',
        headers,
        cookies: refresh === undefined ? {} : { refresh },
      })
      return {
        status: answer.statusCode,
        cookies: jarOf(answer.cookies),
        body: answer.body,
        setCookie: String(answer.headers['set-cookie']),
      }
    },
  }
}

const registerDocument = 'mutation ($input: RegisterInput!) { register(input: $input) { id name email role waiting } }'
const signInDocument = 'mutation ($input: SignInInput!) { signIn(input: $input) { id } }'
const approveDocument = 'mutation ($id: ID!, $role: Role!) { approveStaff(id: $id, role: $role) { id role status } }'

async function register(
  name: string,
  given: { through?: Front; code?: string } = {},
): Promise<Jar & { id: string; role: Role; waiting: boolean }> {
  const input = { name, email: `${name}@example.com`, password, ...(given.code === undefined ? {} : { code: given.code }) }
  const { data, errors, cookies } = await (given.through ?? front).ask(registerDocument, { input })
  if (errors !== undefined) throw new Error(errors[0]?.message)
  return { ...(data?.['register'] as { id: string; role: Role; waiting: boolean }), ...(cookies as Jar) }
}

const signIn = (name: string, given = password, { through = front, from }: { through?: Front; from?: string } = {}) =>
  through.ask(signInDocument, { input: { email: `${name}@example.com`, password: given } }, from === undefined ? {} : { from })

const me = async (access: string, through = front): Promise<unknown> =>
  (await through.ask('{ me { name role waiting } }', {}, { access })).data?.['me']
const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions.code

test('the first account becomes an active ADMIN and is signed in', async () => {
  expect(await front.ask('{ registration { first codeRequired } }')).toMatchObject({
    data: { registration: { first: true, codeRequired: false } },
  })
  const ada = await register('ada')
  expect(ada).toMatchObject({ role: 'ADMIN', waiting: false })
  expect(await me(ada.access)).toEqual({ name: 'ada', role: 'ADMIN', waiting: false })
  expect(await front.ask('{ registration { first } }')).toMatchObject({ data: { registration: { first: false } } })
})

test('of several first registrations at once exactly one becomes ADMIN', async () => {
  const all = await Promise.all(['ada', 'ben', 'cleo', 'dan', 'eva', 'finn'].map((name) => register(name)))
  expect(all.map(({ role }) => role).sort()).toEqual(['ADMIN', 'VIEWER', 'VIEWER', 'VIEWER', 'VIEWER', 'VIEWER'])
  expect(all.filter(({ waiting }) => !waiting)).toHaveLength(1)
})

test('a registration that was as early as another, but committed later, does not become ADMIN', async () => {
  let late: ReturnType<typeof register> | undefined
  await app.db.transaction(async (tx) => {
    const ada = {
      id: newId(),
      name: 'ada',
      email: 'ada@example.com',
      passwordHash: '',
      role: 'ADMIN',
      status: 'ACTIVE',
      first: true,
      createdAt: start,
    } as const
    await tx.insert(staff).values(ada)
    late = register('ben')
    // It has seen no account either, and waits for the unique key now.
    await eventually(async () => {
      // The table is not brought up to date when it is read more often than that.
      await sleep(150)
      const [[waiting]] = await app.pool
        .promise()
        .query<RowDataPacket[]>(
          "select count(*) as statements from information_schema.innodb_trx where trx_state = 'LOCK WAIT' and trx_query like 'insert into `staff`%'",
        )
      return Number(waiting?.['statements']) > 0
    }, 8_000)
  })
  expect(await late).toMatchObject({ role: 'VIEWER', waiting: true })
})

test('a later account waits, and sees only itself and the company until an ADMIN lets it in', async () => {
  const ada = await register('ada')
  const ben = await register('ben')
  expect(await me(ben.access)).toEqual({ name: 'ben', role: 'VIEWER', waiting: true })
  expect(await front.ask('{ company { name } }', {}, ben)).not.toHaveProperty('errors')
  for (const document of ['{ staff { id } }', '{ customers { nodes { id } } }', '{ notificationState { unread } }']) {
    expect(codeOf(await front.ask(document, {}, ben))).toBe('WAITING')
  }

  expect(await front.ask(approveDocument, { id: ben.id, role: 'AGENT' }, ada)).toMatchObject({
    data: { approveStaff: { role: 'AGENT', status: 'ACTIVE' } },
  })
  // At once, although the session was looked up a moment ago.
  expect(await me(ben.access)).toEqual({ name: 'ben', role: 'AGENT', waiting: false })
  expect((await front.ask('{ staff { name status } }', {}, ben)).data).toEqual({
    staff: [
      { name: 'ada', status: 'ACTIVE' },
      { name: 'ben', status: 'ACTIVE' },
    ],
  })
  expect(codeOf(await front.ask(approveDocument, { id: ben.id, role: 'ADMIN' }, ada))).toBe('NOT_ALLOWED_NOW')
  expect(codeOf(await front.ask(approveDocument, { id: ben.id, role: 'ADMIN' }, ben))).toBe('FORBIDDEN')
  expect(codeOf(await front.ask(approveDocument, { id: 'nobody', role: 'ADMIN' }, ada))).toBe('NOT_FOUND')

  const recorded = await app.db.select({ type: events.type, actor: events.actorName, facts: events.facts }).from(events).orderBy(events.id)
  expect(recorded).toEqual([
    { type: 'STAFF_REGISTERED', actor: 'ada', facts: { staffId: ada.id, name: 'ada', waiting: false } },
    { type: 'STAFF_REGISTERED', actor: 'ben', facts: { staffId: ben.id, name: 'ben', waiting: true } },
    { type: 'STAFF_CHANGED', actor: 'ada', facts: { staffId: ben.id, name: 'ben', waiting: false } },
  ])
})

test('off loopback the first account needs the code that the start prints', async () => {
  const config = { api: { host: '0.0.0.0', port: 4000 } }
  const open = await another(config)
  const code = firstAccountCode({ ...app.config, ...config })
  expect(code).toMatch(/^\w{4}-\w{4}-\w{4}$/)
  expect(firstAccountCode(app.config)).toBeUndefined()
  expect(await open.ask('{ registration { first codeRequired } }')).toMatchObject({
    data: { registration: { first: true, codeRequired: true } },
  })
  for (const wrong of [undefined, '', 'AAAA-AAAA-AAAA']) {
    const input = { name: 'Eve', email: 'eve@example.com', password, code: wrong }
    expect((await open.ask(registerDocument, { input })).errors?.[0]?.extensions).toMatchObject({
      code: 'INVALID',
      fields: [{ path: 'code' }],
    })
  }
  expect(await register('ada', { through: open, code: code?.toLowerCase().replaceAll('-', ' ') ?? '' })).toMatchObject({ role: 'ADMIN' })
  expect(await register('ben', { through: open })).toMatchObject({ waiting: true })
})

test('an e-mail address has one account, however it is written', async () => {
  await register('ada')
  const input = { name: 'Ada again', email: ' ADA@Example.com ', password }
  expect((await front.ask(registerDocument, { input })).errors?.[0]?.extensions).toMatchObject({
    code: 'TAKEN',
    fields: [{ path: 'email' }],
  })
  expect((await front.ask(signInDocument, { input: { email: 'ADA@example.com', password } })).errors).toBeUndefined()
})

test('a name that looks like the database’s own words registers like any other', async () => {
  await Promise.all([register("staff.staff_first'x"), register("staff.staff_email'x")])
  await expect(register("staff.staff_first'x")).rejects.toThrow('has an account already')
})

test('a wrong password and an unknown e-mail address get the same answer after the same time', async () => {
  await register('ada')
  const timesMs: Record<string, number[]> = { ada: [], nobody: [] }
  const answers = new Set<string>()
  for (const name of ['ada', 'nobody', 'ada', 'nobody', 'ada', 'nobody', 'ada', 'nobody', 'ada', 'nobody']) {
    const started = performance.now()
    const { cookies, ...answer } = await signIn(name, 'not the right one')
    timesMs[name]?.push(performance.now() - started)
    answers.add(JSON.stringify(answer))
    expect(cookies).toEqual({})
  }
  expect([...answers]).toEqual([expect.stringContaining('"code":"UNAUTHENTICATED"')])
  // One without hashing would take a fifth of the other.
  const fastest = (name: string) => Math.min(...(timesMs[name] ?? []))
  expect(fastest('nobody') / fastest('ada')).toBeGreaterThan(1 / 3)
  expect(fastest('nobody') / fastest('ada')).toBeLessThan(3)
})

test('the 11th attempt at an account is refused, even with the right password; nobody else is locked out, and the wait ends', async () => {
  await register('ada')
  await register('ben')
  await signIn('long-ago', 'guessed')
  clock.advance(2 * days)
  // All at once: an attempt is counted before it is made, so no more than ten are.
  const outcomes = await Promise.all(Array.from({ length: 14 }, () => signIn('ada', 'guessed')))
  const times = (code: string) => outcomes.filter((outcome) => codeOf(outcome) === code).length
  expect([times('UNAUTHENTICATED'), times('TOO_MANY')]).toEqual([10, 4])
  const refused = await signIn('ada')
  expect(refused.errors?.[0]).toMatchObject({
    message: expect.stringMatching(/try again in \d+ seconds$/) as string,
    extensions: { code: 'TOO_MANY' },
  })
  expect(refused.cookies).toEqual({})
  expect((await signIn('ben')).errors).toBeUndefined()

  clock.advance(31 * seconds)
  expect(codeOf(await signIn('ada', 'guessed'))).toBe('UNAUTHENTICATED')
  clock.advance(31 * seconds)
  // The next wait is twice as long.
  expect(codeOf(await signIn('ada'))).toBe('TOO_MANY')
  clock.advance(30 * seconds)
  expect((await signIn('ada')).errors).toBeUndefined()
  const subjects = await app.db.select({ failures: attempts.failures }).from(attempts)
  // A success clears the account, and the attempts of long ago are forgotten.
  expect(subjects).toEqual([])
  expect(codeOf(await signIn('ada', 'guessed'))).toBe('UNAUTHENTICATED')
})

test('an unknown e-mail address has the same limit as a known one', async () => {
  for (let attempt = 1; attempt <= 10; attempt++) expect(codeOf(await signIn('nobody', 'guessed'))).toBe('UNAUTHENTICATED')
  expect(codeOf(await signIn('nobody', 'guessed'))).toBe('TOO_MANY')
})

test('behind a trusted proxy a network that guesses at many accounts is refused, and others are not', async () => {
  await register('ada')
  const proxied = await another({ trustedProxy: '127.0.0.1' })
  // The second is where everybody seems to come from without a proxy.
  for (const address of ['192.0.2.7', '127.0.0.1']) {
    for (let attempt = 1; attempt <= 100; attempt++) await countAttempt(contextOf(app, { kind: 'nobody' }, 'test'), attemptsFrom(address))
  }
  expect(codeOf(await signIn('ada', password, { through: proxied, from: '192.0.2.7' }))).toBe('TOO_MANY')
  expect((await signIn('ada', password, { through: proxied, from: '192.0.2.8' })).errors).toBeUndefined()
  // The header is anybody’s claim here, and counting by address would lock everybody out.
  expect((await signIn('ada', password, { from: '192.0.2.7' })).errors).toBeUndefined()
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:0001:0002::6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('attempts from %s count for %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('two at once who use one refresh token get the same successor, and so does a third within 30 s', async () => {
  const ada = await register('ada')
  clock.advance(60 * seconds)
  const [one, two] = await Promise.all([front.renew(ada.refresh), front.renew(ada.refresh)])
  expect([one.status, two.status]).toEqual([204, 204])
  expect(one.cookies.refresh).not.toBe(ada.refresh)
  expect(two.cookies.refresh).toBe(one.cookies.refresh)
  clock.advance(25 * seconds)
  expect((await front.renew(ada.refresh)).cookies.refresh).toBe(one.cookies.refresh)
  expect(await me(one.cookies.access ?? '')).toMatchObject({ name: 'ada' })
  expect((await front.renew(one.cookies.refresh)).status).toBe(204)
})

test('a refresh token that is used again later ends the session, its successor and its access tokens', async () => {
  const ada = await register('ada')
  const next = (await front.renew(ada.refresh)).cookies as Jar
  expect(await me(next.access)).toMatchObject({ name: 'ada' })
  clock.advance(31 * seconds)
  const reused = await front.renew(ada.refresh)
  expect(reused.status).toBe(401)
  expect(JSON.parse(reused.body)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  expect(reused.cookies).toEqual({})
  expect((await front.renew(next.refresh)).status).toBe(401)
  expect(await me(next.access)).toBeNull()
})

test('a session lasts 30 days since its last use', async () => {
  let { refresh } = await register('ada')
  for (let month = 1; month <= 3; month++) {
    clock.advance(29 * days)
    const renewed = await front.renew(refresh)
    expect(renewed.status).toBe(204)
    refresh = renewed.cookies.refresh ?? ''
  }
  clock.advance(31 * days)
  expect((await front.renew(refresh)).status).toBe(401)
})

test('no refresh without a token of ours, nor without the header that other sites cannot send', async () => {
  const ada = await register('ada')
  expect((await front.renew(undefined)).status).toBe(401)
  expect((await front.renew('x'.repeat(43))).status).toBe(401)
  expect((await front.renew(ada.access)).status).toBe(401)
  expect((await front.renew(ada.refresh, {})).status).toBe(400)
  const { setCookie } = await front.renew(ada.refresh)
  expect(setCookie).toMatch(/refresh=[^;]+;.*Path=\/session; HttpOnly; SameSite=Lax/)
  expect(setCookie).toMatch(/access=[^;]+;.*Path=\/; HttpOnly; SameSite=Lax/)
})

test('a forged, expired, foreign or malformed access token is nobody’s', async () => {
  const { access, id } = await register('ada')
  const [header = '', payload = '', signature = ''] = access.split('.')
  const { sid } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sid: string }
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }
  const sign = (changes: {
    by?: string
    issuer?: string
    audience?: string
    kid?: string
    subject?: string
    endsIn?: number
    alg?: string
  }) =>
    new SignJWT({ sid })
      .setProtectedHeader({ alg: changes.alg ?? 'HS256', kid: changes.kid ?? kid })
      .setSubject(changes.subject ?? id)
      .setIssuer(changes.issuer ?? 'collection')
      .setAudience(changes.audience ?? 'collection-api')
      .setExpirationTime(clock.now.getTime() / 1000 + (changes.endsIn ?? 300))
      .sign(Buffer.from(changes.by ?? secret))
  expect(await me(await sign({}))).toMatchObject({ name: 'ada' })

  const none = Buffer.from(JSON.stringify({ alg: 'none', kid })).toString('base64url')
  const bad = {
    'signed with another secret': await sign({ by: otherSecret }),
    'of another key': await sign({ kid: 'another' }),
    'of another issuer': await sign({ issuer: 'somebody' }),
    'for somebody else': await sign({ audience: 'another-api' }),
    'of another person in this session': await sign({ subject: '01890000-0000-7000-8000-000000000000' }),
    'by another algorithm': await sign({ alg: 'HS512' }),
    expired: await sign({ endsIn: -1 }),
    unsigned: `${none}.${payload}.`,
    'with a changed payload': `${header}.${Buffer.from(JSON.stringify({ sub: id, sid, exp: 9_999_999_999 })).toString('base64url')}.${signature}`,
    'without a signature': `${header}.${payload}.`,
    'not a token': 'a.b.c',
    empty: '',
    long: 'x'.repeat(8_000),
  }
  for (const [what, token] of Object.entries(bad)) expect({ what, me: await me(token) }).toEqual({ what, me: null })

  expect(await me(access)).toMatchObject({ name: 'ada' })
  clock.advance(601 * seconds)
  expect(await me(access)).toBeNull()
})

test('what was signed with the secret before still holds, and what is new is signed with the new one', async () => {
  const ada = await register('ada')
  const used = await front.renew(ada.refresh)
  const rotated = await another({ secrets: [otherSecret, secret] })
  const strange = await another({ secrets: [otherSecret] })
  expect(await me(ada.access, rotated)).toMatchObject({ name: 'ada' })
  expect(await me(ada.access, strange)).toBeNull()
  // Also the successor that was given under the secret before.
  expect((await rotated.renew(ada.refresh)).cookies.refresh).toBe(used.cookies.refresh)
  const renewed = await rotated.renew(used.cookies.refresh)
  expect(await me(renewed.cookies.access ?? '', rotated)).toMatchObject({ name: 'ada' })
  expect(await me(renewed.cookies.access ?? '', strange)).toMatchObject({ name: 'ada' })
  expect(await me(renewed.cookies.access ?? '')).toBeNull()
})

test('signing out ends the session at once, in other processes within two seconds, for a copied access token too', async () => {
  const ada = await register('ada')
  const elsewhere = await another({})
  const onThePhone = (await signIn('ada')).cookies as Jar
  expect(await me(ada.access)).toMatchObject({ name: 'ada' })
  expect(await me(ada.access, elsewhere)).toMatchObject({ name: 'ada' })
  const out = await front.ask('mutation { signOut { at } }', {}, ada)
  expect(out).toMatchObject({ data: { signOut: { at: expect.any(String) as string } }, cookies: { access: '', refresh: '' } })
  expect(await me(ada.access)).toBeNull()
  await eventually(async () => (await me(ada.access, elsewhere)) === null, 2_500)
  expect((await front.renew(ada.refresh)).status).toBe(401)
  expect(await me(onThePhone.access)).toMatchObject({ name: 'ada' })
  expect((await front.ask('mutation { signOut { at } }')).errors).toBeUndefined()
})

test('a closed account is out within two seconds, and cannot come back', async () => {
  const ada = await register('ada')
  expect(await me(ada.access)).toMatchObject({ name: 'ada' })
  await app.db.update(staff).set({ status: 'DEACTIVATED' }).where(eq(staff.id, ada.id))
  await eventually(async () => (await me(ada.access)) === null, 2_500)
  expect(codeOf(await signIn('ada'))).toBe('FORBIDDEN')
  expect(codeOf(await signIn('ada', 'guessed'))).toBe('UNAUTHENTICATED')
  expect((await front.renew(ada.refresh)).status).toBe(401)
})

test('a hundred requests of one session look at it once', async () => {
  const ada = await register('ada')
  const { host = '' } = app.config.mysql
  await using database = openDatabase({ ...app.config.mysql, host })
  const process = await another({}, database)
  let statements = 0
  database.pool.on('acquire', () => statements++)
  await Promise.all(Array.from({ length: 50 }, () => me(ada.access, process)))
  for (let request = 0; request < 50; request++) await me(ada.access, process)
  expect(statements).toBe(1)
})

test('a flood of passwords to hash is bounded: what is beyond the queue is refused with a sentence', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 80 }, () => hashPassword(password)))
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refused).toHaveLength(80 - 66)
  expect(refused[0]?.reason).toMatchObject({ code: 'TOO_MANY', message: expect.stringContaining('try again') as string })
  expect(await hashPassword(password)).toMatch(/^\$argon2id\$v=19\$m=19456,/)
}, 30_000)

test('neither a password nor a token gets into the log, whatever it is cut out by', async () => {
  const lines: string[] = []
  const log = pino({ level: 'trace' }, new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) }))
  const logging = await another({}, { log })
  const ada = await register('ada', { through: logging })
  await signIn('ada', 'a guess of mine', { through: logging })
  await logging.ask(registerDocument, { input: { name: 'x', email: 'x', password: 'tiny secret' } })
  await logging.ask(signInDocument, { input: { email: 'x', password: { of: 'a wrong kind' } } })
  const next = await logging.renew(ada.refresh)
  clock.advance(31 * seconds)
  await logging.renew(ada.refresh)
  await me(ada.access, logging)
  const text = lines.join('')
  expect(text).toContain('a refresh token was used again')
  const hashes = [ada.refresh, next.cookies.refresh ?? ''].map((token) => createHmac('sha256', secret).update(token).digest('base64url'))
  for (const told of [
    password,
    'a guess of mine',
    'tiny secret',
    'a wrong kind',
    ada.access,
    ada.refresh,
    next.cookies.refresh ?? '',
    ...hashes,
  ]) {
    expect(text).not.toContain(told)
  }
  expect(text).not.toContain('@example.com')
})
