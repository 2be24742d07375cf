import { type APIRequestContext, expect, type Locator, type Page } from '@playwright/test'

export interface Person {
  readonly name: string
  readonly email: string
  readonly password: string
}

export const mina: Person = { name: 'Mina Ito', email: 'mina@nordlicht.example', password: 'eleven quiet lighthouses' }
export const jonas: Person = { name: 'Jonas Weber', email: 'jonas@nordlicht.example', password: 'seven patient ferries' }

interface Answer {
  readonly data?: unknown
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
}
const headers = { 'apollo-require-preflight': 'true' }

/** Asks the API directly, with the cookies of the browser that `request` belongs to: for what a test only needs to be there. */
export async function ask<Data = Record<string, unknown>>(
  request: APIRequestContext,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Data> {
  const send = async (): Promise<Answer> => (await request.post('/graphql', { headers, data: { query, variables } })).json()
  let answer = await send()
  if (answer.errors?.[0]?.extensions?.code === 'UNAUTHENTICATED') {
    // The clock was moved beyond the end of the access cookie; a page renews it in the same way.
    await request.post('/session/refresh', { headers })
    answer = await send()
  }
  expect(answer.errors).toBeUndefined()
  return answer.data as Data
}

/** Makes an account, which leaves the browser signed in. The first account of a company is its administrator. */
export const register = (request: APIRequestContext, input: Person): Promise<unknown> =>
  ask(request, 'mutation ($input: RegisterInput!) { register(input: $input) { id } }', { input })

export interface NewCustomer {
  readonly name: string
  readonly number?: string
  readonly contacts?: readonly { readonly kind: 'EMAIL' | 'PHONE' | 'ADDRESS'; readonly value: string }[]
  readonly currency?: string
  readonly note?: string
  readonly due?: { readonly amount: string; readonly dueDate: string; readonly reference?: string }
}

export async function createCustomer(request: APIRequestContext, input: NewCustomer): Promise<string> {
  const made = await ask<{ createCustomer: { id: string } }>(
    request,
    'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { id } }',
    { input },
  )
  return made.createCustomer.id
}

/** Records a payment that arrived today; it is here unless it is said to be announced. */
export async function recordPayment(
  request: APIRequestContext,
  customerId: string,
  amount: string,
  more: { readonly state?: 'PENDING' | 'COMPLETED'; readonly reference?: string; readonly method?: string } = {},
): Promise<string> {
  const input = { key: crypto.randomUUID(), customerId, amount, method: 'BANK_TRANSFER', receivedOn: await today(request), ...more }
  const made = await ask<{ recordPayment: { id: string } }>(
    request,
    'mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { id } }',
    { input },
  )
  return made.recordPayment.id
}

/** The company's business date. */
export async function today(request: APIRequestContext): Promise<string> {
  return (await ask<{ company: { today: string } }>(request, '{ company { today } }')).company.today
}

/** The day that lies `days` after the company's today. */
export async function dayFromToday(request: APIRequestContext, days: number): Promise<string> {
  return new Date(Date.parse(`${await today(request)}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** The row of a table that names `text`. */
export const rowOf = (page: Page, text: string | RegExp): Locator => page.getByRole('row').filter({ hasText: text })

/** The live connection stands: from here on nothing that happens is missed. */
export const expectLive = (page: Page): Promise<void> => expect(page.getByTestId('live-state')).toHaveText('Live')
