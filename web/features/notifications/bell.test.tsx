import { ApolloClient, ApolloLink } from '@apollo/client'
import { ApolloProvider } from '@apollo/client/react'
import { MantineProvider } from '@mantine/core'
import { act, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { of } from 'rxjs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeCache } from '../../apollo/cache.ts'
import { LiveContext } from '../../apollo/live.ts'
import { rememberSession } from '../../apollo/renewal.ts'
import { openStream } from '../../apollo/stream.ts'
import { ReaderProvider } from '../../ui/reader.tsx'
import { Bell } from './bell.tsx'

/** A WebSocket that accepts at once; the test speaks for the server. */
class Wire {
  static readonly OPEN = 1
  static last: Wire
  readonly OPEN = 1
  readyState = 1
  onopen: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  onerror: (() => void) | null = null
  subscription: string | undefined
  constructor() {
    Wire.last = this
    setTimeout(() => this.onopen?.())
  }
  send(text: string): void {
    const { type, id, payload } = JSON.parse(text) as { type: string; id?: string; payload?: { query: string } }
    if (type === 'connection_init') setTimeout(() => this.say({ type: 'connection_ack' }))
    if (payload?.query.includes('notifications(') === true) this.subscription = id
  }
  close(): void {
    this.readyState = 3
  }
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

const aNotification = (number: string, subject: string) => ({
  __typename: 'Notification',
  id: `n${number}`,
  number,
  type: 'PAYMENT_RECEIVED',
  at: '2026-03-31T08:00:00Z',
  author: 'Jonas Weber',
  read: false,
  subject,
  amount: '12.50',
  currency: 'EUR',
  things: 1,
  customerId: 'c1',
  paymentId: 'p1',
  importId: null,
})
const state = (unread: number, latest: string) => ({ __typename: 'NotificationState', id: 'u1', unread, latest })
const owner = { startAfter: async () => '0', refetch: async () => undefined, onForbidden: () => {}, onEnded: async () => false }

let close = (): void => {}
beforeEach(() => {
  vi.stubGlobal('WebSocket', Wire)
  rememberSession(true)
})
afterEach(() => {
  close()
  vi.unstubAllGlobals()
})

async function showBell() {
  const told = [aNotification('4', 'Ada')]
  const marked: object[] = []
  const link = new ApolloLink(({ operationName, variables }) => {
    if (operationName === 'BellState') return of({ data: { notificationState: state(1, '4') } })
    if (operationName === 'BellLatest')
      return of({ data: { notifications: { __typename: 'NotificationConnection', nodes: told.slice(0, 10) } } })
    marked.push(variables)
    return of({ data: { markAllNotificationsRead: state(0, '5') } })
  })
  const client = new ApolloClient({ link, cache: makeCache(), dataMasking: true })
  const live = openStream(client, '4', owner)
  close = live.close
  render(
    <MantineProvider env="test">
      <ApolloProvider client={client}>
        <LiveContext value={live}>
          <ReaderProvider locale="en" today="2026-03-31">
            <Bell />
          </ReaderProvider>
        </LiveContext>
      </ApolloProvider>
    </MantineProvider>,
  )
  await screen.findByRole('button', { name: 'Notifications, 1 unread' })
  await vi.waitFor(() => expect(Wire.last.subscription).toBeDefined())
  const arrive = (number: string, subject: string, unread: number): void => {
    const notification = aNotification(number, subject)
    told.unshift(notification)
    const notifications = {
      __typename: 'LiveNotification',
      number,
      previous: String(Number(number) - 1),
      notification,
      state: state(unread, number),
    }
    act(() => Wire.last.say({ id: Wire.last.subscription, type: 'next', payload: { data: { notifications } } }))
  }
  return { arrive, marked }
}

test('the bell counts what arrives live, each message once', async () => {
  const { arrive } = await showBell()
  arrive('5', 'Kenji', 2)
  await screen.findByRole('button', { name: 'Notifications, 2 unread' })
  // The same message again, as after a reconnection, changes nothing.
  arrive('5', 'Kenji', 9)
  expect(screen.getByRole('button', { name: 'Notifications, 2 unread' })).toBeDefined()
})

test('an open bell shows what arrives, and marks all read up to the newest that it knows', async () => {
  const { arrive, marked } = await showBell()
  await userEvent.click(screen.getByRole('button', { name: 'Notifications, 1 unread' }))
  await screen.findByText('Ada')
  arrive('5', 'Kenji', 2)
  await screen.findByText('Kenji')
  await userEvent.click(screen.getByRole('button', { name: 'Mark all read' }))
  await screen.findByRole('button', { name: 'Notifications, none unread' })
  expect(marked).toEqual([{ upTo: '5' }])
})
