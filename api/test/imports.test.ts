import ExcelJS from 'exceljs'
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { contextOf } from '../src/context.ts'
import { commitImport, resumeImports } from '../src/imports/imports.ts'
import { open } from '../src/open.ts'
import { run } from '../src/run.ts'
import { buildersOf, findings, toldTo } from './builders.ts'
import { makeReceivablesWorkbook, readReceivables } from './data/receivables-workbook.ts'
import { eventually, Refused, startTestApp, testConfig, type TestFile } from './harness.ts'

const app = await startTestApp({ clock: '2026-03-02T10:00:00Z' })
const [agent, admin, viewer, nobody] = await Promise.all([app.as('AGENT'), app.as('ADMIN'), app.as('VIEWER'), app.as(null)])
const { customer, due, pay, read, dues, payments, archive } = buildersOf(app)

interface Import {
  readonly id: string
  readonly status: string
  readonly counts: Readonly<
    Record<'rows' | 'new' | 'changed' | 'same' | 'wrong' | 'duplicate' | 'asked' | 'created' | 'updated' | 'skipped' | 'failed', number>
  >
}
interface Row {
  readonly row: number
  readonly status: string
  readonly customerId: string | null
  readonly faults: readonly { readonly column: string | null; readonly code: string; readonly message: string }[]
}
const fields = 'id status fileName sheet headerRow counts { rows new changed same wrong duplicate asked created updated skipped failed }'
const upload = async (file: TestFile): Promise<Import> =>
  (await agent.upload<{ uploadImport: Import }>(`mutation ($file: Upload!) { uploadImport(file: $file) { ${fields} } }`, {}, file))
    .uploadImport
const csv = (...lines: string[]): TestFile => ({ name: 'customers.csv', content: lines.join('\n') })
const importOf = async (id: string): Promise<Import> =>
  (await agent.ask<{ import: Import }>(`query ($id: ID!) { import(id: $id) { ${fields} } }`, { id })).import
const startCommit = (id: string, known = 'UPDATE') =>
  agent.ask('mutation ($id: ID!, $known: ImportKnown!) { commitImport(id: $id, known: $known) { id } }', { id, known })
/** Waits for the end of an import; its counts have to add up to its rows. */
async function done(id: string): Promise<Import> {
  const finished = await eventually(async () => {
    const now = await importOf(id)
    expect(now.status).toBe('DONE')
    return now
  }, 30_000)
  const { rows, created, updated, skipped, failed } = finished.counts
  expect(created + updated + skipped + failed).toBe(rows)
  return finished
}
async function commit(id: string, known = 'UPDATE'): Promise<Import> {
  await startCommit(id, known)
  return done(id)
}
async function rowsOf(id: string, status?: string): Promise<readonly Row[]> {
  const found = await agent.ask<{ import: { rows: { nodes: Row[] } } }>(
    'query ($id: ID!, $status: [ImportRowStatus!]) { import(id: $id) { rows(first: 100, status: $status) { nodes { row status customerId faults { column code message } } } } }',
    { id, ...(status === undefined ? {} : { status: [status] }) },
  )
  return found.import.rows.nodes
}
const faultsOf = (rows: readonly Row[]) => rows.map(({ row, status, faults }) => [row, status, faults.map(({ column }) => column)])
/** What the books hold, apart from the imports themselves. */
async function books(): Promise<unknown> {
  const [[row]] = (await app.app.db.execute(
    sql`select (select count(*) from customer) as customers, (select sum(revision) from customer) as revisions, (select count(*) from due) as dues, (select sum(outstanding) from due) as outstanding,
      (select count(*) from payment) as payments, (select count(*) from allocation) as allocations, (select count(*) from contact) as contacts`,
  )) as unknown as [[unknown]]
  return row
}
const findByNumber = async (number: string) => {
  const found = await agent.ask<{ customers: { nodes: { id: string }[] } }>(
    'query ($text: String) { customers(filter: { text: $text }) { nodes { id } } }',
    { text: number },
  )
  expect(found.customers.nodes).toHaveLength(1)
  return read(found.customers.nodes[0]!.id)
}

describe('the receivables workbook', () => {
  test('is checked, written whole, told once, and changes nothing when it comes again', async () => {
    const file = { name: 'receivables.xlsx', content: new Uint8Array(await makeReceivablesWorkbook()) }
    const reviewed = await upload(file)
    expect(reviewed).toMatchObject({ status: 'REVIEW', fileName: 'receivables.xlsx', sheet: 'Receivables', headerRow: 1 })
    expect(reviewed.counts).toMatchObject({ rows: 1_541, new: 1_541, changed: 0, same: 0, wrong: 0, duplicate: 0, asked: 0 })
    expect(await books()).toMatchObject({ customers: '0', dues: '0' })

    expect((await commit(reviewed.id)).counts).toMatchObject({ created: 1_541, updated: 0, skipped: 0, failed: 0 })
    const receivables = await readReceivables()
    const open = receivables.filter(({ paid_date }) => paid_date === '')
    expect(await books()).toMatchObject({ customers: '80', dues: '1541', payments: String(1_541 - 64) })
    expect(open).toHaveLength(64)
    const [found] = (await app.app.db.execute(
      sql`select number, outstanding, last_payment_on as paid from customer order by number`,
    )) as unknown as [{ number: string; outstanding: string; paid: string }[]]
    const inBooks = Object.fromEntries(found.map(({ number, outstanding, paid }) => [number, [outstanding, paid]]))
    const inFile = Object.fromEntries(
      Object.entries(Object.groupBy(receivables, ({ customer_id }) => customer_id)).map(([number, theirs = []]) => {
        const cents = theirs
          .filter(({ paid_date }) => paid_date === '')
          .reduce((sum, { amount }) => sum + BigInt(Math.round(Number(amount) * 100)), 0n)
        return [
          number,
          [
            String(cents),
            theirs
              .map(({ paid_date }) => paid_date)
              .toSorted()
              .at(-1),
          ],
        ]
      }),
    )
    expect(inBooks).toEqual(inFile)
    const [[openDues]] = (await app.app.db.execute(
      sql`select count(*) as n, sum(announced) as announced from due where outstanding > 0`,
    )) as unknown as [[unknown]]
    expect(openDues).toEqual({ n: '64', announced: '64' })
    expect(await toldTo(app, admin)).toMatchObject([
      { type: 'IMPORT_FINISHED', subject: 'receivables.xlsx', things: 1_541, importId: reviewed.id, author: 'Alan Agent' },
    ])
    // Who uploaded it has done it, and knows.
    expect((await toldTo(app, agent)).map(({ read }) => read)).toEqual([true])
    expect((await toldTo(app, admin)).map(({ read }) => read)).toEqual([false])
    expect(await findings(app)).toEqual([])

    const before = await books()
    const again = await upload(file)
    expect(again.counts).toMatchObject({ rows: 1_541, same: 1_541, new: 0, changed: 0 })
    expect((await commit(again.id)).counts).toMatchObject({ created: 0, updated: 0, skipped: 1_541, failed: 0 })
    expect(await books()).toEqual(before)
  })
})

describe('the template', () => {
  const address = `${app.url}/templates/import.xlsx`
  const get = async (caller: typeof agent) => {
    const token = await caller.token()
    return fetch(address, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
  }

  test('is for those who may import', async () => {
    expect([(await get(nobody)).status, (await get(viewer)).status, (await get(agent)).status]).toEqual([401, 403, 200])
  })

  test('comes back filled in, and its example is no customer', async () => {
    const answer = await get(agent)
    expect(answer.headers.get('content-disposition')).toContain('.xlsx')
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(await answer.arrayBuffer())
    const sheet = book.worksheets[0]!
    const column = (header: string) => (sheet.getRow(1).values as unknown[]).findIndex((value) => String(value) === header)
    const row = sheet.getRow(sheet.rowCount + 1)
    for (const [header, value] of [
      ['Name', 'From the template'],
      ['E-mail', 'template@example.com'],
      ['Amount', 99.5],
      ['Due date', new Date('2026-06-01T00:00:00Z')],
    ] as const)
      row.getCell(column(header)).value = value
    row.commit()
    const { id } = await upload({ name: 'customers.xlsx', content: new Uint8Array(await book.xlsx.writeBuffer()) })
    const { counts } = await commit(id)
    expect(counts).toMatchObject({ created: 1, failed: 0, updated: 0 })
    const made = await read((await rowsOf(id, 'CREATED'))[0]!.customerId!)
    expect(made).toMatchObject({
      name: 'From the template',
      outstanding: '99.50',
      nextDueDate: '2026-06-01',
      contacts: [{ kind: 'EMAIL', value: 'template@example.com' }],
    })
  })
})

describe('a file that cannot be imported is refused with a sentence, and nothing is written', () => {
  const workbook = async (...rows: string[][]) => {
    const book = new ExcelJS.Workbook()
    book.addWorksheet('Data').addRows(rows)
    return new Uint8Array(await book.xlsx.writeBuffer())
  }
  test.each<[string, string, () => string | Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>]>([
    [
      'a renamed picture',
      'picture.xlsx',
      () =>
        new Uint8Array(
          Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
        ),
    ],
    ['an empty file', 'empty.xlsx', () => ''],
    ['an empty workbook', 'empty.xlsx', () => workbook()],
    ['a workbook without a header', 'data.xlsx', () => workbook(['12', 'Miller', '17.5'], ['13', 'Smith', '18.5'])],
    ['a header without rows', 'data.xlsx', () => workbook(['Name', 'Amount', 'Due date'])],
    [
      'a workbook of the old kind',
      'old.xls',
      () => new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...Array.from({ length: 600 }, () => 0)]),
    ],
    ['a text without columns', 'letter.csv', () => 'Dear all,\nplease find the list attached.'],
  ])('%s', async (_what, name, content) => {
    const count = async () =>
      (await app.app.db.execute(sql`select (select count(*) from import) as imports, (select count(*) from import_row) as n`))[0]
    const before = [await books(), await count()]
    const refused = await upload({ name, content: await content() }).then(
      () => undefined,
      (error: unknown) => error as Refused,
    )
    expect(refused?.code).toBe('FILE_REFUSED')
    expect(refused?.message).toMatch(/^[A-Z].{15,}\.$/)
    expect([await books(), await count()]).toEqual(before)
  })
})

describe('the review', () => {
  test('names each wrong cell, and a commit leaves those rows out', async () => {
    const { id, counts } = await upload(
      csv(
        'Number,Name,E-mail,Amount,Currency,Due date,Paid on',
        'RV-1,Right,right@example.com,10.00,EUR,2026-05-01,',
        'RV-2,Wrong amount,,ten,EUR,2026-05-01,',
        'RV-3,Wrong day,,10.00,EUR,2026-02-30,',
        'RV-4,Wrong mail,not an address,10.00,EUR,2026-05-01,',
        'RV-5,Wrong currency,,10.00,EURO,2026-05-01,',
        'RV-6,Paid tomorrow,,10.00,EUR,2026-05-01,2026-03-03',
        'RV-7,,,10.00,EUR,2026-05-01,',
        'RV-1,Right,right@example.com,10.00,EUR,2026-05-01,',
      ),
    )
    expect(faultsOf(await rowsOf(id))).toEqual([
      [2, 'NEW', []],
      [3, 'WRONG', ['amount']],
      [4, 'WRONG', ['dueDate']],
      [5, 'WRONG', ['email']],
      [6, 'WRONG', ['currency']],
      [7, 'WRONG', ['paidOn']],
      [8, 'WRONG', ['name']],
      [9, 'DUPLICATE', expect.anything() as string[]],
    ])
    expect(counts).toMatchObject({ rows: 8, new: 1, wrong: 6, duplicate: 1 })
    expect((await commit(id)).counts).toMatchObject({ rows: 8, created: 1, skipped: 1, failed: 6 })
    expect(await findByNumber('RV-1')).toMatchObject({ name: 'Right', outstanding: '10.00' })
  })

  test('takes the name of a new customer from any of its rows', async () => {
    const { id } = await upload(
      csv('Number,Name,Amount,Due date', 'NM-1,Named once,10,2026-05-01', 'NM-1,,20,2026-05-02', 'NM-2,,10,2026-05-01'),
    )
    expect(faultsOf(await rowsOf(id))).toEqual([
      [2, 'NEW', []],
      [3, 'NEW', []],
      [4, 'WRONG', ['name']],
    ])
    await commit(id)
    expect(await findByNumber('NM-1')).toMatchObject({ name: 'Named once', outstanding: '30.00' })
  })

  test('pages through its rows, by status too, and refuses a cursor that is none', async () => {
    const { id } = await upload(
      csv(
        'Number,Name,Amount,Due date',
        ...Array.from({ length: 25 }, (_, index) => `PG-${index},Page ${index},${index % 2 === 0 ? '5' : 'x'},2026-05-01`),
      ),
    )
    const seen: number[] = []
    let after: string | null = null
    do {
      const page: {
        import: { rows: { nodes: Row[]; totalCount: { count: number }; pageInfo: { endCursor: string; hasNextPage: boolean } } }
      } = await agent.ask(
        'query ($id: ID!, $after: String) { import(id: $id) { rows(first: 4, after: $after, status: [NEW]) { nodes { row } totalCount { count } pageInfo { endCursor hasNextPage } } } }',
        { id, after },
      )
      expect(page.import.rows.totalCount.count).toBe(13)
      seen.push(...page.import.rows.nodes.map(({ row }) => row))
      after = page.import.rows.pageInfo.hasNextPage ? page.import.rows.pageInfo.endCursor : null
    } while (after !== null)
    expect(seen).toEqual(Array.from({ length: 13 }, (_, index) => 2 + 2 * index))
    expect(
      (await agent.refusal('query ($id: ID!) { import(id: $id) { rows(after: "WyJ4IiwieCJd") { nodes { row } } } }', { id })).code,
    ).toBe('INVALID')
  })

  test('that is dropped writes nothing and cannot be committed', async () => {
    const before = await books()
    const { id } = await upload(csv('Number,Name', 'DR-1,Dropped'))
    await agent.ask('mutation ($id: ID!) { discardImport(id: $id) { status } }', { id })
    expect((await agent.refusal('mutation ($id: ID!) { commitImport(id: $id) { id } }', { id })).code).toBe('NOT_ALLOWED_NOW')
    expect(await books()).toEqual(before)
  })

  test('committed twice is written once', async () => {
    const { id } = await upload(csv('Number,Name,Amount,Due date', 'TW-1,Twice,10,2026-05-01'))
    await Promise.all([startCommit(id), startCommit(id), startCommit(id)])
    expect((await done(id)).counts).toMatchObject({ created: 1 })
    await startCommit(id)
    expect(await dues((await findByNumber('TW-1')).id)).toHaveLength(1)
    expect((await toldTo(app, admin, { type: ['IMPORT_FINISHED'] })).filter(({ importId }) => importId === id)).toHaveLength(1)
  })
})

describe('a row about a known customer', () => {
  test('changes the customer and its due as the file says, and pays it where it says so', async () => {
    const known = await customer({
      number: 'KN-1',
      name: 'Before',
      contacts: [
        { kind: 'EMAIL', value: 'before@example.com' },
        { kind: 'PHONE', value: '+442079460000' },
      ],
      note: 'kept',
    })
    await due(known.id, '100', '2026-05-01', 'INV-1')
    await due(known.id, '50', '2026-05-01', 'INV-2')
    await pay(known.id, '30')
    const { id, counts } = await upload(
      csv(
        'Number,Name,E-mail,Reference,Amount,Due date,Paid on',
        'kn-1,After,after@example.com,inv-1,120,2026-06-01,',
        'KN-1,After,after@example.com,INV-2,50,2026-05-01,2026-03-01',
        'KN-1,After,after@example.com,INV-3,7,2026-07-01,',
      ),
    )
    expect(counts).toMatchObject({ rows: 3, changed: 3 })
    expect((await commit(id)).counts).toMatchObject({ updated: 2, created: 1, failed: 0 })
    expect(await read(known.id)).toMatchObject({
      name: 'After',
      note: 'kept',
      contacts: [{ value: 'after@example.com' }, { value: '+442079460000' }],
      outstanding: '97.00',
      nextDueDate: '2026-06-01',
      lastPaymentOn: '2026-03-02',
    })
    expect(await dues(known.id)).toMatchObject([
      { reference: 'INV-1', amount: '120.00', outstanding: '90.00', dueDate: '2026-06-01' },
      { reference: 'INV-3', amount: '7.00', outstanding: '7.00' },
      { reference: 'INV-2', amount: '50.00', outstanding: '0.00' },
    ])
    expect(await payments(known.id)).toHaveLength(2)
  })

  test('is left out when known customers are to be skipped; new ones come in', async () => {
    const known = await customer({ number: 'SK-1', name: 'Stays' })
    const { id } = await upload(
      csv('Number,Name,Amount,Due date', 'SK-1,Changed,10,2026-05-01', 'SK-2,Fresh,10,2026-05-01', 'SK-2,Fresh,20,2026-05-02'),
    )
    expect((await commit(id, 'SKIP')).counts).toMatchObject({ created: 2, skipped: 1, updated: 0, failed: 0 })
    expect(await read(known.id)).toMatchObject({ name: 'Stays', outstanding: '0.00' })
    expect(await findByNumber('SK-2')).toMatchObject({ outstanding: '30.00' })
  })

  test('with an amount below what is paid is wrong, at the review and at the commit', async () => {
    const known = await customer({ number: 'BP-1', name: 'Paid' })
    await due(known.id, '100', '2026-05-01', 'INV-1')
    const file = csv('Number,Reference,Amount,Due date', 'BP-1,INV-1,40,2026-05-01')
    const early = await upload(file)
    await pay(known.id, '60')
    const late = await upload(file)
    expect(faultsOf(await rowsOf(late.id))).toEqual([[2, 'WRONG', ['amount']]])
    expect((await commit(early.id)).counts).toMatchObject({ failed: 1, updated: 0 })
    expect(faultsOf(await rowsOf(early.id))).toEqual([[2, 'FAILED', ['amount']]])
    expect(await dues(known.id)).toMatchObject([{ amount: '100.00', outstanding: '40.00' }])
  })

  test('that is archived, or in another currency, is wrong', async () => {
    await archive((await customer({ number: 'AR-1' })).id)
    await customer({ number: 'CU-1', currency: 'USD' })
    await customer({ number: 'CU-2', currency: 'USD' })
    const { id } = await upload(
      csv('Number,Amount,Currency,Due date', 'AR-1,10,EUR,2026-05-01', 'CU-1,10,EUR,2026-05-01', 'CU-2,10,,2026-05-01'),
    )
    expect(faultsOf(await rowsOf(id))).toEqual([
      [2, 'WRONG', ['number']],
      [3, 'WRONG', ['currency']],
      [4, 'NEW', []],
    ])
  })

  test('named by nothing but an e-mail address that two have is asked, and waits', async () => {
    const contacts = [{ kind: 'EMAIL' as const, value: 'shared@example.com' }]
    await customer({ contacts })
    await customer({ contacts })
    const { id } = await upload(csv('Name,E-mail,Amount,Due date', 'Shared,shared@example.com,10,2026-05-01'))
    expect(faultsOf(await rowsOf(id))).toEqual([[2, 'ASKED', ['email']]])
    expect((await commit(id)).counts).toMatchObject({ rows: 1, failed: 1 })
  })
})

describe('between review and commit', () => {
  test('a number that is taken fails the rows of that customer only', async () => {
    const { id } = await upload(
      csv(
        'Number,Name,Amount,Due date',
        'TK-1,First,10,2026-05-01',
        'TK-2,Second,10,2026-05-01',
        'TK-2,Second,20,2026-05-02',
        'TK-3,Third,10,2026-05-01',
      ),
    )
    const taken = await customer({ number: 'tk-2', name: 'Was faster' })
    expect((await commit(id)).counts).toMatchObject({ rows: 4, created: 2, failed: 2 })
    expect(await read(taken.id)).toMatchObject({ name: 'Was faster', outstanding: '0.00' })
    const failed = await rowsOf(id, 'FAILED')
    expect(failed.map(({ row, faults }) => [row, faults.length])).toEqual([
      [3, 1],
      [4, 1],
    ])
    expect(failed[0]!.faults[0]!.message).toMatch(/^[A-Z].{15,}\.$/)
    expect([await findByNumber('TK-1'), await findByNumber('TK-3')]).toMatchObject([{ outstanding: '10.00' }, { outstanding: '10.00' }])
  })

  test('what only the books take for the same fails one customer, and no other of its batch', async () => {
    const { id } = await upload(
      csv('Number,Name,Amount,Due date', 'W-77,First,10,2026-05-01', 'Ｗ-77,Second,10,2026-05-01', 'WEG-78,Third,10,2026-05-01'),
    )
    expect((await commit(id)).counts).toMatchObject({ rows: 3, created: 2, failed: 1 })
    expect(await findByNumber('WEG-78')).toMatchObject({ name: 'Third', outstanding: '10.00' })
  })

  test('a customer that is archived fails its rows', async () => {
    const known = await customer({ number: 'GO-1' })
    const { id } = await upload(csv('Number,Amount,Due date', 'GO-1,10,2026-05-01'))
    await archive(known.id)
    expect((await commit(id)).counts).toMatchObject({ failed: 1, created: 0 })
    expect(await dues(known.id)).toEqual([])
  })

  test('one file reviewed twice is written once, with and without numbers and references', async () => {
    const known = await customer({ number: 'RR-1', name: 'Reviewed' })
    const file = csv(
      'Number,Name,E-mail,Reference,Amount,Due date',
      'RR-1,,,,10,2026-05-01',
      ',Reviewed twice,twice@example.com,,20,2026-05-01',
      'RR-2,Numbered,,INV-1,30,2026-05-01',
    )
    const [first, second] = [await upload(file), await upload(file)]
    await commit(first.id)
    await commit(second.id)
    expect(await dues(known.id)).toHaveLength(1)
    expect(await findByNumber('twice@example.com')).toMatchObject({ outstanding: '20.00' })
    expect(await findByNumber('RR-2')).toMatchObject({ outstanding: '30.00' })
  })
})

test('a commit whose process dies in the middle is finished by the next one, and nothing comes twice', async () => {
  const file = csv(
    'Number,Name,Amount,Due date',
    ...Array.from(
      { length: 1_200 },
      (_, index) => `DIE-${String(index % 900).padStart(4, '0')},Survivor ${index % 900},${index + 1},2026-05-01`,
    ),
  )
  const { id, counts } = await upload(file)
  expect(counts).toMatchObject({ rows: 1_200, new: 1_200 })
  {
    // A process that is stopped while its first batch is under way.
    await using other = await open(testConfig(), { clock: () => app.clock.now, log: app.app.log })
    await commitImport(contextOf(other, agent.viewer!, 'test'), id, 'UPDATE')
    await using _stopped = await resumeImports(other)
  }
  const half = await importOf(id)
  expect(half.status).toBe('COMMITTING')
  expect(half.counts.created).toBeGreaterThan(0)
  expect(half.counts.created).toBeLessThan(1_200)
  await using next = await open(testConfig(), { clock: () => app.clock.now, log: app.app.log })
  await using _running = await run(next, { port: 0 })
  expect((await done(id)).counts).toMatchObject({ created: 1_200, updated: 0, skipped: 0, failed: 0 })
  const [[row]] = (await app.app.db.execute(
    sql`select count(distinct c.id) as customers, count(*) as dues, sum(due.amount) as amount from customer c join due on due.customer_id = c.id where c.number like 'DIE-%'`,
  )) as unknown as [[unknown]]
  expect(row).toEqual({ customers: '900', dues: '1200', amount: String((100 * 1_200 * 1_201) / 2) })
  expect((await toldTo(app, admin, { type: ['IMPORT_FINISHED'] })).filter(({ importId }) => importId === id)).toHaveLength(1)
})
