import { asc, desc, eq, gt, isNotNull, sql } from 'drizzle-orm'
import type { App } from '../context.ts'
import { DomainError } from '../errors.ts'
import type { NumberedEvent } from './events.ts'
import { toNumbered } from './relay.ts'
import { events, reactions, relay } from './tables.ts'

/** Something with a number of its own, read in the order of the numbers. */
export interface Numbered {
  readonly number: number
}

const kept = 2_000
const batch = 500

/**
 * The end of a numbered log, kept in memory and read once for all who follow it. Each follower only has a position, so
 * one that is slow costs nothing but its own reads of what has left memory; nothing is queued for anybody.
 */
export class Tail<T extends Numbered> {
  private readonly read: (after: number, limit: number) => Promise<readonly T[]>
  private recent: T[] = []
  private end: number
  private looking: Promise<void> | undefined
  private again = false
  private waiters = new Set<() => void>()

  private constructor(read: (after: number, limit: number) => Promise<readonly T[]>, end: number) {
    this.read = read
    this.end = end
  }

  /** Begins at the log's present end; polls, so that what another process has written is seen too. */
  static async open<T extends Numbered>(
    read: (after: number, limit: number) => Promise<readonly T[]>,
    end: number,
    onError: (error: unknown) => void,
  ): Promise<Tail<T> & Disposable> {
    const tail = new Tail(read, end)
    const timer = setInterval(() => void tail.look().catch(onError), 250)
    timer.unref()
    return Object.assign(tail, { [Symbol.dispose]: () => clearInterval(timer) })
  }

  /** Reads what is new and rouses the followers. Calls while one look is under way share the next. */
  async look(): Promise<void> {
    if (this.looking !== undefined) {
      this.again = true
      return this.looking
    }
    this.looking = this.readNew().finally(() => {
      this.looking = undefined
    })
    return this.looking
  }

  private async readNew(): Promise<void> {
    do {
      this.again = false
      const rows = await this.read(this.end, batch)
      const last = rows.at(-1)
      if (last === undefined) continue
      this.recent.push(...rows)
      if (this.recent.length > kept) this.recent = this.recent.slice(-kept)
      this.end = last.number
      if (rows.length === batch) this.again = true
      const waiting = this.waiters
      this.waiters = new Set()
      for (const rouse of waiting) rouse()
    } while (this.again)
  }

  /** Everything after a number: first what is there, then what comes, without a gap, until the signal. */
  async *follow(after: number | undefined, signal: AbortSignal): AsyncGenerator<T, void, void> {
    let position = after ?? this.end
    while (!signal.aborted) {
      const rows = position >= this.end ? [] : await this.between(position)
      for (const row of rows) {
        if (signal.aborted) return
        yield row
        position = row.number
      }
      if (rows.length === 0) await this.somethingNew(position, signal)
    }
  }

  private async between(position: number): Promise<readonly T[]> {
    const oldest = this.recent[0]
    if (oldest !== undefined && oldest.number <= position + 1) return this.recent.filter((row) => row.number > position).slice(0, batch)
    return this.read(position, batch)
  }

  private somethingNew(position: number, signal: AbortSignal): Promise<void> {
    if (position < this.end || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const rouse = () => {
        signal.removeEventListener('abort', rouse)
        this.waiters.delete(rouse)
        resolve()
      }
      this.waiters.add(rouse)
      signal.addEventListener('abort', rouse)
    })
  }
}

/** The newest number given. */
async function latestNumber(app: App): Promise<number> {
  const [row] = await app.db.select({ lastNumber: relay.lastNumber }).from(relay).where(eq(relay.id, 1))
  return row?.lastNumber ?? 0
}

const tails = new WeakMap<App, Tail<NumberedEvent>>()

/** The newest number that the reaction has followed as well; what it has yet to write will be news to whoever starts from there. */
export async function followedNumber(app: App, reaction: string): Promise<number> {
  const [row] = await app.db
    .select({ number: sql<string>`least(${relay.lastNumber}, ${reactions.position})` })
    .from(relay)
    .innerJoin(reactions, eq(reactions.name, reaction))
    .where(eq(relay.id, 1))
  return Number(row?.number ?? 0)
}

/** The event log's tail, once it is open. */
export function eventTail(app: App): Tail<NumberedEvent> {
  const tail = tails.get(app)
  if (tail === undefined) throw new Error('the event log is not being followed')
  return tail
}

/** Begins to follow the event log for this process. */
export async function openEventTail(app: App): Promise<Tail<NumberedEvent> & Disposable> {
  const tail = await Tail.open(
    async (after, limit) =>
      (await app.db.select().from(events).where(gt(events.number, after)).orderBy(asc(events.number)).limit(limit)).map(toNumbered),
    await latestNumber(app),
    (error) => app.log.warn({ err: error }, 'the event log could not be read; it is tried again'),
  )
  tails.set(app, tail)
  return tail
}

/** @throws DomainError LOG_PRUNED when events after that number are no longer kept, or the number was never given. */
export async function assertKept(app: App, after: number): Promise<void> {
  const [oldest] = await app.db
    .select({ number: events.number })
    .from(events)
    .where(isNotNull(events.number))
    .orderBy(asc(events.number))
    .limit(1)
  const [newest] = await app.db
    .select({ number: events.number })
    .from(events)
    .where(isNotNull(events.number))
    .orderBy(desc(events.number))
    .limit(1)
  if (after < (oldest?.number ?? 1) - 1 || after > (newest?.number ?? 0)) throw new DomainError('LOG_PRUNED')
}
