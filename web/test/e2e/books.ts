import type { APIRequestContext, Browser } from '@playwright/test'
import { ask, createCustomer, dayFromToday, jonas, type Person, recordPayment, register } from './people.ts'

/** Somebody who is not let in, for the screen of those who wait. */
export const sofia: Person = { name: 'Sofía Marín', email: 'sofia@nordlicht.example', password: 'nine careful postmen' }

export interface Books {
  /** The customer with the most to see on its page. */
  readonly customer: string
  readonly review: string
  readonly result: string
}

/** Fills a company of which `admin` is the first account with what its screens look like on an ordinary day. */
export async function fillBooks(browser: Browser, admin: APIRequestContext): Promise<Books> {
  for (const person of [jonas, sofia]) {
    const theirs = await browser.newContext()
    await register(theirs.request, person)
    await theirs.close()
  }
  const { staff } = await ask<{ staff: { id: string; email: string }[] }>(admin, '{ staff { id email } }')
  const id = staff.find(({ email }) => email === jonas.email)?.id
  await ask(admin, 'mutation ($id: ID!) { approveStaff(id: $id, role: AGENT) { id } }', { id })

  const due = async (amount: string, days: number, reference?: string) => ({
    amount,
    dueDate: await dayFromToday(admin, days),
    ...(reference !== undefined && { reference }),
  })
  const customer = await createCustomer(admin, {
    name: 'Lindqvist & Søn ApS',
    contacts: [
      { kind: 'EMAIL', value: 'accounts@lindqvist.example' },
      { kind: 'PHONE', value: '+45 33 12 34 56' },
      { kind: 'ADDRESS', value: 'Strandgade 12\n1401 København' },
    ],
    note: 'Pays after the second reminder. Ask for Karen, she signs the transfers on Thursdays.',
    due: await due('12480.00', -38, 'INV-2041'),
  })
  for (const [amount, days, reference] of [
    ['3150.50', -4, 'INV-2077'],
    ['940.00', 12, 'INV-2098'],
  ] as const) {
    await ask(admin, 'mutation ($id: ID!, $input: DueInput!) { addDue(customerId: $id, input: $input) { id } }', {
      id: customer,
      input: await due(amount, days, reference),
    })
  }
  await recordPayment(admin, customer, '5000.00', { reference: 'SEPA 88213', method: 'BANK_TRANSFER' })
  await recordPayment(admin, customer, '3150.50', { state: 'PENDING', reference: 'Announced by e-mail' })

  const others = [
    ['Brightwater Veterinary Clinic', 'EUR', '18420.75', -61],
    ['Kobayashi Precision K.K.', 'JPY', '1240000', -12],
    ['Al Noor Trading', 'KWD', '3820.125', -3],
    ['Oakfield Primary School', 'GBP', '2310.00', 2],
    ['Hernández y Hijos', 'EUR', '760.40', 6],
    ['Bergmann Maschinenbau GmbH & Co. Kommanditgesellschaft', 'EUR', '48210.00', 21],
    ['Wren Cottage Bakery', 'GBP', '85.20', 30],
  ] as const
  for (const [name, currency, amount, days] of others) await createCustomer(admin, { name, currency, due: await due(amount, days) })
  const settled = await createCustomer(admin, { name: 'Polaris Logistics', due: await due('640.00', 9) })
  await recordPayment(admin, settled, '700.00', { reference: 'Card terminal 3', method: 'CARD' })
  const failing = await createCustomer(admin, { name: 'Juniper & Vale', due: await due('410.00', -20) })
  const failed = await recordPayment(admin, failing, '410.00', { state: 'PENDING', method: 'CHEQUE', reference: 'Cheque 1007' })
  await ask(admin, 'mutation ($id: ID!) { failPayment(id: $id) { id } }', { id: failed })
  await createCustomer(admin, { name: 'Quiet Harbour Studio' })

  const header = 'Number,Name,Reference,Amount,Currency,Due date,E-mail,Region'
  const day = await dayFromToday(admin, 25)
  const rows = ['Alder', 'Birch', 'Cedar', 'Elm', 'Fir', 'Hazel', 'Larch', 'Oak', 'Pine'].map(
    (tree, row) => `N-${row + 1},${tree} Tree Nursery,N-${row + 1}-A,${(row + 1) * 115}.50,EUR,${day},,North`,
  )
  const wrong = [
    `N-20,Windmill Ltd,N-20-A,twelve,EUR,${day},office@windmill.example,South`,
    'N-21,Willow Works,N-21-A,80.00,EUR,2026-02-30,willow,West',
  ]
  const result = await upload(admin, 'northern-region.csv', [header, ...rows, ...wrong])
  await ask(admin, 'mutation ($id: ID!) { commitImport(id: $id) { id } }', { id: result })
  const review = await upload(admin, 'southern-region.csv', [
    header,
    ...rows.slice(0, 3),
    ...rows.map((row) => row.replaceAll('N-', 'S-').replace('Nursery', 'Surgeons')),
    ...wrong,
  ])
  return { customer, review, result }
}

async function upload(admin: APIRequestContext, name: string, lines: readonly string[]): Promise<string> {
  const answer = await admin.post('/graphql', {
    headers: { 'apollo-require-preflight': 'true' },
    multipart: {
      operations: JSON.stringify({ query: 'mutation ($file: Upload!) { uploadImport(file: $file) { id } }', variables: { file: null } }),
      map: JSON.stringify({ file: ['variables.file'] }),
      file: { name, mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) },
    },
  })
  const { data, errors } = (await answer.json()) as { data?: { uploadImport: { id: string } }; errors?: unknown }
  if (data === undefined) throw new Error(`${name} was not taken: ${JSON.stringify(errors)}`)
  return data.uploadImport.id
}
