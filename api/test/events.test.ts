import { eq } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { atomically } from '../src/context.ts'
import { record, type NumberedEvent } from '../src/events/events.ts'
import { prepareRelay, relayOnce, startRelay } from '../src/events/relay.ts'
import { reactions } from '../src/events/tables.ts'
import { buildersOf, settled, type Customer } from './builders.ts'
import { eventually, Refused, startTestApp, type Caller } from './harness.ts'

const app = await startTestApp({ clock: '2026-03-02T10:00:00Z' })
const [agent, admin] = await Promise.all([app.as('AGENT'), app.as('ADMIN')])
const { customer, due, pay, verb, update } = buildersOf(app)

interface LiveEvent {
  readonly number: string
  readonly previous: string
  readonly type: string
  readonly author: string
  readonly customer: Pick<Customer, 'name' | 'outstanding'> | null
  readonly payment: { readonly id: string; readonly state: string } | null
}
const document =
  'subscription ($after: EventNumber) { events(after: $after) { number previous type author customer { name outstanding } payment { id state } } }'
const latest = async () => Number((await agent.ask<{ latestEvent: string }>('{ latestEvent }')).latestEvent)
/** The next `count` events after a number, as somebody is told of them. */
async function follow(caller: Caller, after: number, count: number): Promise<LiveEvent[]> {
  await using live = await caller.subscribe<{ events: LiveEvent }>(document, { after: String(after) })
  const found: LiveEvent[] = []
  while (found.length < count) found.push((await live.next()).events)
  return found
}
const linked = (found: readonly LiveEvent[], from: number) =>
  found.every(({ previous }, index) => previous === (index === 0 ? String(from) : found[index - 1]!.number))
async function write(name: string) {
  await atomically(app.context(), (ctx) =>
    record(ctx, { type: 'CUSTOMER_CHANGED', changes: [], facts: { name, customerNumber: name, quiet: true } }),
  )
}

describe('the numbers of events', () => {
  test('have no gap and follow the order of each writer, while eight write at once', async () => {
    await settled(app)
    const from = await latest()
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let index = 0; index < 10; index++) await write(`${writer}:${index}`)
      }),
    )
    await using live = await agent.subscribe<{ events: { number: string; previous: string } }>(
      'subscription ($after: EventNumber) { events(after: $after) { number previous } }',
      { after: String(from) },
    )
    const numbers: number[] = []
    while (numbers.length < 80) {
      const { events } = await live.next()
      expect(Number(events.previous)).toBe(Number(events.number) - 1)
      numbers.push(Number(events.number))
    }
    expect(numbers).toEqual(Array.from({ length: 80 }, (_, index) => from + index + 1))
    const seen = await namesAfter(from)
    for (let writer = 0; writer < 8; writer++) {
      expect(seen.filter((name) => name.startsWith(`${writer}:`))).toEqual(Array.from({ length: 10 }, (_, index) => `${writer}:${index}`))
    }
  })

  test('are given once, however many relays look', async () => {
    await settled(app)
    const from = await latest()
    for (let index = 0; index < 20; index++) await write(`relayed ${index}`)
    await Promise.all(Array.from({ length: 6 }, () => relayOnce(app.app, [], () => {})))
    await settled(app)
    expect(await latest()).toBe(from + 20)
    expect(await namesAfter(from)).toEqual(Array.from({ length: 20 }, (_, index) => `relayed ${index}`))
  })
})

async function namesAfter(number: number): Promise<string[]> {
  const [rows] = await app.app.pool.promise().query('select facts from event where number > ? order by number', [number])
  return (rows as { facts: string }[]).map(({ facts }) => (JSON.parse(facts) as { name: string }).name)
}

describe('a subscription', () => {
  test('tells what happened, by whom, and how things are now', async () => {
    await using live = await admin.subscribe<{ events: LiveEvent }>(document)
    const made = await customer({ name: 'Lively Ltd', due: { amount: '10', dueDate: '2026-04-01' } })
    const payment = await pay(made.id, '4')
    const told = []
    while (told.length < 4) told.push((await live.next()).events)
    expect(told.map(({ type, author, customer, payment }) => [type, author, customer?.name, payment?.id ?? null])).toEqual([
      ['CUSTOMER_CREATED', 'Alan Agent', 'Lively Ltd', null],
      ['DUE_ADDED', 'Alan Agent', 'Lively Ltd', null],
      ['PAYMENT_RECORDED', 'Alan Agent', 'Lively Ltd', payment.id],
      ['PAYMENT_COMPLETED', 'Alan Agent', 'Lively Ltd', payment.id],
    ])
    expect(told.at(-1)).toMatchObject({ customer: { outstanding: '6.00' }, payment: { state: 'COMPLETED' } })
  })

  test('resumes after a number: the gap first, then what comes, each linked to the one before', async () => {
    await settled(app)
    const from = await latest()
    for (let index = 0; index < 5; index++) await write(`missed ${index}`)
    await settled(app)
    await using live = await agent.subscribe<{ events: LiveEvent }>(document, { after: String(from) })
    const told: LiveEvent[] = []
    while (told.length < 5) told.push((await live.next()).events)
    await Promise.all(Array.from({ length: 5 }, (_, index) => write(`live ${index}`)))
    while (told.length < 10) told.push((await live.next()).events)
    expect(told.map(({ number }) => Number(number))).toEqual(Array.from({ length: 10 }, (_, index) => from + index + 1))
    expect(linked(told, from)).toBe(true)
    // From the middle, the same ones come again.
    expect(await follow(agent, from + 4, 6)).toEqual(told.slice(4))
  })

  test('links over what is not meant for the viewer: accounts are for administrators', async () => {
    await settled(app)
    const from = await latest()
    await write('before')
    await settled(app)
    await atomically(app.context(), (ctx) =>
      record(ctx, { type: 'STAFF_REGISTERED', facts: { staffId: agent.viewer!.id, name: 'Wanda', waiting: true } }),
    )
    await settled(app)
    await write('after')
    const [forAdmin, forAgent] = [await follow(admin, from, 3), await follow(agent, from, 2)]
    expect(forAdmin.map(({ type }) => type)).toEqual(['CUSTOMER_CHANGED', 'STAFF_REGISTERED', 'CUSTOMER_CHANGED'])
    expect(forAgent.map(({ number, previous }) => [Number(previous) - from, Number(number) - from])).toEqual([
      [0, 1],
      [1, 3],
    ])
    expect(linked(forAdmin, from)).toBe(true)
  })

  test('after a number that was never given, or is no longer kept, says so', async () => {
    for (let index = 0; index < 8; index++) await write(`old ${index}`)
    await settled(app)
    const code = async (after: number, field: string) => {
      await using live = await agent.subscribe(`subscription ($after: EventNumber) { ${field}(after: $after) { number } }`, {
        after: String(after),
      })
      return await live.next().then(
        () => 'answered',
        (error: unknown) => (error as Refused).code,
      )
    }
    const end = await latest()
    expect(await code(end + 1, 'events')).toBe('LOG_PRUNED')
    expect(await code(end + 1, 'notifications')).toBe('LOG_PRUNED')
    // Kept from here on only.
    const oldest = end - 5
    await app.app.pool.promise().query('delete from event where number < ?', [oldest])
    expect(await code(oldest - 2, 'events')).toBe('LOG_PRUNED')
    expect((await follow(agent, oldest - 1, 6)).map(({ number }) => Number(number))).toEqual(
      Array.from({ length: 6 }, (_, index) => oldest + index),
    )
  })

  test('sees nothing of a transaction that was rolled back', async () => {
    await settled(app)
    const from = await latest()
    const gone = atomically(app.context(), async (ctx) => {
      await record(ctx, { type: 'CUSTOMER_CHANGED', facts: { name: 'never', customerNumber: 'never', quiet: true } })
      throw new Error('changed my mind')
    })
    await expect(gone).rejects.toThrow('changed my mind')
    await write('after all')
    const [only] = await follow(agent, from, 1)
    expect(Number(only!.number)).toBe(from + 1)
    expect(await namesAfter(from)).toEqual(['after all'])
  })
})

test('a verb that changed nothing announces nothing', async () => {
  const made = await customer({ due: { amount: '10', dueDate: '2026-04-01' } })
  const payment = await pay(made.id, '10')
  await settled(app)
  const from = await latest()
  await verb('complete', payment.id)
  await due(made.id, '1', '2026-05-01')
  expect((await follow(agent, from, 1)).map(({ type }) => type)).toEqual(['DUE_ADDED'])
})

describe('a reaction', () => {
  const seen: number[] = []
  let faults = 2
  const failing = {
    name: 'test-failing',
    react: async (_ctx: unknown, events: readonly NumberedEvent[]) => {
      if (faults-- > 0) throw new Error('not yet')
      seen.push(...events.map(({ number }) => number))
    },
  }
  const steady: number[] = []
  const other = {
    name: 'test-steady',
    react: async (_ctx: unknown, events: readonly NumberedEvent[]) => void steady.push(...events.map(({ number }) => number)),
  }
  afterAll(async () => {
    for (const { name } of [failing, other]) await app.app.db.delete(reactions).where(eq(reactions.name, name))
  })

  test('that fails is tried again with the same events, and holds up no other', async () => {
    await settled(app)
    await prepareRelay(app.app, [failing, other])
    const from = await latest()
    await using _relay = startRelay(app.app, [failing, other], () => {})
    const made = await customer()
    await update(made, { name: 'Twice told' })
    await eventually(() => steady.length === 2)
    expect(seen).toEqual([])
    const numbers = [from + 1, from + 2]
    await eventually(async () => {
      const [row] = await app.app.db.select().from(reactions).where(eq(reactions.name, failing.name))
      expect(row).toMatchObject({ position: from + 2, failures: 0, lastError: null })
      return true
    })
    expect([seen, steady]).toEqual([numbers, numbers])
  })
})
