import { randomUUID } from 'node:crypto'
import { count } from 'drizzle-orm'
import { paymentStates, paymentVerbs, verbsFrom, type PaymentState, type PaymentVerb } from 'schema/payment'
import { describe, expect, test } from 'vitest'
import { audits, events } from '../src/events/tables.ts'
import { allocations, dues as dueTable, payments as paymentTable } from '../src/ledger/tables.ts'
import { buildersOf, documents, edited, paymentInput, verbDocument, type Payment } from './builders.ts'
import { startTestApp } from './harness.ts'

const app = await startTestApp({ clock: '2026-03-02T10:00:00Z' })
const agent = await app.as('AGENT')
const { customer, update, due, pay, verb, preview, read, dues, payments } = buildersOf(app)

/** A customer with dues of these amounts, each due a day after the one before. */
async function owing(...amounts: string[]) {
  const made = await customer()
  for (const [index, amount] of amounts.entries()) await due(made.id, amount, `2026-04-0${index + 1}`, `R${index + 1}`)
  return made.id
}
const open = async (id: string) => Object.fromEntries((await dues(id)).map(({ reference, outstanding }) => [reference, outstanding]))
const covered = (payment: Payment) => Object.fromEntries(payment.allocations.map(({ amount, due: { reference } }) => [reference, amount]))
const state = async (id: string) =>
  (
    await agent.ask<{ payment: Payment }>(
      'query ($id: ID!) { payment(id: $id) { id state amount unallocated allocations { amount due { reference } } } }',
      { id },
    )
  ).payment

/** How many rows the books have: what a refusal must leave as it was. */
async function rows(): Promise<number[]> {
  const tables = [dueTable, paymentTable, allocations, events, audits]
  return Promise.all(tables.map(async (table) => (await app.app.db.select({ n: count() }).from(table))[0]!.n))
}

describe('a completed payment', () => {
  test('covers the oldest due date first, then the oldest due', async () => {
    const id = (await customer()).id
    await due(id, '10', '2026-05-01', 'later')
    await due(id, '10', '2026-04-01', 'first')
    await due(id, '10', '2026-04-01', 'second')
    expect(covered(await pay(id, '15'))).toEqual({ first: '10.00', second: '5.00' })
    expect(await open(id)).toEqual({ first: '0.00', second: '5.00', later: '10.00' })
    expect(await read(id)).toMatchObject({ outstanding: '15.00', credit: '0.00', nextDueDate: '2026-04-01', lastPaymentOn: '2026-03-02' })
  })

  test('of a part leaves the rest of the due open, and its date the next one', async () => {
    const id = await owing('10', '20')
    await pay(id, '4')
    expect(await read(id)).toMatchObject({ outstanding: '26.00', nextDueDate: '2026-04-01' })
    await pay(id, '6')
    expect(await read(id)).toMatchObject({ outstanding: '20.00', nextDueDate: '2026-04-02' })
    await pay(id, '20')
    expect(await read(id)).toMatchObject({ outstanding: '0.00', nextDueDate: null, status: 'PAID', hasDues: true })
  })

  test('of too much becomes credit, which settles the next due by itself', async () => {
    const id = await owing('10')
    const payment = await pay(id, '25.50')
    expect([payment.unallocated, covered(payment)]).toEqual(['15.50', { R1: '10.00' }])
    expect(await read(id)).toMatchObject({ outstanding: '0.00', credit: '15.50' })
    expect(await due(id, '12', '2026-04-02', 'R2')).toMatchObject({ outstanding: '0.00', status: 'PAID' })
    expect(await read(id)).toMatchObject({ outstanding: '0.00', credit: '3.50' })
    expect(await due(id, '5', '2026-04-03', 'R3')).toMatchObject({ outstanding: '1.50', status: 'OPEN' })
    expect(await read(id)).toMatchObject({ outstanding: '1.50', credit: '0.00', nextDueDate: '2026-04-03' })
    expect(covered(await state(payment.id))).toEqual({ R1: '10.00', R2: '12.00', R3: '3.50' })
  })

  test('gives its credit before a later one does, and after an earlier one', async () => {
    const id = (await customer()).id
    const late = await pay(id, '10', { receivedOn: '2026-02-20' })
    const early = await pay(id, '10', { receivedOn: '2026-02-10' })
    await due(id, '15', '2026-04-01', 'R1')
    expect([covered(await state(early.id)), covered(await state(late.id))]).toEqual([{ R1: '10.00' }, { R1: '5.00' }])
  })

  test('settles a due that is raised', async () => {
    const made = await customer({ due: { amount: '10', dueDate: '2026-04-01', reference: 'R1' } })
    await pay(made.id, '30')
    await due(made.id, '25', '2026-05-01', 'R2')
    const raised = await update(await read(made.id), { due: { outstanding: '7', dueDate: '2026-05-02' } })
    expect(raised).toMatchObject({ outstanding: '7.00', credit: '0.00', nextDueDate: '2026-05-02' })
    expect(await dues(made.id)).toMatchObject([{ reference: 'R2', amount: '27.00', outstanding: '7.00' }, { reference: 'R1' }])
  })

  test('spreads over more dues than are read at a time', async () => {
    const id = (await customer()).id
    for (let batch = 0; batch < 11; batch++) {
      const lines = Array.from(
        { length: 10 },
        (_, index) =>
          `d${index}: addDue(customerId: $id, input: { amount: "1", dueDate: "2026-05-05", reference: "N${batch * 10 + index}" }) { id }`,
      )
      await agent.ask(`mutation ($id: ID!) { ${lines.join(' ')} }`, { id })
    }
    expect((await preview(id, '105.50')).lines).toHaveLength(106)
    const payment = await pay(id, '105.50')
    expect([payment.allocations.length, payment.unallocated]).toEqual([106, '0.00'])
    expect(await read(id)).toMatchObject({ outstanding: '4.50', credit: '0.00' })
    await verb('reverse', payment.id)
    expect(await read(id)).toMatchObject({ outstanding: '110.00', credit: '0.00' })
  })

  test.each([['4'], ['10'], ['10.01'], ['45']])('of %s does what its preview said', async (amount) => {
    const id = await owing('10', '20')
    await pay(id, '1')
    const foretold = await preview(id, amount)
    expect(await read(id)).toMatchObject({ outstanding: '29.00' })
    const payment = await pay(id, amount)
    expect(payment.allocations).toEqual(foretold.lines)
    expect(payment.unallocated).toBe(foretold.credit)
    expect((await read(id)).credit).toBe(foretold.credit)
  })
})

describe('a pending payment', () => {
  test('covers nothing until it is completed', async () => {
    const id = await owing('10')
    const payment = await pay(id, '10', { state: 'PENDING' })
    expect(payment).toMatchObject({ state: 'PENDING', allocations: [], unallocated: '0.00' })
    expect(await read(id)).toMatchObject({ outstanding: '10.00', credit: '0.00', lastPaymentOn: null })
    expect(await verb('complete', payment.id)).toMatchObject({ state: 'COMPLETED', allocations: [{ amount: '10.00' }] })
    expect(await read(id)).toMatchObject({ outstanding: '0.00', lastPaymentOn: '2026-03-02' })
  })

  test('that fails never covers anything, and stays failed', async () => {
    const id = await owing('10')
    const payment = await pay(id, '10', { state: 'PENDING' })
    expect(await verb('fail', payment.id)).toMatchObject({ state: 'FAILED' })
    expect((await agent.refusal(verbDocument('complete'), { id: payment.id })).code).toBe('NOT_ALLOWED_NOW')
    expect(await read(id)).toMatchObject({ outstanding: '10.00' })
  })
})

describe('the verbs', () => {
  test('a payment completed twice moves the balance once', async () => {
    const id = await owing('10', '10')
    const payment = await pay(id, '10', { state: 'PENDING' })
    await verb('complete', payment.id)
    const before = await rows()
    expect(await verb('complete', payment.id)).toMatchObject({ state: 'COMPLETED', allocations: [{ amount: '10.00' }] })
    expect(await rows()).toEqual(before)
    expect(await read(id)).toMatchObject({ outstanding: '10.00' })
  })

  test('reopening takes everything back and completing again allocates afresh', async () => {
    const id = await owing('10')
    const payment = await pay(id, '12', { receivedOn: '2026-02-20' })
    expect(await verb('reopen', payment.id)).toMatchObject({ state: 'PENDING', allocations: [], unallocated: '0.00' })
    expect(await read(id)).toMatchObject({ outstanding: '10.00', credit: '0.00', nextDueDate: '2026-04-01', lastPaymentOn: null })
    await due(id, '10', '2026-03-31', 'older')
    expect(covered(await verb('complete', payment.id))).toEqual({ older: '10.00', R1: '2.00' })
    expect(await read(id)).toMatchObject({ outstanding: '8.00', lastPaymentOn: '2026-02-20' })
  })

  test('reversing takes exactly its own allocations back, and the due is open again', async () => {
    const id = await owing('10', '20')
    const kept = await pay(id, '15')
    const gone = await pay(id, '20')
    expect([covered(kept), covered(gone)]).toEqual([{ R1: '10.00', R2: '5.00' }, { R2: '15.00' }])
    expect(await verb('reverse', gone.id)).toMatchObject({ state: 'REVERSED', allocations: [], unallocated: '0.00' })
    expect(covered(await state(kept.id))).toEqual({ R1: '10.00', R2: '5.00' })
    expect(await open(id)).toEqual({ R1: '0.00', R2: '15.00' })
    expect(await read(id)).toMatchObject({ outstanding: '15.00', credit: '0.00', nextDueDate: '2026-04-02' })
  })

  test('reversing lets the credit of others step in', async () => {
    const id = await owing('10')
    const gone = await pay(id, '10')
    const credit = await pay(id, '4')
    await verb('reverse', gone.id)
    expect(covered(await state(credit.id))).toEqual({ R1: '4.00' })
    expect(await read(id)).toMatchObject({ outstanding: '6.00', credit: '0.00' })
  })

  test('reversing a payment whose credit was spent opens that due as well', async () => {
    const id = await owing('10')
    const payment = await pay(id, '30')
    await due(id, '15', '2026-02-01', 'R2')
    expect(await read(id)).toMatchObject({ outstanding: '0.00', credit: '5.00' })
    await verb('reverse', payment.id)
    expect(await read(id)).toMatchObject({
      outstanding: '25.00',
      credit: '0.00',
      nextDueDate: '2026-02-01',
      status: 'OVERDUE',
      lastPaymentOn: null,
    })
  })

  const ways: Record<PaymentState, PaymentVerb | undefined> = {
    PENDING: undefined,
    COMPLETED: 'complete',
    FAILED: 'fail',
    REVERSED: 'reverse',
  }
  const refusals = paymentStates.flatMap((from) =>
    (Object.keys(paymentVerbs) as PaymentVerb[])
      .filter((name) => paymentVerbs[name].from !== from && paymentVerbs[name].to !== from)
      .map((name) => [from, name] as const),
  )
  test.each(refusals)('a %s payment refuses to %s, and says what it allows', async (from, name) => {
    const id = await owing('10')
    const payment = await pay(id, '10', { state: 'PENDING' })
    if (from === 'REVERSED') await verb('complete', payment.id)
    const way = ways[from]
    if (way !== undefined) await verb(way, payment.id)
    const before = await rows()
    const refused = await agent.refusal(verbDocument(name), { id: payment.id })
    expect([refused.code, refused.facts]).toEqual(['NOT_ALLOWED_NOW', { state: from, allowed: verbsFrom(from) }])
    expect(refused.message).toContain(from.toLowerCase())
    expect((await state(payment.id)).state).toBe(from)
    expect(await rows()).toEqual(before)
  })

  test('a payment that does not exist is not found', async () => {
    for (const id of [randomUUID(), 'nonsense', '']) expect((await agent.refusal(verbDocument('complete'), { id })).code).toBe('NOT_FOUND')
  })
})

describe('the key of a payment', () => {
  test('sent twice books once', async () => {
    const id = await owing('10')
    const input = paymentInput(app, id, '4')
    const [first, second] = [
      await agent.ask(documents.record, { input }),
      await agent.ask(documents.record, { input: { ...input, reference: 'again', amount: '4.00' } }),
    ]
    expect(second).toEqual(first)
    expect(await payments(id)).toHaveLength(1)
  })

  test('finds its payment after the customer was archived', async () => {
    const { id } = await customer()
    const input = paymentInput(app, id, '4')
    const first = await agent.ask(documents.record, { input })
    await agent.ask(documents.archive, { id })
    expect(await agent.ask(documents.record, { input })).toEqual(first)
  })

  test('of another amount or another customer is taken', async () => {
    const [id, other] = [await owing('10'), await owing('10')]
    const input = paymentInput(app, id, '4')
    await agent.ask(documents.record, { input })
    for (const change of [{ amount: '5' }, { customerId: other }]) {
      const refused = await agent.refusal(documents.record, { input: { ...input, ...change } })
      expect([refused.code, refused.fields.map(({ path }) => path)]).toEqual(['TAKEN', ['key']])
    }
    expect([await payments(id), await payments(other)]).toMatchObject([[{ amount: '4.00' }], []])
  })
})

describe('what cannot be booked', () => {
  const wrongAmounts: [string, string][] = [
    ...[
      '1e3',
      '-5',
      '0.001',
      'NaN',
      '0',
      '0.00',
      '',
      ' ',
      '1,50',
      '+5',
      '١٠',
      'Infinity',
      '10000000000000000',
      '99999999999999.991',
      '10000000000000.01',
      '0x10',
      '1.',
    ].map((amount): [string, string] => ['EUR', amount]),
    ['JPY', '1.0'],
    ['JPY', '1000000000000001'],
    ['BHD', '1.0001'],
    ['BHD', '1000000000000.001'],
  ]
  const ofCurrencies = new Map<string, ReturnType<typeof customer>>()
  const ofCurrency = (currency: string) => {
    const made = ofCurrencies.get(currency) ?? customer({ currency })
    ofCurrencies.set(currency, made)
    return made
  }
  test.each(wrongAmounts)(
    '%s %s is no amount, for a payment, a due, a first due and the form, and nothing is written',
    async (currency, amount) => {
      const made = await ofCurrency(currency)
      const before = await rows()
      const attempts: [string, Record<string, unknown>, string][] = [
        [documents.record, { input: paymentInput(app, made.id, amount) }, 'amount'],
        [documents.addDue, { customerId: made.id, input: { amount, dueDate: '2026-05-05' } }, 'amount'],
        [documents.create, { input: { name: 'Not written', currency, due: { amount, dueDate: '2026-05-05' } } }, 'due.amount'],
        [
          documents.update,
          { id: made.id, version: 1, input: edited(made, { due: { outstanding: amount, dueDate: '2026-05-05' } }) },
          'due.outstanding',
        ],
      ]
      for (const [document, variables, path] of attempts) {
        const refused = await agent.refusal(document, variables)
        expect([refused.code, refused.fields.map((field) => field.path)]).toEqual(['INVALID', [path]])
        expect(refused.fields[0]!.message).not.toBe('')
      }
      expect((await agent.refusal(documents.preview, { customerId: made.id, amount })).code).toBe('INVALID')
      expect(await rows()).toEqual(before)
    },
  )

  test.each(['2026-02-30', '2026-13-01', '2026-3-2', '02.03.2026', '2026-03-02T00:00:00Z', 'tomorrow', '0000-00-00', '1899-12-31', ''])(
    '%s is no day',
    async (day) => {
      const { id } = await customer()
      const before = await rows()
      const refusedDue = await agent.refusal(documents.addDue, { customerId: id, input: { amount: '1', dueDate: day } })
      const refusedPayment = await agent.refusal(documents.record, { input: paymentInput(app, id, '1', { receivedOn: day }) })
      expect([refusedDue, refusedPayment].map(({ code, fields }) => [code, fields.map(({ path }) => path)])).toEqual([
        ['INVALID', ['dueDate']],
        ['INVALID', ['receivedOn']],
      ])
      expect(await rows()).toEqual(before)
    },
  )

  test('a payment received tomorrow, by the business date, whatever the time of the day', async () => {
    const { id } = await customer()
    // In Berlin this is the 3rd of March already.
    app.clock.at('2026-03-02T23:30:00Z')
    try {
      const refused = await agent.refusal(documents.record, { input: paymentInput(app, id, '1', { receivedOn: '2026-03-04' }) })
      expect([refused.code, refused.fields.map(({ path }) => path)]).toEqual(['INVALID', ['receivedOn']])
      await pay(id, '1', { receivedOn: '2026-03-03' })
    } finally {
      app.clock.at('2026-03-02T10:00:00Z')
    }
  })

  test('a second due with a reference that the customer has, whatever its case', async () => {
    const id = await owing('10')
    const refused = await agent.refusal(documents.addDue, {
      customerId: id,
      input: { amount: '1', dueDate: '2026-05-05', reference: 'r1' },
    })
    expect([refused.code, refused.fields.map(({ path }) => path)]).toEqual(['TAKEN', ['reference']])
    await due(await owing(), '1', '2026-05-05', 'R1')
  })

  test('a due before its date of issue', async () => {
    const { id } = await customer()
    const refused = await agent.refusal(documents.addDue, {
      customerId: id,
      input: { amount: '1', dueDate: '2026-05-05', issuedOn: '2026-05-06' },
    })
    expect([refused.code, refused.fields.map(({ path }) => path)]).toEqual(['INVALID', ['dueDate']])
  })
})

test('a due without a reference gets the next one that the customer does not have', async () => {
  const { id } = await customer()
  const first = await due(id, '1', '2026-05-05')
  const at = Number(/^D-(\d{5})$/.exec(first.reference)?.[1])
  const reference = (ahead: number) => `-${String(at + ahead).padStart(5, '0')}`
  await due(id, '1', '2026-05-05', `d${reference(1)}`)
  await due(id, '1', '2026-05-05', `D${reference(2)}`)
  expect((await due(id, '1', '2026-05-05')).reference).toBe(`D${reference(3)}`)
})

describe('currencies', () => {
  test.each([
    ['JPY', '1250', '250', '1000', '0'],
    ['EUR', '1250.50', '250.25', '1000.25', '0.00'],
    ['BHD', '1250.505', '250.255', '1000.250', '0.000'],
    ['CLF', '1250.5055', '250.2555', '1000.2500', '0.0000'],
  ])('%s keeps exactly its decimals', async (currency, amount, paid, left, nothing) => {
    const made = await customer({ currency, due: { amount, dueDate: '2026-04-01' } })
    await pay(made.id, paid)
    expect(await read(made.id)).toMatchObject({ currency, outstanding: left, credit: nothing })
    await pay(made.id, left)
    expect(await read(made.id)).toMatchObject({ outstanding: nothing, credit: nothing })
  })

  test('the largest amounts stay exact, also in sums beyond what a double holds', async () => {
    const largest = '10000000000000.00'
    const made = await customer({ due: { amount: largest, dueDate: '2026-04-01' } })
    for (let index = 0; index < 10; index++) await due(made.id, index === 0 ? '9999999999999.99' : largest, '2026-04-02')
    expect(await read(made.id)).toMatchObject({ outstanding: '109999999999999.99' })
    for (let index = 0; index < 11; index++) await pay(made.id, index === 0 ? '0.01' : largest)
    expect(await read(made.id)).toMatchObject({ outstanding: '9999999999999.98', credit: '0.00' })
  })
})
