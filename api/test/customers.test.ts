import { describe, expect, test } from 'vitest'
import { buildersOf, customerFields, documents, edited, paymentInput, verbDocument, type Customer } from './builders.ts'
import { eventually, startTestApp } from './harness.ts'

const app = await startTestApp({ clock: '2026-03-02T10:00:00Z' })
const [agent, admin] = await Promise.all([app.as('AGENT'), app.as('ADMIN')])
const { customer, update, archive, restore, due, pay, verb, read, dues, payments } = buildersOf(app)

interface CustomerPage {
  readonly nodes: readonly Customer[]
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean }
  readonly totalCount: { readonly count: number; readonly more: boolean }
}
const list = async (variables: Record<string, unknown>): Promise<CustomerPage> => {
  const { customers } = await agent.ask<{ customers: CustomerPage }>(
    `query ($first: Int! = 100, $after: String, $filter: CustomerFilter, $sort: CustomerSort) {
      customers(first: $first, after: $after, filter: $filter, sort: $sort) { nodes { ${customerFields} } pageInfo { endCursor hasNextPage } totalCount { count more } }
    }`,
    variables,
  )
  return customers
}
const named = async (text: string, more: Record<string, unknown> = {}) =>
  (await list({ filter: { text, ...more } })).nodes.map(({ name }) => name)

describe('a new customer', () => {
  test('owes its first due: outstanding, status and next due date follow', async () => {
    const made = await customer({
      name: '  Miller & Sons ',
      note: ' pays late ',
      due: { amount: '1250.5', dueDate: '2026-04-01', reference: 'INV-1' },
    })
    expect(made).toMatchObject({
      name: 'Miller & Sons',
      note: 'pays late',
      currency: 'EUR',
      outstanding: '1250.50',
      credit: '0.00',
      status: 'PENDING',
      hasDues: true,
      nextDueDate: '2026-04-01',
      version: 1,
    })
    expect(await dues(made.id)).toMatchObject([
      { reference: 'INV-1', amount: '1250.50', outstanding: '1250.50', dueDate: '2026-04-01', status: 'OPEN' },
    ])
  })

  test('owes nothing without a due, and has never had one', async () => {
    expect(await customer()).toMatchObject({
      outstanding: '0.00',
      status: 'PAID',
      hasDues: false,
      nextDueDate: null,
      daysPastDue: 0,
      lastPaymentOn: null,
    })
  })

  test.each([
    ['yesterday', '2026-03-01', 'OVERDUE', 1],
    ['today', '2026-03-02', 'PENDING', 0],
    ['tomorrow', '2026-03-03', 'PENDING', 0],
  ])('with a due of %s has the status of the business date', async (_when, dueDate, status, daysPastDue) => {
    expect(await customer({ due: { amount: '10', dueDate } })).toMatchObject({ status, daysPastDue })
  })

  test('keeps its contacts in their order, in the form that the rules give them', async () => {
    const made = await customer({
      contacts: [
        { kind: 'PHONE', value: '+44 20 7946 0000' },
        { kind: 'EMAIL', value: ' Office@Miller.EXAMPLE' },
        { kind: 'ADDRESS', value: '1 High Street\nLondon' },
      ],
    })
    expect(made.contacts.map(({ value }) => value)).toEqual(['+442079460000', 'office@miller.example', '1 High Street\nLondon'])
  })

  test('gets the next number when none is given, past those that somebody has typed, whatever their case', async () => {
    const first = await customer()
    const at = Number(/^C-(\d{5})$/.exec(first.number)?.[1])
    const number = (ahead: number) => String(at + ahead).padStart(5, '0')
    await customer({ number: `c-${number(1)}` })
    await customer({ number: `C-${number(2)}` })
    expect((await customer()).number).toBe(`C-${number(3)}`)
  })

  test('cannot take a number that somebody has, whatever its case, and nothing is written', async () => {
    await customer({ number: 'Miller/7' })
    const { totalCount } = await list({})
    const refused = await agent.refusal(documents.create, {
      input: { name: 'Another', number: 'MILLER/7', due: { amount: '5', dueDate: '2026-05-05' } },
    })
    expect([refused.code, refused.fields.map(({ path }) => path)]).toEqual(['TAKEN', ['number']])
    expect((await list({})).totalCount).toEqual(totalCount)
  })

  test('is refused whole when its due is', async () => {
    const { totalCount } = await list({})
    for (const [dueInput, path] of [
      [{ amount: '10.001', dueDate: '2026-05-05' }, 'due.amount'],
      [{ amount: '10', dueDate: '2026-05-05', issuedOn: '2026-05-06' }, 'due.dueDate'],
    ] as const) {
      const refused = await agent.refusal(documents.create, { input: { name: 'Nobody', due: dueInput } })
      expect([refused.code, refused.fields.map((field) => field.path)]).toEqual(['INVALID', [path]])
    }
    expect((await list({})).totalCount).toEqual(totalCount)
  })
})

describe('an edit', () => {
  test('changes what was entered and counts the version', async () => {
    const before = await customer({ name: 'Old name' })
    expect(await update(before, { name: 'New name', number: 'NEW-1', note: 'a note' })).toMatchObject({
      name: 'New name',
      number: 'NEW-1',
      note: 'a note',
      version: 2,
    })
  })

  test('made from an older version is refused with what stands now, and neither side is lost', async () => {
    const seen = await customer({ name: 'Both saw this', contacts: [{ kind: 'EMAIL', value: 'old@example.com' }] })
    const theirs = { name: 'Theirs', note: 'theirs', contacts: [{ kind: 'EMAIL', value: 'theirs@example.com' }] }
    await update(seen, theirs)
    const mine = edited(seen, { name: 'Mine' })
    const refused = await admin.refusal(documents.update, { id: seen.id, version: seen.version, input: mine })
    expect(refused.code).toBe('STALE')
    expect(refused.facts).toEqual({ current: { ...theirs, number: seen.number, currency: 'EUR', version: 2 } })
    expect(await read(seen.id)).toMatchObject(theirs)
    const { updateCustomer } = await admin.ask<{ updateCustomer: Customer }>(documents.update, { id: seen.id, version: 2, input: mine })
    expect(updateCustomer).toMatchObject({ name: 'Mine', version: 3 })
  })

  test('is not made stale by a payment', async () => {
    const open = await customer({ due: { amount: '10', dueDate: '2026-05-05' } })
    await pay(open.id, '4')
    expect(await update(open, { name: 'Still mine' })).toMatchObject({ name: 'Still mine', outstanding: '6.00' })
  })

  test('cannot take a number that somebody has, but may change the case of its own', async () => {
    await customer({ number: 'K-900' })
    const other = await customer({ number: 'k-901' })
    const refused = await agent.refusal(documents.update, { id: other.id, version: 1, input: edited(other, { number: 'k-900' }) })
    expect([refused.code, refused.fields.map(({ path }) => path)]).toEqual(['TAKEN', ['number']])
    expect(await update(other, { number: 'K-901' })).toMatchObject({ number: 'K-901' })
  })

  test('that only says of a contact what kind it is, is kept', async () => {
    const before = await customer({ contacts: [{ kind: 'ADDRESS', value: '0711 123456' }] })
    const contacts = [{ kind: 'PHONE', value: '0711 123456' }]
    expect(await update(before, { contacts })).toMatchObject({ contacts })
  })

  test.each([
    ['a due', (id: string) => due(id, '10', '2026-05-05')],
    ['a pending payment', (id: string) => pay(id, '10', { state: 'PENDING' })],
  ])('may change the currency until there is %s', async (_what, move) => {
    const dollars = await update(await customer({ currency: 'EUR' }), { currency: 'USD' })
    expect(dollars.currency).toBe('USD')
    await move(dollars.id)
    const refused = await agent.refusal(documents.update, {
      id: dollars.id,
      version: dollars.version,
      input: edited(dollars, { currency: 'CHF' }),
    })
    expect([refused.code, refused.fields.map(({ path }) => path)]).toEqual(['INVALID', ['currency']])
  })
})

describe('amount and date in the form of a customer', () => {
  test('make a due where there is none', async () => {
    const changed = await update(await customer(), { due: { outstanding: '80', dueDate: '2026-04-04' } })
    expect(changed).toMatchObject({ outstanding: '80.00', nextDueDate: '2026-04-04', status: 'PENDING' })
    expect(await dues(changed.id)).toMatchObject([{ amount: '80.00', reference: expect.stringMatching(/^D-\d{5}$/) as string }])
  })

  test('change the one open due, whose amount becomes what is paid and what is to be outstanding', async () => {
    const half = await customer({ due: { amount: '100', dueDate: '2026-04-04' } })
    await pay(half.id, '40')
    const changed = await update(await read(half.id), { due: { outstanding: '75', dueDate: '2026-02-28' } })
    expect(changed).toMatchObject({ outstanding: '75.00', nextDueDate: '2026-02-28', status: 'OVERDUE' })
    expect(await dues(changed.id)).toMatchObject([{ amount: '115.00', outstanding: '75.00', dueDate: '2026-02-28' }])
  })

  test('an amount that a payment has changed since the form was opened is not set back', async () => {
    const opened = await customer({ due: { amount: '100', dueDate: '2026-04-04' } })
    await pay(opened.id, '40')
    const refused = await agent.refusal(documents.update, {
      id: opened.id,
      version: opened.version,
      input: edited(opened, { due: { outstanding: '100', dueDate: '2026-05-05' } }),
    })
    expect(refused.code).toBe('STALE')
    expect(refused.facts).toEqual({ current: { due: { outstanding: '60.00', dueDate: '2026-04-04' } } })
    expect(await read(opened.id)).toMatchObject({ outstanding: '60.00', nextDueDate: '2026-04-04' })
  })

  test('make the next due beside settled ones', async () => {
    const settled = await customer({ due: { amount: '100', dueDate: '2026-04-04' } })
    await pay(settled.id, '100')
    await update(await read(settled.id), { due: { outstanding: '30', dueDate: '2026-06-06' } })
    expect((await dues(settled.id)).map(({ amount, outstanding }) => [amount, outstanding])).toEqual([
      ['30.00', '30.00'],
      ['100.00', '0.00'],
    ])
  })

  test('are refused when there are several open dues', async () => {
    const several = await customer({ due: { amount: '100', dueDate: '2026-04-04' } })
    await due(several.id, '50', '2026-05-05')
    const refused = await agent.refusal(documents.update, {
      id: several.id,
      version: 1,
      input: edited(several, { name: 'Not saved', due: { outstanding: '10', dueDate: '2026-04-04' } }),
    })
    expect([refused.code, refused.fields.map(({ path }) => path)]).toEqual(['INVALID', ['due']])
    expect(await read(several.id)).toMatchObject({ name: several.name, outstanding: '150.00', version: 1 })
  })
})

describe('an archived customer', () => {
  test('needs a reason when it owes, and none when it does not', async () => {
    const owing = await customer({ due: { amount: '10', dueDate: '2026-05-05' } })
    for (const reason of [undefined, '  ']) {
      const refused = await agent.refusal(documents.archive, { id: owing.id, reason })
      expect([refused.code, refused.fields.map(({ path }) => path)]).toEqual(['INVALID', ['reason']])
    }
    expect(await read(owing.id)).toMatchObject({ archivedAt: null })
    expect(await archive(owing.id, 'insolvent')).toMatchObject({
      archivedAt: '2026-03-02T10:00:00.000Z',
      archiveReason: 'insolvent',
      outstanding: '10.00',
    })
    expect(await archive((await customer()).id)).toMatchObject({ archivedAt: '2026-03-02T10:00:00.000Z', archiveReason: null })
  })

  test('takes no due and no payment, whichever way they come, until it is restored', async () => {
    const gone = await customer()
    const announced = await pay(gone.id, '5', { state: 'PENDING' })
    await archive(gone.id)
    const attempts: [string, Record<string, unknown>][] = [
      [documents.addDue, { customerId: gone.id, input: { amount: '10', dueDate: '2026-05-05' } }],
      [documents.record, { input: paymentInput(app, gone.id, '10') }],
      [verbDocument('complete'), { id: announced.id }],
      [documents.update, { id: gone.id, version: 1, input: edited(gone, { due: { outstanding: '10', dueDate: '2026-05-05' } }) }],
    ]
    for (const [document, variables] of attempts) expect((await agent.refusal(document, variables)).code).toBe('ARCHIVED')
    expect([await dues(gone.id), await payments(gone.id)]).toMatchObject([[], [{ state: 'PENDING' }]])
    expect(await restore(gone.id)).toMatchObject({ archivedAt: null, archiveReason: null })
    await due(gone.id, '10', '2026-05-05')
    await verb('complete', announced.id)
    expect(await read(gone.id)).toMatchObject({ outstanding: '5.00' })
  })

  test('appears under its own filter only', async () => {
    await archive((await customer({ name: 'Vanishing Ltd' })).id)
    expect([await named('vanishing'), await named('vanishing', { archived: true })]).toEqual([[], ['Vanishing Ltd']])
  })
})

describe('the list', () => {
  const sortKeys = ['NUMBER', 'NAME', 'OUTSTANDING', 'NEXT_DUE_DATE', 'LAST_PAYMENT_ON'] as const
  const values: Record<(typeof sortKeys)[number], (row: Customer) => string | number | null> = {
    NUMBER: (row) => row.number.toLowerCase(),
    NAME: (row) => row.name.toLowerCase(),
    OUTSTANDING: (row) => Number(row.outstanding),
    NEXT_DUE_DATE: (row) => row.nextDueDate,
    LAST_PAYMENT_ON: (row) => row.lastPaymentOn,
  }
  const all = async (sort: Record<string, unknown>, filter: Record<string, unknown>, between: () => Promise<unknown> = async () => {}) => {
    const rows: Customer[] = []
    let after: string | null = null
    do {
      const page: CustomerPage = await list({ first: 7, after, sort, filter })
      rows.push(...page.nodes)
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
      await between()
    } while (after !== null)
    return rows
  }

  let sixty: Promise<readonly Customer[]> | undefined
  /** Sixty customers with every kind of tie: same names, same amounts, same dates, no dates. */
  const makeSixty = () =>
    (sixty ??= Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const owes = index % 3 !== 0 ? { due: { amount: String((index % 5) + 1), dueDate: `2026-0${(index % 4) + 1}-15` } } : {}
        const made = await customer({ name: `Paging ${index % 2 === 0 ? 'äpfel' : 'Apfel'} ${index % 10}`, ...owes })
        if (index % 4 === 0) await pay(made.id, '0.25', { receivedOn: `2026-02-0${(index % 3) + 1}` })
        return made
      }),
    ))

  test.each(sortKeys.flatMap((by) => [false, true].map((descending) => [by, descending] as const)))(
    'by %s (descending: %s) pages through all rows once, in order',
    async (by, descending) => {
      const made = await makeSixty()
      const rows = await all({ by, descending }, { text: 'paging' })
      expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(made.map(({ id }) => id)))
      expect(rows).toHaveLength(60)
      const found = rows.map(values[by])
      // Who has no date comes last whichever way the list runs; the other columns have no such rows.
      const present = found.filter((value) => value !== null)
      expect(present.length < 60).toBe(by === 'NEXT_DUE_DATE' || by === 'LAST_PAYMENT_ON')
      expect(found.slice(present.length).every((value) => value === null)).toBe(true)
      const ascending = present.toSorted((a, b) =>
        typeof a === 'number' ? a - Number(b) : String(a).localeCompare(String(b), 'en', { sensitivity: 'base' }),
      )
      const fold = (list: unknown[]) => list.map((value) => String(value).normalize('NFD').replaceAll(/\p{M}/gu, ''))
      expect(fold(present)).toEqual(fold(descending ? ascending.toReversed() : ascending))
    },
  )

  test('neither skips nor repeats a row while others change', async () => {
    const made = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        customer({ name: `Moving ${String(index).padStart(2, '0')}`, due: { amount: '10', dueDate: '2026-05-05' } }),
      ),
    )
    let step = 0
    // Of those that are about to be read: one moves to the front, one is archived; of those that were read: one goes, one comes.
    const rows = await all({ by: 'NAME' }, { text: 'moving' }, async () => {
      const at = step++ * 7
      const [front, gone, was] = [made[at + 12], made[at + 13], made[at + 2]]
      if (front !== undefined) await update(front, { name: `Moving 00 ${step}` })
      if (gone !== undefined) await archive(gone.id, 'gone')
      if (was !== undefined) await archive(was.id, 'gone')
      await customer({ name: `Moving 00 new ${step}` })
    })
    const untouched = made.filter((_, index) => ![5, 6].includes(index % 7) || index < 12)
    const seen = rows.map(({ id }) => id)
    expect(seen).toHaveLength(new Set(seen).size)
    expect(untouched.filter(({ id }) => !seen.includes(id))).toEqual([])
  })

  test('filters by status, by several at once, and counts what it filters', async () => {
    await customer({ name: 'Filter late', due: { amount: '10', dueDate: '2026-03-01' } })
    await customer({ name: 'Filter today', due: { amount: '10', dueDate: '2026-03-02' } })
    const paid = await customer({ name: 'Filter paid', due: { amount: '10', dueDate: '2026-03-01' } })
    await pay(paid.id, '10')
    await customer({ name: 'Filter new' })
    const by = async (...status: string[]) => {
      const { nodes, totalCount } = await list({ filter: { text: 'filter', status } })
      expect(totalCount).toEqual({ count: nodes.length, more: false })
      return nodes.map(({ name }) => name.slice(7))
    }
    expect(await by('OVERDUE')).toEqual(['late'])
    expect(await by('PENDING')).toEqual(['today'])
    expect(await by('PAID')).toEqual(['new', 'paid'])
    expect(await by('OVERDUE', 'PAID')).toEqual(['late', 'new', 'paid'])
    expect(await by('OVERDUE', 'PENDING', 'PAID')).toHaveLength(4)
  })

  test('finds by the beginning of words of name, number and contacts, all of them, whatever case and accents', async () => {
    await customer({
      name: 'Müller O’Brien of the Yard',
      number: 'X_9/4.B-77',
      contacts: [{ kind: 'EMAIL', value: 'anna_schmidt@fjord.example' }],
    })
    for (const text of [
      'muller',
      'MÜL',
      'brien',
      'yard of',
      'the',
      'X_9/4.B-77',
      'yard x',
      'yard 9',
      'yard 4',
      'yard b',
      'yard 77',
      'anna',
      'fjord',
      'schmidt@fjord.example',
      'müller fjord 77',
      '"müller*',
      '+muller -brien',
    ]) {
      // The index of words may take a moment to show what was just committed.
      const found = await eventually(async () => (await named(text)).length > 0 && named(text))
      expect([text, found]).toEqual([text, ['Müller O’Brien of the Yard']])
    }
    expect(await named('muller nobody')).toEqual([])
    expect(await named('muller 5')).toEqual([])
  })

  test('follows a name that changes, at once', async () => {
    const before = await customer({ name: 'Zebra crossing' })
    await update(before, { name: 'Giraffe crossing' })
    expect([await named('zebra'), await named('giraffe')]).toEqual([[], ['Giraffe crossing']])
  })

  test.each([
    ['no cursor at all', 'nonsense'],
    ['a text that is no date', Buffer.from(JSON.stringify(['soon', 'x'])).toString('base64url')],
    ['no place in the order', Buffer.from(JSON.stringify([null, 'x'])).toString('base64url')],
  ])('refuses a cursor that is not of this list: %s', async (_what, after) => {
    const refused = await agent.refusal(
      'query ($after: String) { customers(after: $after, sort: { by: NEXT_DUE_DATE }) { nodes { id } } }',
      { after },
    )
    expect([refused.code, refused.fields.map(({ path }) => path)]).toEqual(['INVALID', ['after']])
  })
})

test('the activity of a customer says who changed what, before and after, newest first', async () => {
  const made = await customer({ name: 'Active', note: 'first', due: { amount: '100', dueDate: '2026-04-04', reference: 'A-1' } })
  const { updateCustomer } = await admin.ask<{ updateCustomer: Customer }>(documents.update, {
    id: made.id,
    version: 1,
    input: edited(made, {
      name: 'Actor',
      note: null,
      contacts: [{ kind: 'EMAIL', value: 'actor@example.com' }],
      due: { outstanding: '90', dueDate: '2026-04-05' },
    }),
  })
  const announced = await pay(made.id, '50', { state: 'PENDING', reference: 'cheque 7' })
  await verb('complete', announced.id)
  await archive(updateCustomer.id, 'moved away')
  const { customer: found } = await agent.ask<{
    customer: { activity: { nodes: { author: string; action: string; changes: unknown[] }[] } }
  }>('query ($id: ID!) { customer(id: $id) { activity { nodes { author action changes { field before after } } } } }', { id: made.id })
  const payment = 'payment of 50.00 EUR (cheque 7)'
  expect(found.activity.nodes).toEqual([
    { author: 'Alan Agent', action: 'CUSTOMER_ARCHIVED', changes: [{ field: 'archived', before: null, after: 'moved away' }] },
    { author: 'Alan Agent', action: 'PAYMENT_COMPLETED', changes: [{ field: payment, before: 'pending', after: 'completed' }] },
    { author: 'Alan Agent', action: 'PAYMENT_RECORDED', changes: [{ field: payment, before: null, after: 'pending' }] },
    {
      author: 'Ada Admin',
      action: 'DUE_CHANGED',
      changes: [
        { field: 'amount of A-1', before: '100.00 EUR', after: '90.00 EUR' },
        { field: 'due date of A-1', before: '2026-04-04', after: '2026-04-05' },
      ],
    },
    {
      author: 'Ada Admin',
      action: 'CUSTOMER_CHANGED',
      changes: [
        { field: 'name', before: 'Active', after: 'Actor' },
        { field: 'note', before: 'first', after: null },
        { field: 'contacts', before: null, after: 'actor@example.com' },
      ],
    },
    { author: 'Alan Agent', action: 'DUE_ADDED', changes: [{ field: 'due', before: null, after: 'A-1: 100.00 EUR, due 2026-04-04' }] },
    { author: 'Alan Agent', action: 'CUSTOMER_CREATED', changes: [] },
  ])
})
