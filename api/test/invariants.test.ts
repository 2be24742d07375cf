import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkInvariants } from '../src/db/invariants.ts'
import { eventInvariants } from '../src/events/invariants.ts'
import { ledgerInvariants } from '../src/ledger/invariants.ts'
import { notificationInvariants } from '../src/notifications/invariants.ts'
import { buildersOf, findings, settled } from './builders.ts'
import { startTestApp } from './harness.ts'

const app = await startTestApp({ clock: '2026-03-02T10:00:00Z' })
const { customer, due, pay, verb, sweep } = buildersOf(app)
const { db, pool } = app.app
const all = [...ledgerInvariants, ...eventInvariants, ...notificationInvariants]
// The table refuses some violations itself; the check is for books that came another way.
const checks = ['customer alter check customer_owes_or_has', 'due alter check due_amounts', 'payment alter check payment_amounts']

beforeAll(async () => {
  const owing = await customer({ number: 'OWES', due: { amount: '100', dueDate: '2026-04-01', reference: 'OPEN' } })
  await pay(owing.id, '40', { reference: 'part' })
  await pay(owing.id, '10', { reference: 'pending', state: 'PENDING' })
  await verb('reverse', (await pay(owing.id, '5', { reference: 'reversed' })).id)
  const credited = await customer({ number: 'CREDIT', due: { amount: '10', dueDate: '2026-04-01', reference: 'PAID' } })
  await pay(credited.id, '30', { reference: 'over' })
  const late = await customer({ number: 'LATE', due: { amount: '10', dueDate: '2026-02-01', reference: 'LATE' } })
  await due(late.id, '10', '2026-03-02', 'TODAY')
  app.clock.at('2026-03-03T10:00:00Z')
  await sweep()
  await settled(app)
  for (const check of checks) await pool.promise().query(`alter table ${check} not enforced`)
})
afterAll(async () => {
  for (const check of checks) await pool.promise().query(`alter table ${check} enforced`)
})

/** The names of the invariants that these statements break; nothing of them stays. */
async function broken(...statements: string[]): Promise<string[]> {
  let names: string[] = []
  const undone = new Error('undone')
  await db
    .transaction(async (tx) => {
      for (const statement of statements) {
        const [result] = (await tx.execute(sql.raw(statement))) as unknown as [{ affectedRows: number }]
        if (result.affectedRows === 0) throw new Error(`This plants nothing: ${statement}`)
      }
      names = (await checkInvariants(tx, all)).filter((result) => result.broken.length > 0).map(({ name }) => name)
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error
    })
  return names
}

const ofNumber = (number: string) => `(select id from (select id from customer where number = '${number}') c)`
const ofReference = (table: 'due' | 'payment', reference: string) =>
  `(select id from (select id from ${table} where reference = '${reference}') r)`
const allocate = (payment: string, due: string, amount: number) =>
  `insert into allocation (id, payment_id, due_id, amount, at) values (unhex(replace(uuid(), '-', '')), ${ofReference('payment', payment)}, ${ofReference('due', due)}, ${amount}, now(6))`

test('books that nobody has touched break none of them, and every one has rows to look at', async () => {
  expect(await findings(app)).toEqual([])
  const results = await checkInvariants(db, all)
  expect(results.filter(({ looked }) => looked === 0)).toEqual([])
})

test('every name is one of its own', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
})

describe('the check finds', () => {
  const cases: [what: string, name: RegExp, ...statements: string[]][] = [
    [
      'a due with a cent too much outstanding',
      /outstanding of a due/,
      "update due set outstanding = outstanding + 1 where reference = 'OPEN'",
    ],
    [
      'a due with a cent too little outstanding',
      /outstanding of a due/,
      "update due set outstanding = outstanding - 1 where reference = 'OPEN'",
    ],
    [
      'a due with less than nothing outstanding',
      /outstanding of a due/,
      "update due set outstanding = -1, amount = 999 where reference = 'PAID'",
    ],
    ['a due whose amount was changed under it', /outstanding of a due/, "update due set amount = amount + 100 where reference = 'PAID'"],
    [
      'an allocation that its due knows nothing of',
      /outstanding of a due/,
      allocate('part', 'OPEN', 100),
      "update payment set allocated = allocated + 100 where reference = 'part'",
    ],
    [
      'an allocation that its payment knows nothing of',
      /a payment has on dues/,
      allocate('part', 'OPEN', 100),
      "update due set outstanding = outstanding - 100 where reference = 'OPEN'",
    ],
    ['a payment with more on dues than it has', /a payment has on dues/, "update payment set amount = 1 where reference = 'part'"],
    [
      'a pending payment that covers something',
      /a payment has on dues/,
      allocate('pending', 'OPEN', 100),
      "update payment set allocated = 100 where reference = 'pending'",
    ],
    [
      'a reversed payment that still covers something',
      /a payment has on dues/,
      "update payment set state = 'REVERSED' where reference = 'part'",
    ],
    [
      'more taken back from a due than was put on it',
      /less than nothing on a due/,
      allocate('part', 'PAID', -100),
      allocate('part', 'OPEN', 100),
    ],
    ['a payment on the due of another customer', /only on dues of its own customer/, allocate('over', 'OPEN', 100)],
    [
      'a customer that owes another sum than its dues',
      /outstanding and the next due date/,
      `update customer set outstanding = outstanding + 1 where id = ${ofNumber('OWES')}`,
    ],
    [
      'a customer with another next date than its dues',
      /outstanding and the next due date/,
      `update customer set next_due_date = '2026-04-02' where id = ${ofNumber('OWES')}`,
    ],
    [
      'a customer with a next date that owes nothing',
      /outstanding and the next due date/,
      `update customer set next_due_date = '2026-04-02' where id = ${ofNumber('CREDIT')}`,
    ],
    [
      'a due that was given to another customer',
      /outstanding and the next due date/,
      `update due set customer_id = ${ofNumber('CREDIT')} where reference = 'OPEN'`,
    ],
    ['a credit that no payment gives', /credit of a customer/, `update customer set credit = credit + 1 where id = ${ofNumber('CREDIT')}`],
    ['a credit that is forgotten', /credit of a customer/, `update customer set credit = 0 where id = ${ofNumber('CREDIT')}`],
    ['credit beside an open due', /credit of a customer/, `update customer set outstanding = 1000 where id = ${ofNumber('CREDIT')}`],
    [
      'a last payment that was not the last',
      /last payment of a customer/,
      `update customer set last_payment_on = '2026-03-01' where id = ${ofNumber('OWES')}`,
    ],
    [
      'a last payment that never was',
      /last payment of a customer/,
      `update customer set last_payment_on = '2026-03-01' where id = ${ofNumber('LATE')}`,
    ],
    ['a due in another currency', /in the currency of their customer/, "update due set currency = 'USD' where reference = 'OPEN'"],
    ['a payment in another currency', /in the currency of their customer/, "update payment set currency = 'USD' where reference = 'part'"],
    [
      'a customer whose currency was changed',
      /in the currency of their customer/,
      `update customer set currency = 'USD' where id = ${ofNumber('OWES')}`,
    ],
    ['a due that says it was announced and was not', /announced exactly when/, "update due set announced = 1 where reference = 'OPEN'"],
    ['a due that would be announced again', /announced exactly when/, "update due set announced = 0 where reference = 'LATE'"],
    [
      'a due that was moved and still counts as announced',
      /announced exactly when/,
      "update due set due_date = '2026-02-02' where reference = 'LATE'",
    ],
    ['an event that is gone from the middle', /event numbers have no gap/, 'delete from event where number = 3'],
    ['an event that is gone from the end', /event numbers have no gap/, 'delete from event where number = (select last_number from relay)'],
    ['a number that the relay does not know of', /event numbers have no gap/, 'update relay set last_number = last_number - 1'],
    [
      'a reaction that is ahead of the log',
      /no reaction is ahead/,
      "update reaction set position = position + 1 where name = 'notifications'",
    ],
    ['a payment that nobody was told of', /told exactly once/, "delete from notification where type = 'PAYMENT_RECEIVED' limit 1"],
    ['a customer that nobody was told of', /told exactly once/, "delete from notification where type = 'CUSTOMER_ADDED' limit 1"],
    ['an overdue that nobody was told of', /told exactly once/, "delete from notification where type = 'PAYMENT_OVERDUE' limit 1"],
    [
      'something told that was to be quiet',
      /told exactly once/,
      "update event set facts = json_set(facts, '$.quiet', true) where type = 'PAYMENT_COMPLETED' limit 1",
    ],
    [
      'something told that has not happened',
      /not been numbered/,
      'update notification set number = number + 1000 order by number desc limit 1',
    ],
  ]

  test.each(cases)('%s', async (_what, name, ...statements) => {
    expect(await broken(...statements)).toContainEqual(expect.stringMatching(name))
  })

  test('something for each of its names', () => {
    expect(all.filter(({ name }) => !cases.some(([, pattern]) => pattern.test(name)))).toEqual([])
  })
})
