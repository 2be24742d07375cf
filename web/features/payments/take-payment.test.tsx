import { ApolloClient, ApolloLink, type OperationVariables } from '@apollo/client'
import { ApolloProvider } from '@apollo/client/react'
import { MantineProvider } from '@mantine/core'
import { act, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { delay, of } from 'rxjs'
import { expect, test, vi } from 'vitest'
import { makeCache } from '../../apollo/cache.ts'
import { SessionContext, type Session } from '../../apollo/session.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ReaderProvider } from '../../ui/reader.tsx'
import { PaymentVerbs } from './payment-verbs.tsx'
import { TakePaymentForm } from './take-payment-form.tsx'

// Typing through a whole form takes seconds where the machine is busy.
vi.setConfig({ testTimeout: 30_000 })

const due = {
  __typename: 'Due',
  id: 'd1',
  reference: 'D-00007',
  dueDate: '2026-03-10',
  outstanding: '300.00',
  daysPastDue: 21,
  status: 'OVERDUE',
}
const customer = {
  __typename: 'Customer',
  id: 'c1',
  name: 'Ada',
  outstanding: '0.00',
  credit: '50.00',
  status: 'PAID',
  hasDues: true,
  nextDueDate: null,
  daysPastDue: 0,
  lastPaymentOn: '2026-03-31',
}
const payment = (state: string) => ({
  __typename: 'Payment',
  id: 'p1',
  state,
  amount: '350.00',
  currency: 'EUR',
  unallocated: '50.00',
  allocations: [],
  customer,
})

/** Draws with a server that keeps what it was asked, and takes a moment to answer. */
async function draw(ui: React.ReactNode, role: Session['me']['role'] = 'AGENT') {
  const asked: { name: string; variables: OperationVariables }[] = []
  const link = new ApolloLink(({ operationName = '', variables }) => {
    asked.push({ name: operationName, variables })
    const data: Record<string, unknown> = {
      AllocationPreview: {
        allocationPreview: {
          __typename: 'AllocationPreview',
          credit: '50.00',
          lines: [{ __typename: 'Allocation', amount: '300.00', due }],
        },
      },
      RecordPayment: { recordPayment: payment('COMPLETED') },
      ReversePayment: { reversePayment: payment('REVERSED') },
      PaymentAtStake: {
        payment: {
          __typename: 'Payment',
          id: 'p1',
          unallocated: '50.00',
          allocations: [{ __typename: 'Allocation', amount: '300.00', due }],
        },
      },
    }
    return of({ data: data[operationName] as Record<string, unknown> }).pipe(delay(20))
  })
  const session = {
    me: { __typename: 'Me', id: 'u1', name: 'Mina Ito', email: 'mina@example.com', role, waiting: false },
    company: {
      __typename: 'Company',
      name: 'Nordlicht',
      currency: 'EUR',
      timeZone: 'Europe/Berlin',
      locale: 'en-GB',
      today: '2026-03-31',
      paymentTermsDays: 14,
    },
    may: () => role !== 'VIEWER',
    signOut: async () => {},
    reload: async () => {},
  } as unknown as Session
  await act(async () =>
    render(
      <ApolloProvider client={new ApolloClient({ link, cache: makeCache(), dataMasking: true })}>
        <MantineProvider env="test">
          <ReaderProvider locale="en-GB" today="2026-03-31">
            <SessionContext value={session}>{ui}</SessionContext>
          </ReaderProvider>
        </MantineProvider>
      </ApolloProvider>,
    ),
  )
  return asked
}

function Form() {
  const [opened, setOpened] = useState(true)
  return (
    <Dialog opened={opened} onClose={() => setOpened(false)} title="Take payment from Ada">
      <TakePaymentForm
        customerId="01a20d7b-b906-7703-9787-30dc209ab82e"
        name="Ada"
        outstanding="300.00"
        currency="EUR"
        onTaken={() => {}}
      />
    </Dialog>
  )
}

test('taking a payment shows what it will cover before anything is saved', async () => {
  const asked = await draw(<Form />)
  const amount = await screen.findByRole('textbox', { name: 'Amount' })
  expect(amount).toHaveProperty('value', '300.00')
  await userEvent.clear(amount)
  await userEvent.type(amount, '350')
  const preview = screen.getByRole('region', { name: 'This will cover' })
  expect(await within(preview).findByText('D-00007')).toBeDefined()
  expect(within(preview).getByText('paid in full')).toBeDefined()
  expect(within(preview).getByText('€50.00')).toBeDefined()
  await waitFor(() => expect(asked.at(-1)).toEqual({ name: 'AllocationPreview', variables: expect.objectContaining({ amount: '350' }) }))
  expect(asked.some(({ name }) => name === 'RecordPayment')).toBe(false)
})

test('a payment whose button is pressed twice is sent once, with a key of its own', async () => {
  const asked = await draw(<Form />)
  await userEvent.dblClick(await screen.findByRole('button', { name: 'Record €300.00' }))
  await waitFor(() => expect(asked.some(({ name }) => name === 'RecordPayment')).toBe(true))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  const sent = asked.filter(({ name }) => name === 'RecordPayment')
  expect(sent).toHaveLength(1)
  expect(sent[0]?.variables['input']).toMatchObject({
    amount: '300.00',
    receivedOn: '2026-03-31',
    state: 'COMPLETED',
    key: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
})

test('an amount that is none is refused beside its field, which gets the focus', async () => {
  const asked = await draw(<Form />)
  const amount = await screen.findByRole('textbox', { name: 'Amount' })
  await userEvent.clear(amount)
  await userEvent.type(amount, '1e3')
  await userEvent.keyboard('{Control>}{Enter}{/Control}')
  expect(await screen.findByText(/Enter the amount as a number/)).toBeDefined()
  expect(document.activeElement).toBe(amount)
  expect(asked.some(({ name }) => name === 'RecordPayment')).toBe(false)
})

const subject = (state: 'PENDING' | 'COMPLETED' | 'FAILED' | 'REVERSED') => ({
  id: 'p1',
  amount: '350.00',
  currency: 'EUR',
  state,
  customer: { name: 'Ada' },
})

test.each([
  ['PENDING', ['Mark completed', 'Mark failed']],
  ['COMPLETED', ['Back to pending', 'Reverse']],
  ['FAILED', []],
  ['REVERSED', []],
] as const)('a payment that is %s offers exactly the verbs of that state', async (state, verbs) => {
  await draw(<PaymentVerbs payment={subject(state)} />)
  expect(screen.queryAllByRole('button').map(({ textContent }) => textContent)).toEqual(verbs)
})

test('who may only read is offered no verb', async () => {
  await draw(<PaymentVerbs payment={subject('COMPLETED')} />, 'VIEWER')
  expect(screen.queryByRole('button')).toBeNull()
})

test('a reversal names what becomes outstanding again, and happens only when that is confirmed', async () => {
  const asked = await draw(<PaymentVerbs payment={subject('COMPLETED')} />)
  await userEvent.click(screen.getByRole('button', { name: 'Reverse' }))
  const dialog = await screen.findByRole('dialog', { name: 'Reverse €350.00 from Ada?' })
  expect(await within(dialog).findByText(/on D-00007/)).toBeDefined()
  expect(within(dialog).getByText(/The credit of/)).toBeDefined()
  expect(asked.some(({ name }) => name === 'ReversePayment')).toBe(false)
  await userEvent.click(within(dialog).getByRole('button', { name: 'Reverse payment' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(asked.filter(({ name }) => name === 'ReversePayment')).toHaveLength(1)
})
