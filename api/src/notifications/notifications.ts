import { and, count, desc, eq, gt, inArray, isNull, lte, ne, notExists, or, sql, type SQL } from 'drizzle-orm'
import { atomically, type App, type Context } from '../context.ts'
import { after, decodeCursor, pageOf, type Page } from '../db/keyset.ts'
import { DomainError } from '../errors.ts'
import { Tail } from '../events/stream.ts'
import { notifications, readers, readMarks } from './tables.ts'

export const notificationTypes = [
  'PAYMENT_RECEIVED',
  'PAYMENT_FAILED',
  'PAYMENT_REVERSED',
  'PAYMENT_OVERDUE',
  'CUSTOMER_ADDED',
  'IMPORT_FINISHED',
  'ACCOUNT_WAITS',
] as const
export type NotificationType = (typeof notificationTypes)[number]

/** Under which the relay knows the reaction that writes notifications. */
export const reactionName = 'notifications'

export type NotificationRow = typeof notifications.$inferSelect
export type ReadableNotification = NotificationRow & { readonly read: boolean }

/** What the bell shows of a person: `latest` is the newest notification's number, 0 when there is none. */
export interface NotificationState {
  readonly id: string
  readonly unread: number
  readonly latest: number
}

/** A notification of one's own doing counts as read. */
const unreadBy = (ctx: Context, staffId: string, readUpTo: number): SQL | undefined =>
  and(
    gt(notifications.number, readUpTo),
    or(isNull(notifications.actorId), ne(notifications.actorId, staffId)),
    notExists(
      ctx.db
        .select({ one: sql`1` })
        .from(readMarks)
        .where(and(eq(readMarks.staffId, staffId), eq(readMarks.number, notifications.number))),
    ),
  )

const audience = (ctx: Context): SQL | undefined => (reader(ctx).role === 'ADMIN' ? undefined : eq(notifications.adminsOnly, false))

function reader(ctx: Context) {
  if (ctx.viewer.kind !== 'staff') throw new DomainError('UNAUTHENTICATED')
  return ctx.viewer
}

/** Whether somebody of that role is told about it. */
export const isMeantFor = (row: NotificationRow, role: string): boolean => role === 'ADMIN' || !row.adminsOnly

async function readUpTo(ctx: Context, staffId: string): Promise<number> {
  const [row] = await ctx.db.select({ readUpTo: readers.readUpTo }).from(readers).where(eq(readers.staffId, staffId))
  return row?.readUpTo ?? 0
}

/** A person's notifications, newest first. */
export async function listNotifications(
  ctx: Context,
  query: { first: number; after?: string | null; type?: readonly NotificationType[] | null; unread?: boolean | null },
): Promise<Page<ReadableNotification>> {
  const staffId = reader(ctx).id
  const position = query.after == null ? undefined : decodeCursor(query.after, 'number')
  const upTo = await readUpTo(ctx, staffId)
  const rows = await ctx.db
    .select()
    .from(notifications)
    .where(
      and(
        audience(ctx),
        query.type == null || query.type.length === 0 ? undefined : inArray(notifications.type, [...query.type]),
        query.unread === true ? unreadBy(ctx, staffId, upTo) : undefined,
        position && after(notifications.number, notifications.id, position, true),
      ),
    )
    .orderBy(desc(notifications.number))
    .limit(query.first + 1)
  const page = pageOf(rows, query.first, (row) => ({ value: String(row.number), id: row.id }))
  return { ...page, nodes: await withRead(ctx, staffId, upTo, page.nodes) }
}

async function withRead(ctx: Context, staffId: string, upTo: number, rows: readonly NotificationRow[]): Promise<ReadableNotification[]> {
  const numbers = rows.map((row) => row.number).filter((number) => number > upTo)
  const marked =
    numbers.length === 0
      ? []
      : await ctx.db
          .select({ number: readMarks.number })
          .from(readMarks)
          .where(and(eq(readMarks.staffId, staffId), inArray(readMarks.number, numbers)))
  const read = new Set(marked.map((mark) => mark.number))
  return rows.map((row) => ({ ...row, read: row.number <= upTo || row.actorId === staffId || read.has(row.number) }))
}

/** One that has just been written, as this person sees it. */
export async function asReader(ctx: Context, row: NotificationRow): Promise<ReadableNotification> {
  const staffId = reader(ctx).id
  const [readable] = await withRead(ctx, staffId, await readUpTo(ctx, staffId), [row])
  return readable!
}

/** The bell's count: exact, and only over what lies above the person's watermark. */
export async function notificationState(ctx: Context): Promise<NotificationState> {
  const staffId = reader(ctx).id
  const upTo = await readUpTo(ctx, staffId)
  const [unread] = await ctx.db
    .select({ rows: count() })
    .from(notifications)
    .where(and(audience(ctx), unreadBy(ctx, staffId, upTo)))
  const [latest] = await ctx.db
    .select({ number: notifications.number })
    .from(notifications)
    .where(audience(ctx))
    .orderBy(desc(notifications.number))
    .limit(1)
  return { id: staffId, unread: unread?.rows ?? 0, latest: latest?.number ?? 0 }
}

/** Marks single ones as read; ids that do not exist are passed over. */
export async function markRead(ctx: Context, ids: readonly string[]): Promise<NotificationState> {
  const staffId = reader(ctx).id
  const rows =
    ids.length === 0
      ? []
      : await ctx.db
          .select({ number: notifications.number })
          .from(notifications)
          .where(inArray(notifications.id, [...ids]))
  if (rows.length > 0) {
    await ctx.db
      .insert(readMarks)
      .values(rows.map(({ number }) => ({ staffId, number })))
      .onDuplicateKeyUpdate({ set: { staffId: sql`values(staff_id)` } })
  }
  return notificationState(ctx)
}

/** Marks everything up to a number as read; what arrived after it stays unread. */
export async function markAllRead(ctx: Context, upTo: number): Promise<NotificationState> {
  const staffId = reader(ctx).id
  const { latest } = await notificationState(ctx)
  // A number from the future would mark what nobody has seen yet.
  const number = Math.min(upTo, latest)
  await atomically(ctx, async (ctx) => {
    await ctx.db
      .insert(readers)
      .values({ staffId, readUpTo: number })
      .onDuplicateKeyUpdate({ set: { readUpTo: sql`greatest(${readers.readUpTo}, ${number})` } })
    await ctx.db.delete(readMarks).where(and(eq(readMarks.staffId, staffId), lte(readMarks.number, number)))
  })
  return notificationState(ctx)
}

const tails = new WeakMap<App, Tail<NotificationRow>>()

/** The notifications' tail, once it is open. */
export function notificationTail(app: App): Tail<NotificationRow> {
  const tail = tails.get(app)
  if (tail === undefined) throw new Error('the notifications are not being followed')
  return tail
}

/** Begins to follow the notifications for this process. */
export async function openNotificationTail(app: App): Promise<Tail<NotificationRow> & Disposable> {
  const [latest] = await app.db.select({ number: notifications.number }).from(notifications).orderBy(desc(notifications.number)).limit(1)
  const tail = await Tail.open(
    async (after, limit) =>
      app.db.select().from(notifications).where(gt(notifications.number, after)).orderBy(notifications.number).limit(limit),
    latest?.number ?? 0,
    (error) => app.log.warn({ err: error }, 'notifications could not be read; it is tried again'),
  )
  tails.set(app, tail)
  return tail
}
