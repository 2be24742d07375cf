import { ApolloClient, ApolloLink } from '@apollo/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeCache } from './cache.ts'
import { rememberSession } from './renewal.ts'
import { openStream } from './stream.ts'

/** A WebSocket whose other end is the test. */
class Wire {
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  static wires: Wire[] = []
  readyState = 0
  readonly sent: Array<{ id?: string; type: string; payload?: { query: string; variables: { after: string } } }> = []
  onopen: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  onerror: ((event: unknown) => void) | null = null
  constructor() {
    Wire.wires.push(this)
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }
  close(code = 1000): void {
    if (this.readyState === Wire.CLOSED) return
    this.readyState = Wire.CLOSED
    this.onclose?.({ code, reason: '' })
  }
  async accept(): Promise<void> {
    this.readyState = Wire.OPEN
    this.onopen?.()
    await vi.advanceTimersByTimeAsync(0)
    this.say({ type: 'connection_ack' })
    await vi.advanceTimersByTimeAsync(0)
  }
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  after(): Record<string, string | undefined> {
    return Object.fromEntries(
      this.sent
        .filter(({ type }) => type === 'subscribe')
        .map(({ payload }) => [payload?.query.includes('notifications(') === true ? 'notifications' : 'events', payload?.variables.after]),
    )
  }
  event(number: number, previous: number): void {
    const id = this.sent.find(({ payload }) => payload?.query.includes('events(') === true)?.id
    const events = {
      __typename: 'LiveEvent',
      number: String(number),
      previous: String(previous),
      type: 'CUSTOMER_CHANGED',
      at: '2026-01-01T00:00:00Z',
      author: 'A',
      customer: null,
      payment: null,
      import: null,
    }
    this.say({ id, type: 'next', payload: { data: { events } } })
  }
}

const owner = {
  startAfter: vi.fn(async () => '50'),
  refetch: vi.fn(async () => undefined),
  onForbidden: vi.fn(),
  onEnded: vi.fn(async () => false),
}
const fetched = vi.fn<(url: string) => Promise<Response>>()
const last = (): Wire => Wire.wires.at(-1) as Wire

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', Wire)
  vi.stubGlobal('fetch', fetched)
  fetched.mockResolvedValue(new Response(null, { status: 204 }))
  Wire.wires = []
  localStorage.clear()
  rememberSession(true)
  vi.clearAllMocks()
})
let close = (): void => {}
afterEach(() => {
  close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function start() {
  const client = new ApolloClient({ cache: makeCache(), link: ApolloLink.empty() })
  const stream = openStream(client, '9', owner)
  const numbers: string[] = []
  stream.onEvent(({ number }) => numbers.push(number))
  close = stream.close
  await vi.advanceTimersByTimeAsync(1)
  return { stream, numbers }
}

test('after a break it resumes behind the last number seen, and no event is told twice', async () => {
  const { stream, numbers } = await start()
  await last().accept()
  expect(last().after()).toEqual({ events: '9', notifications: '9' })
  expect(stream.status().state).toBe('live')
  // What only Apollo understands must not reach the server, which refuses directives that it doesn't know.
  expect(
    last()
      .sent.map(({ payload }) => payload?.query)
      .join(''),
  ).not.toContain('@')
  last().event(10, 9)
  last().event(11, 10)
  last().close(1006)
  expect(stream.status().state).toBe('reconnecting')
  await vi.advanceTimersByTimeAsync(6_000)
  await last().accept()
  expect(last().after()).toEqual({ events: '11', notifications: '9' })
  last().event(11, 10)
  last().event(12, 11)
  expect(numbers).toEqual(['10', '11', '12'])
  expect(owner.refetch).not.toHaveBeenCalled()
})

test('an event that names a predecessor it has not seen makes everything be asked again', async () => {
  const { numbers } = await start()
  await last().accept()
  last().event(12, 11)
  await vi.advanceTimersByTimeAsync(0)
  expect(numbers).toEqual(['12'])
  expect(owner.refetch).toHaveBeenCalledOnce()
})

test('a number that the log no longer has: the newest is taken, then everything is asked again', async () => {
  await start()
  await last().accept()
  const id = last().sent.find(({ payload }) => payload?.query.includes('events(') === true)?.id
  last().say({ id, type: 'error', payload: [{ message: 'gone', extensions: { code: 'LOG_PRUNED' } }] })
  await vi.advanceTimersByTimeAsync(6_000)
  await last().accept()
  expect(last().after()).toEqual({ events: '50', notifications: '50' })
  expect(owner.refetch).toHaveBeenCalledOnce()
})

test('a connection whose session ended is renewed first and then made again; 4403 asks who this is', async () => {
  await start()
  await last().accept()
  last().close(4401)
  await vi.advanceTimersByTimeAsync(6_000)
  expect(fetched).toHaveBeenCalledWith('/session/refresh', expect.objectContaining({ method: 'POST' }))
  await last().accept()
  last().close(4403)
  await vi.advanceTimersByTimeAsync(6_000)
  expect(owner.onForbidden).toHaveBeenCalledOnce()
})

test('a session that can not be renewed is reported as over', async () => {
  fetched.mockResolvedValue(new Response(null, { status: 401 }))
  await start()
  await last().accept()
  last().close(4401)
  await vi.advanceTimersByTimeAsync(6_000)
  expect(owner.onEnded).toHaveBeenCalledOnce()
})

test('a server that does not answer a ping counts as gone', async () => {
  const { stream } = await start()
  await last().accept()
  await vi.advanceTimersByTimeAsync(10_100)
  expect(last().sent.at(-1)?.type).toBe('ping')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(stream.status().state).toBe('reconnecting')
})

test('it never gives up, and closing it is final', async () => {
  const { stream } = await start()
  for (let tries = 0; tries < 30; tries += 1) {
    last().close(1006)
    await vi.advanceTimersByTimeAsync(25_000)
  }
  expect(Wire.wires.length).toBe(31)
  stream.close()
  const count = Wire.wires.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(Wire.wires.length).toBe(count)
})
