import { setTimeout as sleep } from 'node:timers/promises'
import type { Role } from 'schema/staff'
import type { Config } from './config.ts'
import { mysqlErrno, type Database, type Db, type Tx } from './db/database.ts'
import { DomainError } from './errors.ts'
import type { Log } from './log.ts'

/** A calendar day as YYYY-MM-DD; two of them compare as text. */
export type CalendarDate = string

export type Viewer =
  | { readonly kind: 'nobody' }
  | {
      readonly kind: 'staff'
      readonly id: string
      readonly name: string
      readonly email: string
      readonly sessionId: string
      readonly role: Role
      readonly waiting: boolean
    }
  /** The program itself, or the part of somebody's doing that it finishes for them. */
  | { readonly kind: 'system'; readonly name: string; readonly onBehalfOf?: string }

/** The company's settings that rules read; kept fresh by `company/company.ts`. */
export interface Company {
  readonly name: string
  readonly currency: string
  readonly timeZone: string
  readonly locale: string
  readonly paymentTermsDays: number
}

/** What one process holds open for as long as it runs. */
export interface App extends Database {
  readonly config: Config
  readonly log: Log
  /** The time; a test moves it. */
  readonly clock: () => Date
  company: Company
  /** Called after a commit that recorded an event, so that the relay need not wait for its next look. */
  wake: () => void
}

/** What every use-case takes first: who asks, when, and the statements' connection. */
export interface Context {
  readonly app: App
  readonly db: Db | Tx
  readonly viewer: Viewer
  readonly now: Date
  /** The business date. */
  readonly today: CalendarDate
  readonly requestId: string
}

/** A context whose statements commit together or not at all. */
export interface Atomic extends Context {
  readonly db: Tx
  readonly announced: { any: boolean }
}

/** A context of this moment. `now` in the past writes history, as the seed does. */
export function contextOf(app: App, viewer: Viewer, requestId: string, now: Date = app.clock()): Context {
  return { app, db: app.db, viewer, now, today: dayIn(app.company.timeZone, now), requestId }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The calendar day of an instant in a time zone. */
export function dayIn(timeZone: string, instant: Date): CalendarDate {
  let format = formats.get(timeZone)
  if (format === undefined) {
    // Swedish writes dates the ISO way.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formats.set(timeZone, format)
  }
  return format.format(instant)
}

/** The day `days` after (before, when negative) a calendar day. */
export function addDays(day: CalendarDate, days: number): CalendarDate {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** Calendar days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}

const isAtomic = (ctx: Context): ctx is Atomic => 'announced' in ctx

// A deadlock's victim, a lock waited for too long: the whole transaction is rolled back and may run again.
const retryable = new Set([1213, 1205])
const attempts = 10
const budgetMs = 10_000

/**
 * Runs the work in one transaction, or in the caller's when there is one. Deadlocks and lock waits are retried as a
 * whole with jitter, at most 10 times in 10 s, so the work must not do anything outside the database.
 */
export async function atomically<T>(ctx: Context, work: (ctx: Atomic) => Promise<T>): Promise<T> {
  if (isAtomic(ctx)) return work(ctx)
  const started = performance.now()
  for (let attempt = 1; ; attempt++) {
    const announced = { any: false }
    try {
      const result = await ctx.app.db.transaction((db) => work({ ...ctx, db, announced }))
      if (announced.any) ctx.app.wake()
      return result
    } catch (error) {
      const errno = mysqlErrno(error)
      if (errno === undefined || !retryable.has(errno)) throw error
      if (attempt === attempts || performance.now() - started > budgetMs) throw new DomainError('BUSY')
      await sleep(Math.random() * Math.min(400, 10 * 2 ** attempt))
    }
  }
}
