import { asc, eq, gt, inArray, isNull, sql } from 'drizzle-orm'
import { contextOf, type App, type Atomic } from '../context.ts'
import { idBytes } from '../db/columns.ts'
import type { NumberedEvent } from './events.ts'
import { events, reactions, relay } from './tables.ts'

/** What a domain does when something has happened. Its effects belong into the transaction of the context it is given. */
export interface Reaction {
  readonly name: string
  /** Called with events in the order of their numbers; may be called again with the same ones after a failure. */
  readonly react: (ctx: Atomic, events: readonly NumberedEvent[]) => Promise<void>
}

const batch = 500
const idleMs = 250
const longestIdleMs = 5_000
const longestWaitMs = 60_000

/** Makes an event out of its row. */
export function toNumbered(row: typeof events.$inferSelect): NumberedEvent {
  const { number, type, at, actorId, actorName, customerId, paymentId, importId, facts } = row
  return {
    number,
    type,
    at,
    actorId,
    actorName,
    facts,
    ...(customerId === null ? {} : { customerId }),
    ...(paymentId === null ? {} : { paymentId }),
    ...(importId === null ? {} : { importId }),
  } as unknown as NumberedEvent
}

/**
 * Numbers committed events and lets the reactions follow, until disposed. Every process runs one; a row lock makes one of
 * them the leader at a time, and whatever the leader does is in the transaction that holds the lock. `moved` is called
 * when there are new numbers, and when a reaction has written something.
 */
export function startRelay(app: App, following: readonly Reaction[], moved: () => void): AsyncDisposable {
  let stopped = false
  let rouse: () => void = () => {}
  let roused = false
  app.wake = () => {
    roused = true
    rouse()
  }
  const loop = async () => {
    let failures = 0
    while (!stopped) {
      roused = false
      let busy = false
      try {
        busy = await relayOnce(app, following, moved)
        failures = 0
      } catch (error) {
        failures++
        app.log.error({ err: error }, 'the relay could not number events; it tries again')
      }
      // While the database is away, what happens elsewhere is no reason to ask it again at once.
      if (failures > 0) roused = false
      if (!busy && !roused && !stopped) await idle(Math.min(longestIdleMs, idleMs * 2 ** failures))
    }
  }
  const idle = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      rouse = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const running = loop()
  return {
    async [Symbol.asyncDispose]() {
      stopped = true
      rouse()
      await running
    },
  }
}

/** One look by the relay: numbers what waits and moves each reaction on. Whether there may be more to do at once. */
export async function relayOnce(app: App, following: readonly Reaction[], moved: () => void): Promise<boolean> {
  const given = await numberCommitted(app)
  if (given > 0) moved()
  const followed = await Promise.all(following.map((reaction) => follow(app, reaction)))
  if (followed.includes(true)) moved()
  return given === batch || followed.includes(true)
}

/** Gives the next numbers to committed events without one; 0 when there are none or another process is the leader. */
export async function numberCommitted(app: App): Promise<number> {
  // Looking costs one read of an index; only when something waits is the lock taken.
  const [waiting] = await app.db.select({ id: events.id }).from(events).where(isNull(events.number)).limit(1)
  if (waiting === undefined) return 0
  return app.db.transaction(async (tx) => {
    const [leader] = await tx.select().from(relay).where(eq(relay.id, 1)).for('update', { skipLocked: true })
    if (leader === undefined) return 0
    const pending = await tx.select({ id: events.id }).from(events).where(isNull(events.number)).orderBy(asc(events.id)).limit(batch)
    if (pending.length === 0) return 0
    const rows = sql.join(
      pending.map(({ id }, index) => sql`row(${idBytes(id)}, ${leader.lastNumber + index + 1})`),
      sql`, `,
    )
    await tx.execute(sql`update event join (values ${rows}) as given (id, number) on event.id = given.id set event.number = given.number`)
    await tx
      .update(relay)
      .set({ lastNumber: leader.lastNumber + pending.length })
      .where(eq(relay.id, 1))
    return pending.length
  })
}

/** Moves one reaction on by a batch: whether it moved. A failure waits for growing times and holds up nobody else. */
async function follow(app: App, reaction: Reaction): Promise<boolean> {
  try {
    return await app.db.transaction(async (tx) => {
      const [at] = await tx.select().from(reactions).where(eq(reactions.name, reaction.name)).for('update', { skipLocked: true })
      if (at === undefined || at.nextTryAt > new Date()) return false
      const rows = await tx.select().from(events).where(gt(events.number, at.position)).orderBy(asc(events.number)).limit(batch)
      const last = rows.at(-1)
      if (last?.number == null) return false
      const announced = { any: false }
      const ctx = { ...contextOf(app, { kind: 'system', name: 'system' }, `reaction-${reaction.name}`), db: tx, announced }
      await reaction.react(ctx, rows.map(toNumbered))
      await tx.update(reactions).set({ position: last.number, failures: 0, lastError: null }).where(eq(reactions.name, reaction.name))
      return true
    })
  } catch (error) {
    app.log.error({ err: error, reaction: reaction.name }, 'a reaction failed; it will be tried again')
    await delay(app, reaction.name, error).catch(() => {})
    return false
  }
}

async function delay(app: App, name: string, error: unknown): Promise<void> {
  const [at] = await app.db.select({ failures: reactions.failures }).from(reactions).where(eq(reactions.name, name))
  const failures = (at?.failures ?? 0) + 1
  const waitMs = Math.min(longestWaitMs, 500 * 2 ** failures) * (0.5 + Math.random() / 2)
  await app.db
    .update(reactions)
    .set({ failures, lastError: String(error).slice(0, 500), nextTryAt: new Date(Date.now() + waitMs) })
    .where(eq(reactions.name, name))
}

/** Sees to the rows that the relay and each reaction hold on to. A new reaction begins at the log's present end. */
export async function prepareRelay(app: App, following: readonly Reaction[]): Promise<void> {
  await app.db
    .insert(relay)
    .values({ id: 1, lastNumber: 0 })
    .onDuplicateKeyUpdate({ set: { id: 1 } })
  const names = following.map((reaction) => reaction.name)
  if (names.length === 0) return
  const known = await app.db.select({ name: reactions.name }).from(reactions).where(inArray(reactions.name, names))
  const [end] = await app.db.select({ lastNumber: relay.lastNumber }).from(relay)
  for (const name of names.filter((name) => !known.some((row) => row.name === name))) {
    await app.db
      .insert(reactions)
      .values({ name, position: end?.lastNumber ?? 0, nextTryAt: new Date(0) })
      .onDuplicateKeyUpdate({ set: { name } })
  }
}
