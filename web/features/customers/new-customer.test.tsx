import { ApolloClient, ApolloLink, type OperationVariables } from '@apollo/client'
import { ApolloProvider } from '@apollo/client/react'
import { MantineProvider } from '@mantine/core'
import { act, render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { of } from 'rxjs'
import { expect, test, vi } from 'vitest'
import { makeCache } from '../../apollo/cache.ts'
import { SessionContext, type Session } from '../../apollo/session.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ReaderProvider } from '../../ui/reader.tsx'
import { NewCustomer } from './new-customer.tsx'

// Typing through a whole form takes seconds where the machine is busy.
vi.setConfig({ testTimeout: 30_000 })

vi.mock('next/navigation', () => ({ useRouter: () => ({ push: () => {} }) }))

async function draw(
  answer: ApolloLink.Result = { data: { createCustomer: { __typename: 'Customer', id: 'c1', name: 'Ada', number: 'C-1' } } },
) {
  const asked: OperationVariables[] = []
  const closed = vi.fn()
  const link = new ApolloLink(({ variables }) => {
    asked.push(variables)
    return of(answer)
  })
  const session = {
    me: { id: 'u1', name: 'Mina Ito', role: 'AGENT' },
    company: { currency: 'EUR', today: '2026-03-31', paymentTermsDays: 14 },
    may: () => true,
  } as unknown as Session
  await act(async () =>
    render(
      <ApolloProvider client={new ApolloClient({ link, cache: makeCache(), dataMasking: true })}>
        <MantineProvider env="test">
          <ReaderProvider locale="en-GB" today="2026-03-31">
            <SessionContext value={session}>
              <Dialog opened onClose={closed} title="New customer">
                <NewCustomer />
              </Dialog>
            </SessionContext>
          </ReaderProvider>
        </MantineProvider>
      </ApolloProvider>,
    ),
  )
  const name = await screen.findByRole('textbox', { name: 'Name' })
  return { asked, closed, name }
}

const add = () => userEvent.click(screen.getByRole('button', { name: 'Add customer' }))

test('a name that is missing is refused beside its field', async () => {
  const { asked, name } = await draw()
  await add()
  expect(await screen.findByText('The name is missing')).toBeDefined()
  expect(document.activeElement).toBe(name)
  expect(asked).toHaveLength(0)
})

test('a first due needs both amount and date, or neither', async () => {
  const { asked, name } = await draw()
  await userEvent.type(name, 'Ada')
  await userEvent.type(screen.getByRole('textbox', { name: 'Amount' }), '12,5')
  await add()
  expect(await screen.findByText('When is it due?')).toBeDefined()
  await userEvent.type(screen.getByRole('textbox', { name: 'Due date' }), '+14')
  await userEvent.tab()
  await add()
  await waitFor(() => expect(asked).toHaveLength(1))
  expect(asked[0]?.['input']).toMatchObject({
    name: 'Ada',
    number: null,
    contacts: [],
    due: { amount: '12.50', dueDate: '2026-04-14', reference: null },
  })
})

test('a fault that the server finds lands on the field it is about, also behind contacts that were left empty', async () => {
  const extensions = {
    code: 'INVALID',
    fields: [
      { path: 'contacts.0.value', message: 'This number is not in use' },
      { path: 'number', message: 'Another customer has this number' },
    ],
  }
  const { name } = await draw({ errors: [{ message: 'Some fields are not valid', extensions }] })
  await userEvent.type(name, 'Ada')
  await userEvent.type(screen.getByRole('textbox', { name: 'Phone' }), '+49 30 1234567')
  await add()
  expect(await screen.findByText('Another customer has this number')).toBeDefined()
  expect(screen.getByRole('textbox', { name: 'Phone' }).getAttribute('aria-invalid')).toBe('true')
  expect(screen.getByRole('textbox', { name: 'E-mail' }).getAttribute('aria-invalid')).not.toBe('true')
})

test('leaving with something typed asks first, and forgets nothing when one stays', async () => {
  const { closed, name } = await draw()
  await userEvent.type(name, 'Ada')
  await userEvent.keyboard('{Escape}')
  await userEvent.click(await screen.findByRole('button', { name: 'Keep editing' }))
  expect(closed).not.toHaveBeenCalled()
  expect(name).toHaveProperty('value', 'Ada')
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Discard' }))
  expect(closed).toHaveBeenCalledOnce()
})
