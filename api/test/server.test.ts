import { describe, expect, test } from 'vitest'
import { startTestApp } from './harness.ts'

const { as, url } = await startTestApp()

test('a caller is who its token says', async () => {
  const ada = await as('ADMIN')
  expect(await ada.ask('{ me { name role waiting } company { name today } }')).toEqual({
    me: { name: 'Ada Admin', role: 'ADMIN', waiting: false },
    company: { name: 'Our company', today: '2026-03-02' },
  })
})

describe('health', () => {
  test.each(['live', 'ready'])('/health/%s answers', async (which) => {
    const answer = await fetch(`${url}/health/${which}`)
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
  })
})

test('an event reaches a subscription', async () => {
  const [ada, alan] = await Promise.all([as('ADMIN'), as('AGENT')])
  await using live = await ada.subscribe<{ events: { type: string; author: string; customer: { name: string } } }>(
    'subscription ($after: EventNumber) { events(after: $after) { number type author customer { name } } }',
  )
  await alan.ask('mutation { createCustomer(input: { name: "Grace" }) { id } }')
  expect((await live.next()).events).toMatchObject({ type: 'CUSTOMER_CREATED', author: 'Alan Agent', customer: { name: 'Grace' } })
})

