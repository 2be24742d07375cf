import { randomUUID } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import { events } from '../src/events/tables.ts'
import { buildersOf, documents, paymentFields, paymentInput, toldTo, verbDocument, type Payment } from './builders.ts'
import { eventually, Refused, startTestApp } from './harness.ts'
import { expectNothingInside } from './refused.ts'

const lines: string[] = []
const app = await startTestApp({
  clock: '2026-03-02T10:00:00Z',
  log: pino({ level: 'warn' }, { write: (line: string) => lines.push(line) }),
})
const [agent, admin] = await Promise.all([app.as('AGENT'), app.as('ADMIN')])
const { customer, due, pay, preview, read, dues, payments, sweep } = buildersOf(app)

afterEach(() => {
  // Whoever loses a race is told so, or tried again: neither is a fault of the program.
  expect(lines.splice(0)).toEqual([])
})

/** Sends all at once and gives each outcome: the data of the answer, or the code of the refusal. */
async function atOnce(...requests: [document: string, variables: Record<string, unknown>][]): Promise<unknown[]> {
  return Promise.all(
    requests.map(async ([document, variables], index) => {
      try {
        const data = await (index % 2 === 0 ? agent : admin).ask(document, variables)
        return Object.values(data)[0]
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        for (const { message } of error.errors) expectNothingInside(message)
        return error.code
      }
    }),
  )
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
const eventsOf = async (type: string, customerId: string): Promise<number> =>
  (
    await app.app.db
      .select({ number: events.number })
      .from(events)
      .where(and(eq(events.type, type), eq(events.customerId, customerId)))
  ).length

describe('at once', () => {
  test('20 completions of one payment book it once', async () => {
    const { id } = await customer({ due: { amount: '100', dueDate: '2026-04-01' } })
    await due(id, '100', '2026-04-02')
    const payment = await pay(id, '100', { state: 'PENDING' })
    const outcomes = await atOnce(...times(20, [verbDocument('complete'), { id: payment.id }] as [string, Record<string, unknown>]))
    expect(outcomes).toEqual(times(20, expect.objectContaining({ state: 'COMPLETED', unallocated: '0.00' })))
    expect(await read(id)).toMatchObject({ outstanding: '100.00', credit: '0.00' })
    expect(await eventsOf('PAYMENT_COMPLETED', id)).toBe(1)
    expect((await toldTo(app, admin, { type: ['PAYMENT_RECEIVED'] })).filter(({ customerId }) => customerId === id)).toHaveLength(1)
  })

  test('one key 20 times books once, and everybody is answered with that payment', async () => {
    const { id } = await customer({ due: { amount: '100', dueDate: '2026-04-01' } })
    const outcomes = await atOnce(
      ...times(20, [documents.record, { input: paymentInput(app, id, '10') }] as [string, Record<string, unknown>]),
    )
    const [booked, ...others] = await payments(id)
    expect(others).toEqual([])
    expect(outcomes).toEqual(times(20, booked))
    expect(await read(id)).toMatchObject({ outstanding: '90.00' })
  })

  test('one key for different customers books for one of them', async () => {
    const made = await Promise.all(times(8, undefined).map(() => customer()))
    const key = randomUUID()
    const outcomes = await atOnce(
      ...made.map(({ id }): [string, Record<string, unknown>] => [documents.record, { input: { ...paymentInput(app, id, '10'), key } }]),
    )
    expect(outcomes.filter((outcome) => outcome === 'TAKEN')).toHaveLength(7)
    expect((await Promise.all(made.map(({ id }) => payments(id)))).flat()).toHaveLength(1)
  })

  test('complete and fail: one of them wins for good', async () => {
    const { id } = await customer({ due: { amount: '100', dueDate: '2026-04-01' } })
    const pending = await Promise.all(times(6, undefined).map(() => pay(id, '10', { state: 'PENDING' })))
    await atOnce(
      ...pending.flatMap(({ id }): [string, Record<string, unknown>][] => [
        [verbDocument('complete'), { id }],
        [verbDocument('fail'), { id }],
      ]),
    )
    const states = (await payments(id)).map(({ state }) => state)
    expect(states.every((state) => state === 'COMPLETED' || state === 'FAILED')).toBe(true)
    expect(await eventsOf('PAYMENT_COMPLETED', id)).toBe(states.filter((state) => state === 'COMPLETED').length)
    expect(await eventsOf('PAYMENT_FAILED', id)).toBe(states.filter((state) => state === 'FAILED').length)
  })

  test.each(['reverse', 'reopen'] as const)(
    'complete and %s leave a payment in the state of its last event, and the money with it',
    async (other) => {
      const { id } = await customer({ due: { amount: '100', dueDate: '2026-04-01' } })
      const payment = await pay(id, '60')
      const outcomes = await atOnce(
        ...times(12, undefined).map((_, index): [string, Record<string, unknown>] => [
          verbDocument(index % 3 === 0 ? other : 'complete'),
          { id: payment.id },
        ]),
      )
      expect(outcomes.filter((outcome) => typeof outcome === 'string' && outcome !== 'NOT_ALLOWED_NOW')).toEqual([])
      const [now] = await payments(id)
      expect(await read(id)).toMatchObject(now!.state === 'COMPLETED' ? { outstanding: '40.00' } : { outstanding: '100.00' })
      const completed = await eventsOf('PAYMENT_COMPLETED', id)
      const taken = await eventsOf(other === 'reverse' ? 'PAYMENT_REVERSED' : 'PAYMENT_REOPENED', id)
      expect(completed - taken).toBe(now!.state === 'COMPLETED' ? 1 : 0)
    },
  )

  test('two payments on one due cover it once; the rest is credit', async () => {
    const { id } = await customer({ due: { amount: '10', dueDate: '2026-04-01' } })
    await atOnce(
      ...times(8, undefined).map((): [string, Record<string, unknown>] => [documents.record, { input: paymentInput(app, id, '7') }]),
    )
    expect(await read(id)).toMatchObject({ outstanding: '0.00', credit: '46.00' })
  })

  test('credit is spent once by dues that come together', async () => {
    const { id } = await customer()
    await pay(id, '25')
    await atOnce(
      ...times(8, undefined).map((): [string, Record<string, unknown>] => [
        documents.addDue,
        { customerId: id, input: { amount: '10', dueDate: '2026-04-01' } },
      ]),
    )
    expect(await read(id)).toMatchObject({ outstanding: '55.00', credit: '0.00' })
  })

  test('dues and payments that come together end with the sums of both', async () => {
    const { id } = await customer()
    const requests = times(10, undefined).flatMap((): [string, Record<string, unknown>][] => [
      [documents.addDue, { customerId: id, input: { amount: '10', dueDate: '2026-04-01' } }],
      [documents.record, { input: paymentInput(app, id, '7') }],
    ])
    expect((await atOnce(...requests)).filter((outcome) => typeof outcome === 'string')).toEqual([])
    expect(await read(id)).toMatchObject({ outstanding: '30.00', credit: '0.00' })
    expect((await preview(id, '30')).credit).toBe('0.00')
  })

  test('an archive and payments: what came before it stands, what came after is refused', async () => {
    const { id } = await customer({ due: { amount: '100', dueDate: '2026-04-01' } })
    const [archived, ...booked] = await atOnce(
      [documents.archive, { id, reason: 'moved' }],
      ...times(8, undefined).map((): [string, Record<string, unknown>] => [documents.record, { input: paymentInput(app, id, '7') }]),
    )
    expect(archived).toMatchObject({ archivedAt: '2026-03-02T10:00:00.000Z' })
    expect(booked.filter((outcome) => typeof outcome === 'string' && outcome !== 'ARCHIVED')).toEqual([])
    const done = booked.filter((outcome) => typeof outcome !== 'string')
    expect(await payments(id)).toHaveLength(done.length)
    expect((await read(id)).outstanding).toBe(`${100 - 7 * done.length}.00`)
  })

  test('edits of one version: one is saved, the others are stale', async () => {
    const { id, number, currency } = await customer()
    const outcomes = await atOnce(
      ...times(8, undefined).map((_, index): [string, Record<string, unknown>] => [
        documents.update,
        { id, version: 1, input: { name: `Editor ${index}`, number, currency, contacts: [] } },
      ]),
    )
    expect(outcomes.filter((outcome) => outcome === 'STALE')).toHaveLength(7)
    expect(outcomes.filter((outcome) => outcome !== 'STALE')).toMatchObject([{ name: (await read(id)).name, version: 2 }])
  })

  test('new customers of one number: one gets it, and those without get one each', async () => {
    const outcomes = await atOnce(
      ...times(8, undefined).map((_, index): [string, Record<string, unknown>] => [
        documents.create,
        { input: { name: 'Racer', number: index % 2 === 0 ? 'R-1' : 'r-1' } },
      ]),
      ...times(8, undefined).map((): [string, Record<string, unknown>] => [documents.create, { input: { name: 'Racer' } }]),
    )
    expect(outcomes.filter((outcome) => outcome === 'TAKEN')).toHaveLength(7)
    const numbers = outcomes.flatMap((outcome) => (typeof outcome === 'string' ? [] : [(outcome as { number: string }).number]))
    expect(new Set(numbers).size).toBe(9)
  })

  test('first forms of a due: with no due before, they make one', async () => {
    const { id, number, currency, name } = await customer()
    const form = { name, number, currency, contacts: [], due: { outstanding: '10', dueDate: '2026-04-01' } }
    await atOnce(...times(6, [documents.update, { id, version: 1, input: form }] as [string, Record<string, unknown>]))
    expect(await dues(id)).toHaveLength(1)
  })
})

describe('the sweep', () => {
  test('run twice at once announces each due once', async () => {
    const made = await Promise.all(times(8, undefined).map(() => customer({ due: { amount: '10', dueDate: '2026-03-02' } })))
    app.clock.at('2026-03-03T10:00:00Z')
    const announced = await Promise.all([sweep(), sweep(), sweep()])
    expect(announced.reduce((sum, each) => sum + each, 0)).toBe(8)
    expect(await Promise.all(made.map(({ id }) => eventsOf('DUE_OVERDUE', id)))).toEqual(times(8, 1))
  })

  test('against payments announces only what is still open, and nothing is lost', async () => {
    const made = await Promise.all(times(8, undefined).map(() => customer({ due: { amount: '10', dueDate: '2026-03-03' } })))
    app.clock.at('2026-03-04T10:00:00Z')
    const [announced] = await Promise.all([
      sweep(),
      atOnce(...made.map(({ id }): [string, Record<string, unknown>] => [documents.record, { input: paymentInput(app, id, '10') }])),
      sweep(),
    ])
    expect(announced).toBeLessThanOrEqual(8)
    expect(await sweep()).toBe(0)
    const each = await Promise.all(made.map(({ id }) => eventsOf('DUE_OVERDUE', id)))
    expect(each.every((count) => count <= 1)).toBe(true)
    expect((await Promise.all(made.map(({ id }) => read(id)))).map(({ outstanding }) => outstanding)).toEqual(times(8, '0.00'))
  })
})

test('transactions that lock each other out are tried again, and nobody sees it', async () => {
  const { id } = await customer({ due: { amount: '100', dueDate: '2026-05-01' } })
  const payment = await pay(id, '10', { state: 'PENDING' })
  const connection = await app.app.pool.promise().getConnection()
  try {
    // Payment first, customer second: the order that no use-case has, so that one of the two must give way.
    await connection.query('set session innodb_lock_wait_timeout = 5')
    await connection.beginTransaction()
    await connection.query('select 1 from payment where id = unhex(replace(?, "-", "")) for update', [payment.id])
    const completing = agent.ask<{ completePayment: Payment }>(`mutation ($id: ID!) { completePayment(id: $id) { ${paymentFields} } }`, {
      id: payment.id,
    })
    await eventually(async () => {
      const [[row]] = (await app.app.db.execute(
        sql`select count(*) as n from information_schema.processlist where db = database() and info like 'select%from \`payment\`%for update'`,
      )) as unknown as [[{ n: string }]]
      return Number(row.n) > 0
    })
    // Makes this side the heavier one, so that the other is the victim.
    for (let index = 0; index < 20; index++)
      await connection.query('update payment set reference = ? where id = unhex(replace(?, "-", ""))', [`${index}`, payment.id])
    await connection.query('select 1 from customer where id = unhex(replace(?, "-", "")) for update', [id]).catch(() => {})
    await connection.rollback()
    expect((await completing).completePayment).toMatchObject({ state: 'COMPLETED' })
  } finally {
    connection.destroy()
  }
  expect(await read(id)).toMatchObject({ outstanding: '90.00' })
  expect(await eventsOf('PAYMENT_COMPLETED', id)).toBe(1)
})
