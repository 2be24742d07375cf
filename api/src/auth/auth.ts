import { createHmac } from 'node:crypto'
import { and, asc, count, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import type { RegisterInput, Role, SignInInput } from 'schema/staff'
import type { Config } from '../config.ts'
import { atomically, contextOf, type App, type Atomic, type Context, type Viewer } from '../context.ts'
import { newId } from '../db/columns.ts'
import { isDuplicate } from '../db/database.ts'
import { DomainError, invalid } from '../errors.ts'
import { record } from '../events/events.ts'
import { attemptsAtAccount, attemptsAtFirstCode, attemptsFrom, countAttempt, forgiveAll, forgiveOne } from './attempts.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { Recent } from './recent.ts'
import { refreshTokens, sessions, staff } from './tables.ts'
import { newRefresh, readAccess, refreshHash, refreshSuccessors, signAccess } from './tokens.ts'

/** A member of staff who is signed in. */
export type SignedInViewer = Extract<Viewer, { kind: 'staff' }>

/** Who is at the other end. */
export interface Caller {
  readonly address: string
  readonly userAgent: string
}

export interface Tokens {
  readonly access: string
  readonly refresh: string
}

export interface SignedIn {
  readonly viewer: SignedInViewer
  readonly tokens: Tokens
}

/** An account as its colleagues see it. */
export type StaffMember = Pick<typeof staff.$inferSelect, 'id' | 'name' | 'email' | 'role' | 'status' | 'createdAt'>

const nobody: Viewer = { kind: 'nobody' }
const sessionDays = 30
const dayMs = 24 * 60 * 60 * 1000
const graceMs = 30_000
const mostWaiting = 200

// Registering

/** Whether the next account is the first one, and whether that one needs the code. */
export async function registration(ctx: Context): Promise<{ first: boolean; codeRequired: boolean }> {
  const first = await isFirst(ctx)
  return { first, codeRequired: first && firstAccountCode(ctx.app.config) !== undefined }
}

/**
 * The code that the first account needs where others than this machine can reach the API: whoever reads the start's output
 * has it. It follows from the secret, so all processes and starts have the same. Undefined on loopback.
 */
export function firstAccountCode(config: Pick<Config, 'api' | 'secrets'>): string | undefined {
  if (config.api.host === 'localhost' || config.api.host === '::1' || config.api.host.startsWith('127.')) return undefined
  const letters = 'ABCDEFGHJKMNPQRSTVWXYZ23456789'
  const bytes = createHmac('sha256', config.secrets[0]).update('code of the first account').digest()
  const code = Array.from(bytes.subarray(0, 12), (byte) => letters[byte % letters.length]).join('')
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`
}

/**
 * Makes an account and signs it in. The first becomes an active ADMIN; every later one waits until an administrator lets it in.
 * @throws DomainError TAKEN for an e-mail address that has an account, INVALID for a wrong code, TOO_MANY.
 */
export async function register(ctx: Context, input: RegisterInput, caller: Caller): Promise<SignedIn> {
  if (await isFirst(ctx)) await assertCode(ctx, input.code ?? '')
  const passwordHash = await hashPassword(input.password)
  const { viewer, refresh } = await insertStaff(ctx, input, passwordHash, caller)
  return { viewer, tokens: await tokensOf(ctx.app, viewer.id, viewer.sessionId, refresh) }
}

async function isFirst(ctx: Context): Promise<boolean> {
  const [somebody] = await ctx.db.select({ id: staff.id }).from(staff).limit(1)
  return somebody === undefined
}

async function assertCode(ctx: Context, given: string): Promise<void> {
  const code = firstAccountCode(ctx.app.config)
  if (code === undefined) return
  if (given === '') throw invalid('code', 'The first account needs the code that the start printed')
  await countAttempt(ctx, attemptsAtFirstCode)
  const digest = (text: string) => refreshHash(text.toUpperCase().replace(/[^A-Z0-9]/g, ''))
  // Hashes are compared, so how long it takes says nothing about the code.
  if (digest(given) !== digest(code)) throw invalid('code', 'This is not the code that the start printed')
  await forgiveAll(ctx, attemptsAtFirstCode)
}

async function insertStaff(
  ctx: Context,
  input: RegisterInput,
  passwordHash: string,
  caller: Caller,
): Promise<{ viewer: SignedInViewer; refresh: string }> {
  const { name, email } = input
  try {
    return await atomically(ctx, async (ctx) => {
      const first = await isFirst(ctx)
      if (!first) await assertRoomToWait(ctx)
      const id = newId()
      const role = first ? 'ADMIN' : 'VIEWER'
      await ctx.db.insert(staff).values({
        id,
        name,
        email,
        passwordHash,
        role,
        status: first ? 'ACTIVE' : 'WAITING',
        first: first ? true : null,
        createdAt: ctx.now,
      })
      const { sessionId, refresh } = await beginSession(ctx, id, caller)
      const viewer: SignedInViewer = { kind: 'staff', id, name, email, sessionId, role, waiting: !first }
      await record({ ...ctx, viewer }, { type: 'STAFF_REGISTERED', facts: { staffId: id, name, waiting: !first } })
      return { viewer, refresh }
    })
  } catch (error) {
    if (isDuplicate(error, 'staff_email')) {
      const message = 'This e-mail address has an account already: sign in instead'
      throw new DomainError('TAKEN', message, [{ path: 'email', message }])
    }
    // Somebody else was first at the same moment; this is a later account now.
    if (isDuplicate(error, 'staff_first')) return insertStaff(ctx, input, passwordHash, caller)
    throw error
  }
}

// Strangers may register, so what they leave behind has a bound.
async function assertRoomToWait(ctx: Atomic): Promise<void> {
  const [waiting] = await ctx.db.select({ accounts: count() }).from(staff).where(eq(staff.status, 'WAITING'))
  if (waiting !== undefined && waiting.accounts >= mostWaiting) {
    throw new DomainError('TOO_MANY', 'Too many accounts wait for an administrator already; ask one to look through them')
  }
}

// Signing in and out

/**
 * Begins a session. A wrong password and an unknown e-mail address give the same answer after the same time.
 * @throws DomainError UNAUTHENTICATED, FORBIDDEN for an account that was closed, TOO_MANY with the time to wait.
 */
export async function signIn(ctx: Context, input: SignInInput, caller: Caller): Promise<SignedIn> {
  const account = attemptsAtAccount(input.email)
  // Without a proxy that says where a request comes from, everybody seems to come from the web server.
  const address = ctx.app.config.trustedProxy === undefined ? undefined : attemptsFrom(caller.address)
  if (address !== undefined) await countAttempt(ctx, address)
  await countAttempt(ctx, account)

  const [person] = await ctx.db.select().from(staff).where(eq(staff.email, input.email))
  const right = await isPassword(person?.passwordHash, input.password)
  if (person === undefined || !right)
    throw new DomainError('UNAUTHENTICATED', 'This e-mail address and this password do not belong together')

  await forgiveAll(ctx, account)
  if (address !== undefined) await forgiveOne(ctx, address)
  if (person.status === 'DEACTIVATED') throw new DomainError('FORBIDDEN', 'This account is closed; ask an administrator')

  const { sessionId, refresh } = await atomically(ctx, async (ctx) => {
    await forgetDeadSessions(ctx, person.id)
    return beginSession(ctx, person.id, caller)
  })
  return { viewer: toViewer(person, sessionId), tokens: await tokensOf(ctx.app, person.id, sessionId, refresh) }
}

/** Ends the viewer's session, here at once and in other processes within two seconds. Signing out twice is no failure. */
export async function signOut(ctx: Context): Promise<{ at: Date }> {
  if (ctx.viewer.kind === 'staff') await endSession(ctx, ctx.viewer.sessionId)
  return { at: ctx.now }
}

/** Exchanges a refresh token. Undefined: its session has ended, and so it does when the token was used more than 30 s ago. */
export async function refresh(app: App, token: string): Promise<Tokens | undefined> {
  const ctx = contextOf(app, nobody, 'refresh')
  const hash = refreshHash(token)
  const [found] = await ctx.db
    .select({ usedAt: refreshTokens.usedAt, session: sessions, status: staff.status })
    .from(refreshTokens)
    .innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
    .innerJoin(staff, eq(staff.id, sessions.staffId))
    .where(eq(refreshTokens.hash, hash))
  if (found === undefined || found.status === 'DEACTIVATED') return undefined
  const { usedAt, session } = found
  if (session.endedAt !== null || session.expiresAt <= ctx.now) return undefined

  if (usedAt !== null && ctx.now.getTime() - usedAt.getTime() > graceMs) {
    app.log.warn({ sessionId: session.id, staffId: session.staffId }, 'a refresh token was used again: its session is ended')
    await endSession(ctx, session.id)
    return undefined
  }
  const successor = usedAt === null ? await useUp(ctx, token, session.id) : undefined
  return tokensOf(app, session.staffId, session.id, successor ?? (await successorOf(ctx, token)))
}

/** The successor, now stored; undefined when somebody else used the token up a moment ago. */
async function useUp(ctx: Context, token: string, sessionId: string): Promise<string | undefined> {
  const successor = refreshSuccessors(ctx.app, token)[0] as string
  return atomically(ctx, async (ctx) => {
    const [used] = await ctx.db
      .update(refreshTokens)
      .set({ usedAt: ctx.now })
      .where(and(eq(refreshTokens.hash, refreshHash(token)), isNull(refreshTokens.usedAt)))
    if (used.affectedRows === 0) return undefined
    await ctx.db.insert(refreshTokens).values({ hash: refreshHash(successor), sessionId, createdAt: ctx.now })
    await ctx.db
      .update(sessions)
      .set({ seenAt: ctx.now, expiresAt: sessionEnd(ctx) })
      .where(eq(sessions.id, sessionId))
    return successor
  })
}

/** The successor that a used token was given. The secret may have changed since, so each is tried. */
async function successorOf(ctx: Context, token: string): Promise<string> {
  const candidates = refreshSuccessors(ctx.app, token)
  const stored = await ctx.db
    .select({ hash: refreshTokens.hash })
    .from(refreshTokens)
    .where(inArray(refreshTokens.hash, candidates.map(refreshHash)))
  const successor = candidates.find((candidate) => stored.some(({ hash }) => hash === refreshHash(candidate)))
  if (successor === undefined) throw new DomainError('UNAUTHENTICATED')
  return successor
}

const sessionEnd = (ctx: Context): Date => new Date(ctx.now.getTime() + sessionDays * dayMs)

async function beginSession(ctx: Atomic, staffId: string, caller: Caller): Promise<{ sessionId: string; refresh: string }> {
  const sessionId = newId()
  const refresh = newRefresh()
  const userAgent = caller.userAgent.slice(0, 300)
  await ctx.db
    .insert(sessions)
    .values({ id: sessionId, staffId, createdAt: ctx.now, seenAt: ctx.now, expiresAt: sessionEnd(ctx), userAgent })
  await ctx.db.insert(refreshTokens).values({ hash: refreshHash(refresh), sessionId, createdAt: ctx.now })
  return { sessionId, refresh }
}

async function tokensOf(app: App, staffId: string, sessionId: string, refresh: string): Promise<Tokens> {
  return { access: await signAccess(app, { staffId, sessionId }), refresh }
}

async function endSession(ctx: Context, sessionId: string): Promise<void> {
  await ctx.db
    .update(sessions)
    .set({ endedAt: ctx.now })
    .where(and(eq(sessions.id, sessionId), isNull(sessions.endedAt)))
  recentOf(ctx.app).forget(sessionId)
}

// A used token has to be known as long as its session can be ended by it, and no longer.
async function forgetDeadSessions(ctx: Atomic, staffId: string): Promise<void> {
  const yesterday = new Date(ctx.now.getTime() - dayMs)
  const dead = and(eq(sessions.staffId, staffId), or(lt(sessions.expiresAt, yesterday), lt(sessions.endedAt, yesterday)))
  const rows = await ctx.db.select({ id: sessions.id }).from(sessions).where(dead).limit(20)
  if (rows.length === 0) return
  const ids = rows.map(({ id }) => id)
  await ctx.db.delete(refreshTokens).where(inArray(refreshTokens.sessionId, ids))
  await ctx.db.delete(sessions).where(inArray(sessions.id, ids))
}

// Who asks

interface Session {
  readonly viewer: SignedInViewer
  readonly expiresAt: Date
}

const recents = new WeakMap<App, Recent<Session>>()

/** A request costs no query for its session as long as the last look is less than two seconds old. */
function recentOf(app: App): Recent<Session> {
  let recent = recents.get(app)
  if (recent === undefined) {
    recent = new Recent((ids) => readSessions(app, ids), 2_000, 10_000)
    recents.set(app, recent)
  }
  return recent
}

/** Sessions that live, by id. */
async function readSessions(app: App, ids: readonly string[]): Promise<ReadonlyMap<string, Session>> {
  const rows = await app.db
    .select({ id: sessions.id, expiresAt: sessions.expiresAt, person: staff })
    .from(sessions)
    .innerJoin(staff, eq(staff.id, sessions.staffId))
    .where(and(inArray(sessions.id, [...ids]), isNull(sessions.endedAt), inArray(staff.status, ['ACTIVE', 'WAITING'])))
  return new Map(rows.map(({ id, expiresAt, person }) => [id, { viewer: toViewer(person, id), expiresAt }]))
}

const toViewer = ({ id, name, email, role, status }: StaffMember, sessionId: string): SignedInViewer => ({
  kind: 'staff',
  id,
  name,
  email,
  sessionId,
  role,
  waiting: status === 'WAITING',
})

/** Who an access token stands for, as the session and the account were at most two seconds ago; nobody for one that doesn't hold. */
export async function viewerOf(app: App, accessToken: string): Promise<Viewer> {
  const claims = await readAccess(app, accessToken)
  if (claims === undefined) return nobody
  const viewer = await liveSession(app, claims.sessionId)
  return viewer?.id === claims.staffId ? viewer : nobody
}

/**
 * Whom a session stands for, as it was at most two seconds ago; undefined when it has ended. A socket lives by it. Those who ask in
 * the same turn of the event loop share one statement.
 */
export async function liveSession(app: App, sessionId: string): Promise<SignedInViewer | undefined> {
  const session = await recentOf(app).get(sessionId)
  return session !== undefined && session.expiresAt > app.clock() ? session.viewer : undefined
}

// The team

/** Everybody who has or had an account; those who wait come first. */
export async function listStaff(ctx: Context): Promise<readonly StaffMember[]> {
  return ctx.db
    .select({ id: staff.id, name: staff.name, email: staff.email, role: staff.role, status: staff.status, createdAt: staff.createdAt })
    .from(staff)
    .orderBy(sql`field(${staff.status}, 'WAITING', 'ACTIVE', 'DEACTIVATED')`, asc(staff.name), asc(staff.id))
}

/** Lets somebody in who waits. @throws DomainError NOT_FOUND, NOT_ALLOWED_NOW when the account doesn't wait. */
export async function approveStaff(ctx: Context, id: string, role: Role): Promise<StaffMember> {
  const approved = await atomically(ctx, async (ctx) => {
    const [person] = await ctx.db.select().from(staff).where(eq(staff.id, id)).for('update')
    if (person === undefined) throw new DomainError('NOT_FOUND', 'There is no such account')
    if (person.status !== 'WAITING') {
      throw new DomainError(
        'NOT_ALLOWED_NOW',
        person.status === 'ACTIVE' ? `${person.name} was let in already` : `The account of ${person.name} is closed`,
      )
    }
    await ctx.db.update(staff).set({ role, status: 'ACTIVE' }).where(eq(staff.id, id))
    await record(ctx, {
      type: 'STAFF_CHANGED',
      facts: { staffId: id, name: person.name, waiting: false },
      changes: [
        { field: 'status', before: 'WAITING', after: 'ACTIVE' },
        { field: 'role', before: null, after: role },
      ],
    })
    return { ...person, role, status: 'ACTIVE' as const }
  })
  recentOf(ctx.app).forgetWhere(({ viewer }) => viewer.id === id)
  return approved
}
