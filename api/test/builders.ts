import { randomUUID } from 'node:crypto'
import type { Contact, CustomerStatus } from 'schema/customer'
import type { DueStatus } from 'schema/due'
import type { PaymentState, PaymentVerb } from 'schema/payment'
import { afterAll, expect } from 'vitest'
import { checkInvariants } from '../src/db/invariants.ts'
import { eventInvariants, waiting } from '../src/events/invariants.ts'
import { ledgerInvariants } from '../src/ledger/invariants.ts'
import { sweepOverdue } from '../src/ledger/overdue.ts'
import { notificationInvariants } from '../src/notifications/invariants.ts'
import { eventually, type Caller, type Standing, type TestApp } from './harness.ts'

export interface Customer {
  readonly id: string
  readonly number: string
  readonly name: string
  readonly note: string | null
  readonly contacts: readonly Contact[]
  readonly currency: string
  readonly outstanding: string
  readonly credit: string
  readonly status: CustomerStatus
  readonly hasDues: boolean
  readonly nextDueDate: string | null
  readonly daysPastDue: number
  readonly lastPaymentOn: string | null
  readonly archivedAt: string | null
  readonly archiveReason: string | null
  readonly version: number
}
export interface Due {
  readonly id: string
  readonly reference: string
  readonly amount: string
  readonly outstanding: string
  readonly dueDate: string
  readonly daysPastDue: number
  readonly status: DueStatus
}
export interface Payment {
  readonly id: string
  readonly amount: string
  readonly state: PaymentState
  readonly unallocated: string
  readonly allocations: readonly { readonly amount: string; readonly due: { readonly reference: string } }[]
}
export interface Notification {
  readonly id: string
  readonly number: string
  readonly type: string
  readonly author: string
  readonly subject: string
  readonly amount: string | null
  readonly currency: string | null
  readonly things: number
  readonly read: boolean
  readonly customerId: string | null
  readonly importId: string | null
}

/** What a customer, a due, a payment, a notification are asked for. */
export const customerFields =
  'id number name note contacts { kind value } currency outstanding credit status hasDues nextDueDate daysPastDue lastPaymentOn archivedAt archiveReason version'
export const dueFields = 'id reference amount outstanding dueDate daysPastDue status'
export const paymentFields = 'id amount state unallocated allocations { amount due { reference } }'
export const notificationFields = 'id number type author subject amount currency things read customerId importId'

/** The documents that several tests send. */
export const documents = {
  create: `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ${customerFields} } }`,
  update: `mutation ($id: ID!, $version: Int!, $input: UpdateCustomerInput!) { updateCustomer(id: $id, version: $version, input: $input) { ${customerFields} } }`,
  archive: `mutation ($id: ID!, $reason: String) { archiveCustomer(id: $id, reason: $reason) { ${customerFields} } }`,
  restore: `mutation ($id: ID!) { restoreCustomer(id: $id) { ${customerFields} } }`,
  addDue: `mutation ($customerId: ID!, $input: DueInput!) { addDue(customerId: $customerId, input: $input) { ${dueFields} } }`,
  record: `mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { ${paymentFields} } }`,
  preview: `query ($customerId: ID!, $amount: Decimal!) { allocationPreview(customerId: $customerId, amount: $amount) { credit lines { amount due { reference } } } }`,
} as const
/** The mutation of a verb on the payment `$id`. */
export const verbDocument = (verb: PaymentVerb): string => `mutation ($id: ID!) { ${verb}Payment(id: $id) { ${paymentFields} } }`

export interface CustomerInput {
  readonly name?: string
  readonly number?: string | null
  readonly contacts?: readonly Contact[]
  readonly note?: string
  readonly currency?: string
  /** Amount and due date of a first due. */
  readonly due?: { readonly amount: string; readonly dueDate: string; readonly reference?: string }
}
export interface PaymentInput {
  readonly key?: string
  readonly state?: 'PENDING' | 'COMPLETED'
  readonly receivedOn?: string
  readonly reference?: string
}

/** The fields that RecordPaymentInput needs, for a payment received today. */
export const paymentInput = (test: TestApp, customerId: string, amount: string, more: PaymentInput = {}) => ({
  key: randomUUID(),
  customerId,
  amount,
  method: 'BANK_TRANSFER',
  receivedOn: test.context().today,
  ...more,
})

interface EditedDue {
  readonly outstanding: string
  readonly dueDate: string
}

/** What updateCustomer is to be given to change these fields only, by somebody who sees the customer as given. */
export const edited = (
  { name, number, contacts, note, currency, outstanding }: Customer,
  { due, ...change }: Record<string, unknown> & { readonly due?: EditedDue },
) => ({
  name,
  number,
  contacts,
  note,
  currency,
  ...change,
  ...(due === undefined ? {} : { due: { ...due, was: /[1-9]/.test(outstanding) ? outstanding : null } }),
})

/** Short ways to make things through the front door, as an agent unless somebody else is named. When the file's tests are over, all invariants have to hold. */
export function buildersOf(test: TestApp, standing: Standing = 'AGENT') {
  afterAll(async () => expect(await findings(test)).toEqual([]))
  const agent = (): Promise<Caller> => test.as(standing)
  let made = 0
  const ask = async <T>(document: string, variables: Record<string, unknown>): Promise<T> => {
    const data = await (await agent()).ask<Record<string, T>>(document, variables)
    return Object.values(data)[0]!
  }
  return {
    customer: (input: CustomerInput = {}) => ask<Customer>(documents.create, { input: { name: `Customer ${++made}`, ...input } }),
    update: (customer: Customer, change: Parameters<typeof edited>[1]) =>
      ask<Customer>(documents.update, { id: customer.id, version: customer.version, input: edited(customer, change) }),
    archive: (id: string, reason?: string) => ask<Customer>(documents.archive, { id, reason }),
    restore: (id: string) => ask<Customer>(documents.restore, { id }),
    due: (customerId: string, amount: string, dueDate: string, reference?: string) =>
      ask<Due>(documents.addDue, { customerId, input: { amount, dueDate, reference } }),
    pay: (customerId: string, amount: string, more: PaymentInput = {}) =>
      ask<Payment>(documents.record, { input: paymentInput(test, customerId, amount, more) }),
    verb: (verb: PaymentVerb, id: string) => ask<Payment>(verbDocument(verb), { id }),
    preview: (customerId: string, amount: string) =>
      ask<{ credit: string; lines: { amount: string; due: { reference: string } }[] }>(documents.preview, { customerId, amount }),
    read: (id: string) => ask<Customer>(`query ($id: ID!) { customer(id: $id) { ${customerFields} } }`, { id }),
    async dues(id: string): Promise<readonly Due[]> {
      const customer = await ask<{ dues: { nodes: Due[] } }>(`query ($id: ID!) { customer(id: $id) { dues { nodes { ${dueFields} } } } }`, {
        id,
      })
      return customer.dues.nodes
    },
    async payments(id: string): Promise<readonly Payment[]> {
      const customer = await ask<{ payments: { nodes: Payment[] } }>(
        `query ($id: ID!) { customer(id: $id) { payments { nodes { ${paymentFields} } } } }`,
        { id },
      )
      return customer.payments.nodes
    },
    sweep: () => sweepOverdue(test.context()),
  }
}

/** Waits until every event has its number and every reaction has seen it. */
export async function settled({ app }: TestApp): Promise<void> {
  await eventually(async () => {
    const [lag] = (await app.db.execute(waiting)) as unknown as [{ n: string }[]]
    return lag.every(({ n }) => Number(n) === 0)
  })
}

/** What breaks an invariant, once all has been numbered and told. */
export async function findings(test: TestApp): Promise<unknown[]> {
  await settled(test)
  const results = await checkInvariants(test.app.db, [...ledgerInvariants, ...eventInvariants, ...notificationInvariants])
  return results.filter(({ broken }) => broken.length > 0).map(({ name, broken }) => ({ name, broken }))
}

/** Everything that this person has been told, newest first. */
export async function toldTo(test: TestApp, caller: Caller, filter: Record<string, unknown> = {}): Promise<readonly Notification[]> {
  await settled(test)
  const { notifications } = await caller.ask<{ notifications: { nodes: Notification[] } }>(
    `query ($filter: NotificationFilter) { notifications(first: 100, filter: $filter) { nodes { ${notificationFields} } } }`,
    { filter },
  )
  return notifications.nodes
}
