import { and, eq, inArray, lt, sql } from 'drizzle-orm'
import { isIPv4 } from 'node:net'
import { createHash } from 'node:crypto'
import { atomically, type Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { attempts } from './tables.ts'

/** What attempts are counted for, and how many are free before each further one has to wait longer. */
export interface AttemptLimit {
  readonly subject: string
  readonly free: number
  /** The first wait; it doubles with each failure after it. */
  readonly firstWaitSeconds: number
  readonly longestWaitSeconds: number
  readonly sentence: string
}

const forgottenAfterMs = 24 * 60 * 60 * 1000

// Addresses of people have no business in a table of failures, and a hash has one length.
const hidden = (text: string): string => createHash('sha256').update(text).digest('hex')

/** By the e-mail address that was typed, whether it has an account or not. */
export const attemptsAtAccount = (email: string): AttemptLimit => ({
  subject: `account ${hidden(email.toLowerCase())}`,
  free: 10,
  firstWaitSeconds: 30,
  longestWaitSeconds: 15 * 60,
  sentence: 'Too many attempts for this e-mail address',
})

/** By where it came from: many people may share an address, so it is wide. */
export const attemptsFrom = (address: string): AttemptLimit => ({
  subject: `address ${hidden(networkOf(address))}`,
  free: 100,
  firstWaitSeconds: 10,
  longestWaitSeconds: 5 * 60,
  sentence: 'Too many attempts from your network',
})

export const attemptsAtFirstCode: AttemptLimit = {
  subject: 'code of the first account',
  free: 10,
  firstWaitSeconds: 30,
  longestWaitSeconds: 15 * 60,
  sentence: 'Too many attempts with a wrong code',
}

/**
 * Counts an attempt before it is made, so that a hundred at once cannot all pass; who succeeds takes it back.
 * @throws DomainError TOO_MANY, with the seconds to wait among its facts.
 */
export async function countAttempt(ctx: Context, limit: AttemptLimit): Promise<void> {
  const now = ctx.now
  const isNew = await atomically(ctx, async (ctx) => {
    // Takes the row's lock, there or not: an ignored insert would take a weaker one, and two of them a deadlock.
    await ctx.db
      .insert(attempts)
      .values({ subject: limit.subject, failures: 0, lastAt: now })
      .onDuplicateKeyUpdate({ set: { subject: limit.subject } })
    const [row] = await ctx.db.select().from(attempts).where(eq(attempts.subject, limit.subject))
    // Two requests at once may be counted in the other order than they came.
    const quietMs = Math.max(0, now.getTime() - (row?.lastAt.getTime() ?? 0))
    const failures = row === undefined || quietMs > forgottenAfterMs ? 0 : row.failures
    const waitMs = waitSeconds(limit, failures) * 1000 - quietMs
    if (waitMs > 0) throw tooMany(limit, Math.ceil(waitMs / 1000))
    await ctx.db
      .update(attempts)
      .set({ failures: failures + 1, lastAt: now })
      .where(eq(attempts.subject, limit.subject))
    return failures === 0
  })
  if (isNew) await forgetOld(ctx)
}

// Found without a lock and deleted by key: a delete that comes by the index of time would lock it before the row, and an attempt does the opposite.
async function forgetOld(ctx: Context): Promise<void> {
  const old = lt(attempts.lastAt, new Date(ctx.now.getTime() - forgottenAfterMs))
  const rows = await ctx.db.select({ subject: attempts.subject }).from(attempts).where(old).limit(100)
  if (rows.length === 0) return
  const subjects = rows.map(({ subject }) => subject)
  await ctx.db.delete(attempts).where(and(inArray(attempts.subject, subjects), old))
}

/** After a success: nothing is held against the subject any more. */
export async function forgiveAll(ctx: Context, limit: AttemptLimit): Promise<void> {
  await ctx.db.delete(attempts).where(eq(attempts.subject, limit.subject))
}

/** After a success: this attempt doesn't count, the earlier ones do. */
export async function forgiveOne(ctx: Context, limit: AttemptLimit): Promise<void> {
  await ctx.db
    .update(attempts)
    .set({ failures: sql`greatest(${attempts.failures} - 1, 0)` })
    .where(eq(attempts.subject, limit.subject))
}

function waitSeconds({ free, firstWaitSeconds, longestWaitSeconds }: AttemptLimit, failures: number): number {
  return failures < free ? 0 : Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** Math.min(failures - free, 20))
}

function tooMany(limit: AttemptLimit, seconds: number): DomainError {
  const wait = seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
  return new DomainError('TOO_MANY', `${limit.sentence}; try again in ${wait}`, [], { retryAfterSeconds: seconds })
}

/** An IPv4 address; of an IPv6 one the first 64 bits, since one household or office has all the rest. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (isIPv4(address)) return address
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::', 2)
  const before = head.split(':').filter((group) => group !== '')
  const after = (tail ?? '').split(':').filter((group) => group !== '')
  const groups =
    tail === undefined ? before : [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
  return groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')
}
