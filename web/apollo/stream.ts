import type { ApolloClient } from '@apollo/client'
import { type Client, createClient, type SubscribePayload } from 'graphql-ws'
import { type DocumentNode, print, visit } from 'graphql'
import {
  LiveCustomerFragmentDoc,
  LiveEventsDocument,
  type LiveEventsSubscription,
  LiveImportFragmentDoc,
  LiveNotificationRowFragmentDoc,
  LiveNotificationsDocument,
  type LiveNotificationsSubscription,
  LiveNotificationStateFragmentDoc,
  LivePaymentFragmentDoc,
} from '../gql.ts'
import type { Live, LiveEvent, LiveNotification, LiveStatus } from './live.ts'
import { renew } from './renewal.ts'

/** What the owner of a stream has to do for it. */
interface Owner {
  /** The number to begin after: asked again when the log no longer has what was missed. */
  readonly startAfter: () => Promise<string>
  /** Asks for everything on screen again: something was missed, or the log was pruned. */
  readonly refetch: () => Promise<unknown>
  /** The server closed the connection because the role or the permission changed. */
  readonly onForbidden: () => void
  /** The session is over for good: settles when somebody has signed in again, or when nobody can be asked. */
  readonly onEnded: () => Promise<unknown>
}

const keepAliveMs = 10_000
const pongWithinMs = 5_000
const longestWaitMs = 20_000
const closed = { sessionEnded: 4401, forbidden: 4403, silent: 4499 }

/**
 * The one live connection of a tab. It begins after `after`, applies what each event carries to the cache by id, and after any break
 * (sleep, network, restart of the server) resumes after the last number seen, so that nothing is missed and nothing comes twice.
 */
export function openStream(client: ApolloClient, after: string, owner: Owner): Live & { readonly close: () => void } {
  const listeners = {
    status: new Set<() => void>(),
    event: new Set<(event: LiveEvent) => void>(),
    notification: new Set<(n: LiveNotification) => void>(),
    reset: new Set<() => void>(),
  }
  let status: LiveStatus = { state: 'connecting', since: Date.now() }
  let seen = { events: after, notifications: after }
  let hangUp = (): void => {}
  let cutOff = (): void => {}
  let ended = false
  let failures = 0
  let wake: (() => void) | undefined

  const become = (state: LiveStatus['state']): void => {
    if (ended || (state === status.state && state !== 'live')) return
    // `since` is the last moment at which this tab was known to be up to date.
    status = { state, since: state === 'live' || status.state === 'live' || status.state === 'connecting' ? Date.now() : status.since }
    for (const listen of listeners.status) listen()
  }
  const broken = (): void => become(navigator.onLine ? 'reconnecting' : 'offline')

  // Waits are spread at random: after a restart of the server a thousand tabs must not come back in the same instant.
  const pause = (tries: number): Promise<void> => {
    const longest = Math.min(longestWaitMs, 1_000 * 2 ** Math.min(tries, 6))
    return new Promise((resolve) => {
      const timer = setTimeout(done, 200 + Math.random() * longest)
      function done(): void {
        clearTimeout(timer)
        wake = undefined
        resolve()
      }
      wake = () => {
        clearTimeout(timer)
        setTimeout(done, Math.random() * 300)
      }
    })
  }

  const onEvent = ({ events: event }: LiveEventsSubscription): void => {
    if (!isNewer(event.number, seen.events)) return
    const missed = isNewer(event.previous, seen.events)
    seen.events = event.number
    put(client, LiveCustomerFragmentDoc, 'LiveCustomer', event.customer)
    put(client, LivePaymentFragmentDoc, 'LivePayment', event.payment)
    put(client, LiveImportFragmentDoc, 'LiveImport', event.import)
    for (const listen of listeners.event) listen(event)
    if (missed) void startOver()
  }
  const onNotification = ({ notifications: told }: LiveNotificationsSubscription): void => {
    if (!isNewer(told.number, seen.notifications)) return
    const missed = isNewer(told.previous, seen.notifications)
    seen.notifications = told.number
    put(client, LiveNotificationRowFragmentDoc, 'LiveNotificationRow', told.notification)
    put(client, LiveNotificationStateFragmentDoc, 'LiveNotificationState', told.state)
    for (const listen of listeners.notification) listen(told)
    if (missed) void startOver()
  }

  const startOver = async (): Promise<void> => {
    await owner.refetch().catch(() => undefined)
    for (const listen of listeners.reset) listen()
  }

  /** The number is older than the log: take the newest one first and everything on screen after it, in this order. */
  const begin = async (): Promise<void> => {
    const newest = await owner.startAfter()
    seen = { events: newest, notifications: newest }
    await startOver()
  }

  const connect = (): void => {
    if (ended) return
    let pongTimer: ReturnType<typeof setTimeout> | undefined
    let over = false
    // A connection that ended is replaced whole: graphql-ws takes some close codes for final, which a renewal mends.
    const again = async (code: number | undefined, pruned = false): Promise<void> => {
      if (over || ended) return
      over = true
      clearTimeout(pongTimer)
      broken()
      leave()
      failures += 1
      await pause(failures)
      if (code === closed.forbidden) owner.onForbidden()
      // A handshake that is refused looks to the browser like a server that is away, so that is a reason to renew as well.
      if (code === closed.sessionEnded || failures % 4 === 3) {
        const renewal = await renew()
        if (renewal === 'ended') {
          await owner.onEnded()
          await pause(failures)
        }
      }
      if (pruned) await begin().catch(() => undefined)
      connect()
    }
    // Ending the subscriptions first keeps graphql-ws from sending them on a connection that is being closed.
    const leave = (): void => {
      for (const end of subscriptions) end()
      void Promise.resolve(made.dispose()).catch(() => undefined)
    }
    const made = createClient({
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
      lazy: false,
      keepAlive: keepAliveMs,
      retryAttempts: 0,
      shouldRetry: () => false,
      onNonLazyError: (error) => void again(codeOf(error)),
      on: {
        connected: () => become('live'),
        ping: (received) => {
          // No answer to our ping: the connection is dead though nothing said so, as after sleep or a change of network.
          if (!received) pongTimer = setTimeout(() => made.terminate(), pongWithinMs)
        },
        pong: (received) => {
          if (!received) return
          clearTimeout(pongTimer)
          // Only a connection that lasts ends the growing of the waits: one that is accepted and then cut is no success.
          failures = 0
          become('live')
        },
        closed: (event) => void again(codeOf(event)),
      },
    })
    const subscriptions = [
      subscribe<LiveEventsSubscription>(made, client, LiveEventsDocument, () => seen.events, onEvent, again),
      subscribe<LiveNotificationsSubscription>(made, client, LiveNotificationsDocument, () => seen.notifications, onNotification, again),
    ]
    hangUp = leave
    cutOff = () => made.terminate()
  }

  const online = (): void => {
    wake?.()
    if (wake === undefined && status.state !== 'live') become('reconnecting')
  }
  const offline = (): void => {
    become('offline')
    cutOff()
  }
  const visible = (): void => {
    if (document.visibilityState === 'visible') wake?.()
  }
  window.addEventListener('online', online)
  window.addEventListener('offline', offline)
  document.addEventListener('visibilitychange', visible)
  // A moment later, so that a screen which is mounted and unmounted at once (React does so in development) opens none.
  const opening = setTimeout(connect)

  return {
    status: () => status,
    onStatus: adder(listeners.status),
    onEvent: adder(listeners.event),
    onNotification: adder(listeners.notification),
    onReset: adder(listeners.reset),
    close: () => {
      ended = true
      clearTimeout(opening)
      window.removeEventListener('online', online)
      window.removeEventListener('offline', offline)
      document.removeEventListener('visibilitychange', visible)
      wake?.()
      hangUp()
    },
  }
}

function subscribe<Data>(
  socket: Client,
  client: ApolloClient,
  document: DocumentNode,
  after: () => string,
  next: (data: Data) => void,
  again: (code: number | undefined, pruned?: boolean) => Promise<void>,
): () => void {
  const payload: SubscribePayload = {
    query: print(
      visit(client.cache.transformDocument(document), { Directive: ({ name }) => (name.value === 'unmask' ? null : undefined) }),
    ),
    get variables() {
      return { after: after() }
    },
  }
  return socket.subscribe<Data>(payload, {
    next: ({ data, errors }) => {
      if (data) next(data)
      else if (errors) void again(undefined, isPruned(errors))
    },
    error: (error) => void again(codeOf(error), isPruned(error)),
    complete: () => void again(undefined),
  })
}

function put(client: ApolloClient, fragment: DocumentNode, fragmentName: string, data: object | null): void {
  if (data !== null) client.cache.writeFragment({ fragment, fragmentName, data, ...withId(client, data) })
}

function withId(client: ApolloClient, data: object): { id?: string } {
  const id = client.cache.identify(data as never)
  return id === undefined ? {} : { id }
}

// Numbers pass 2^53 only in theory; comparing them as text would be wrong from 10 on.
function isNewer(number: string, than: string): boolean {
  return BigInt(number) > BigInt(than)
}

function codeOf(error: unknown): number | undefined {
  if (isCoded(error, 'UNAUTHENTICATED')) return closed.sessionEnded
  if (isCoded(error, 'FORBIDDEN')) return closed.forbidden
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number' ? error.code : undefined
}

const isPruned = (errors: unknown): boolean => isCoded(errors, 'LOG_PRUNED')

function isCoded(errors: unknown, code: string): boolean {
  return Array.isArray(errors) && errors.some((error: { extensions?: { code?: unknown } }) => error.extensions?.code === code)
}

function adder<Listener>(listeners: Set<Listener>): (listen: Listener) => () => void {
  return (listen) => {
    listeners.add(listen)
    return () => listeners.delete(listen)
  }
}
