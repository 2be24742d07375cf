import { describe, expect, test } from 'vitest'
import { atomically } from '../src/context.ts'
import { record } from '../src/events/events.ts'
import { buildersOf, notificationFields, settled, toldTo, type Notification } from './builders.ts'
import { startTestApp, type Caller } from './harness.ts'

const app = await startTestApp({ clock: '2026-03-02T10:00:00Z' })
const [agent, admin, viewer] = await Promise.all([app.as('AGENT'), app.as('ADMIN'), app.as('VIEWER')])
const { customer, update, pay, due, verb, sweep } = buildersOf(app)

interface State {
  readonly unread: number
  readonly latest: string
}
const stateOf = async (caller: Caller): Promise<State> => {
  await settled(app)
  return (await caller.ask<{ notificationState: State }>('{ notificationState { unread latest } }')).notificationState
}
const markAll = async (caller: Caller, upTo: number | string) => {
  await settled(app)
  return (
    await caller.ask<{ markAllNotificationsRead: State }>(
      'mutation ($upTo: EventNumber!) { markAllNotificationsRead(upTo: $upTo) { unread latest } }',
      { upTo: String(upTo) },
    )
  ).markAllNotificationsRead
}
const mark = async (caller: Caller, ids: readonly string[]) =>
  (
    await caller.ask<{ markNotificationsRead: State }>('mutation ($ids: [ID!]!) { markNotificationsRead(ids: $ids) { unread latest } }', {
      ids,
    })
  ).markNotificationsRead
/** What the administrator is told about a customer, oldest first, as type and amount. */
const toldAbout = async (id: string) =>
  (await toldTo(app, admin))
    .filter(({ customerId }) => customerId === id)
    .map(({ type, amount }) => (amount === null ? type : `${type} ${amount}`))
    .toReversed()
let day = Date.parse('2026-03-02T10:00:00Z')
/** The business date moves by days, and the sweep looks. */
async function later(days: number): Promise<string> {
  day += days * 86_400_000
  app.clock.at(new Date(day).toISOString())
  await sweep()
  return app.context().today
}
const dayFromNow = (days: number) => new Date(day + days * 86_400_000).toISOString().slice(0, 10)

describe('staff are told', () => {
  test('of a customer that was added and of a payment received, with who did it', async () => {
    const { id, name } = await customer({ due: { amount: '100', dueDate: dayFromNow(30) } })
    await pay(id, '40')
    const told = (await toldTo(app, admin)).filter(({ customerId }) => customerId === id)
    expect(told).toMatchObject([
      { type: 'PAYMENT_RECEIVED', author: 'Alan Agent', subject: name, amount: '40.00', currency: 'EUR', things: 1, read: false },
      { type: 'CUSTOMER_ADDED', author: 'Alan Agent', subject: name, amount: null, read: false },
    ])
  })

  test('of a payment when it is completed, failed or reversed, not when it is announced or reopened', async () => {
    const { id } = await customer()
    const first = await pay(id, '10', { state: 'PENDING' })
    const second = await pay(id, '20', { state: 'PENDING' })
    expect(await toldAbout(id)).toEqual(['CUSTOMER_ADDED'])
    await verb('complete', first.id)
    await verb('complete', first.id)
    await verb('reopen', first.id)
    await verb('complete', first.id)
    await verb('reverse', first.id)
    await verb('fail', second.id)
    expect(await toldAbout(id)).toEqual([
      'CUSTOMER_ADDED',
      'PAYMENT_RECEIVED 10.00',
      'PAYMENT_RECEIVED 10.00',
      'PAYMENT_REVERSED 10.00',
      'PAYMENT_FAILED 20.00',
    ])
  })

  test('as the business date passes, once, of what is still outstanding', async () => {
    const { id } = await customer({ due: { amount: '100', dueDate: dayFromNow(1) } })
    await due(id, '50', dayFromNow(1))
    await pay(id, '120')
    const told = ['CUSTOMER_ADDED', 'PAYMENT_RECEIVED 120.00']
    await later(0)
    expect(await toldAbout(id)).toEqual(told)
    await later(1)
    expect(await toldAbout(id)).toEqual(told)
    await later(1)
    expect(await toldAbout(id)).toEqual([...told, 'PAYMENT_OVERDUE 30.00'])
    await Promise.all([later(1), later(1)])
    await pay(id, '5')
    await later(1)
    expect(await toldAbout(id)).toEqual([...told, 'PAYMENT_OVERDUE 30.00', 'PAYMENT_RECEIVED 5.00'])
  })

  test('once for a customer with several dues that pass together', async () => {
    const { id, name } = await customer({ due: { amount: '10', dueDate: dayFromNow(0) } })
    await due(id, '20', dayFromNow(0))
    await later(1)
    const [overdue, ...others] = (await toldTo(app, admin, { type: ['PAYMENT_OVERDUE'] })).filter(({ customerId }) => customerId === id)
    expect([overdue, others]).toMatchObject([{ subject: name, amount: '30.00', things: 2, read: false }, []])
  })

  test('again after the date was moved and passes, but not when it is moved back', async () => {
    const made = await customer({ due: { amount: '10', dueDate: dayFromNow(0) } })
    const first = dayFromNow(0)
    await later(1)
    const moved = await update(made, { due: { outstanding: '10', dueDate: dayFromNow(1) } })
    await later(1)
    expect(await toldAbout(made.id)).toEqual(['CUSTOMER_ADDED', 'PAYMENT_OVERDUE 10.00'])
    await later(1)
    expect(await toldAbout(made.id)).toEqual(['CUSTOMER_ADDED', 'PAYMENT_OVERDUE 10.00', 'PAYMENT_OVERDUE 10.00'])
    const back = await update(moved, { due: { outstanding: '10', dueDate: first } })
    await later(1)
    await update(back, { due: { outstanding: '12', dueDate: dayFromNow(-1) } })
    await later(1)
    // The last date had not been announced before.
    expect(await toldAbout(made.id)).toEqual([
      'CUSTOMER_ADDED',
      ...Array.from({ length: 2 }, () => 'PAYMENT_OVERDUE 10.00'),
      'PAYMENT_OVERDUE 12.00',
    ])
  })

  test('at once of a due that is entered past its date, and never of one that credit has settled', async () => {
    const { id } = await customer()
    await due(id, '10', dayFromNow(-1))
    expect(await toldAbout(id)).toEqual(['CUSTOMER_ADDED', 'PAYMENT_OVERDUE 10.00'])
    await pay(id, '60')
    await due(id, '50', dayFromNow(-1))
    await later(1)
    expect(await toldAbout(id)).toEqual(['CUSTOMER_ADDED', 'PAYMENT_OVERDUE 10.00', 'PAYMENT_RECEIVED 60.00'])
  })

  test('after days without a sweep, of everything that passed meanwhile', async () => {
    const made = await Promise.all([1, 2, 3].map((days) => customer({ due: { amount: '10', dueDate: dayFromNow(days) } })))
    await later(5)
    for (const { id } of made) expect(await toldAbout(id)).toEqual(['CUSTOMER_ADDED', 'PAYMENT_OVERDUE 10.00'])
  })

  test('once for all when more than twenty customers become overdue in one look', async () => {
    const made = await Promise.all(Array.from({ length: 21 }, () => customer({ due: { amount: '10', dueDate: dayFromNow(0) } })))
    const before = (await toldTo(app, admin))[0]!
    await later(1)
    const after = await toldTo(app, admin)
    const fresh = after.slice(
      0,
      after.findIndex(({ id }) => id === before.id),
    )
    expect(fresh).toMatchObject([{ type: 'PAYMENT_OVERDUE', things: made.length, customerId: null, amount: null, read: false }])
  })

  test('one by one up to twenty', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => customer({ due: { amount: '10', dueDate: dayFromNow(0) } })))
    await later(1)
    for (const { id } of made) expect(await toldAbout(id)).toContain('PAYMENT_OVERDUE 10.00')
  })

  test('live, with the count of the bell, each linked to the one before', async () => {
    await using live = await admin.subscribe<{
      notifications: { number: string; previous: string; notification: Notification; state: State }
    }>(
      `subscription ($after: EventNumber) { notifications(after: $after) { number previous notification { ${notificationFields} } state { unread latest } } }`,
    )
    const { unread } = await stateOf(admin)
    const { id } = await customer()
    const added = (await live.next()).notifications
    expect(added).toMatchObject({
      notification: { type: 'CUSTOMER_ADDED', customerId: id, read: false },
      state: { unread: unread + 1, latest: added.number },
    })
    await pay(id, '1')
    const received = (await live.next()).notifications
    expect(received).toMatchObject({ previous: added.number, notification: { type: 'PAYMENT_RECEIVED' }, state: { unread: unread + 2 } })
  })
})

describe('read and unread', () => {
  test('what somebody did is read already for them alone, and not counted', async () => {
    await Promise.all([agent, admin, viewer].map(async (caller) => markAll(caller, (await stateOf(caller)).latest)))
    await pay((await customer()).id, '1')
    expect((await toldTo(app, agent)).slice(0, 2).map(({ read }) => read)).toEqual([true, true])
    expect((await toldTo(app, admin)).slice(0, 2).map(({ read }) => read)).toEqual([false, false])
    expect([(await stateOf(agent)).unread, (await stateOf(admin)).unread, (await stateOf(viewer)).unread]).toEqual([0, 2, 2])
    expect(await toldTo(app, agent, { unread: true })).toEqual([])
    expect(await toldTo(app, admin, { unread: true })).toHaveLength(2)
  })

  test('one is marked for one person, once', async () => {
    await markAll(viewer, (await stateOf(viewer)).latest)
    await Promise.all([customer(), customer(), customer()])
    const [newest, middle] = await toldTo(app, viewer)
    expect(await mark(viewer, [middle!.id])).toMatchObject({ unread: 2 })
    expect(await mark(viewer, [middle!.id, middle!.id, '0190a0b0-0000-7000-8000-000000000000'])).toMatchObject({ unread: 2 })
    expect((await toldTo(app, viewer)).slice(0, 3).map(({ read }) => read)).toEqual([false, true, false])
    expect((await toldTo(app, admin)).find(({ id }) => id === middle!.id)).toMatchObject({ read: false })
    expect(await mark(viewer, [newest!.id])).toMatchObject({ unread: 1 })
  })

  test('all up to a number leaves later ones unread, and never goes back', async () => {
    await Promise.all([customer(), customer()])
    const { latest } = await stateOf(viewer)
    await customer()
    expect(await markAll(viewer, latest)).toMatchObject({ unread: 1 })
    expect(await toldTo(app, viewer, { unread: true })).toHaveLength(1)
    expect(await markAll(viewer, 1)).toMatchObject({ unread: 1 })
    // A number that nobody has been told of marks what there is, not what is to come.
    expect(await markAll(viewer, 9_000_000)).toMatchObject({ unread: 0 })
    await customer()
    expect(await stateOf(viewer)).toMatchObject({ unread: 1 })
  })

  test('the list filters by type, pages without a gap, and refuses a cursor that is none', async () => {
    const all = await toldTo(app, viewer, { type: ['PAYMENT_RECEIVED', 'PAYMENT_OVERDUE'] })
    expect(new Set(all.map(({ type }) => type))).toEqual(new Set(['PAYMENT_RECEIVED', 'PAYMENT_OVERDUE']))
    const found: Notification[] = []
    let after: string | null = null
    do {
      const { notifications }: { notifications: { nodes: Notification[]; pageInfo: { endCursor: string; hasNextPage: boolean } } } =
        await viewer.ask(
          `query ($after: String) { notifications(first: 7, after: $after, filter: { type: [PAYMENT_RECEIVED, PAYMENT_OVERDUE] }) { nodes { ${notificationFields} } pageInfo { endCursor hasNextPage } } }`,
          { after },
        )
      found.push(...notifications.nodes)
      after = notifications.pageInfo.hasNextPage ? notifications.pageInfo.endCursor : null
    } while (after !== null)
    expect(found).toEqual(all)
    expect((await viewer.refusal('{ notifications(after: "WyJ4IiwieCJd") { nodes { id } } }')).code).toBe('INVALID')
  })
})

test('accounts that wait are told to administrators only, in the list, the count and live', async () => {
  await Promise.all([admin, viewer].map(async (caller) => markAll(caller, (await stateOf(caller)).latest)))
  const document = 'subscription ($after: EventNumber) { notifications(after: $after) { notification { type } } }'
  await using toViewer = await viewer.subscribe<{ notifications: { notification: Notification } }>(document)
  await using toAdmin = await admin.subscribe<{ notifications: { notification: Notification } }>(document)
  const staffId = '0190a0b0-0000-7000-8000-000000000001'
  await atomically(app.context(), (ctx) => record(ctx, { type: 'STAFF_REGISTERED', facts: { staffId, name: 'Wanda', waiting: true } }))
  const { latest } = await stateOf(admin)
  expect((await toldTo(app, admin))[0]).toMatchObject({ type: 'ACCOUNT_WAITS', subject: 'Wanda', number: latest })
  expect(await toldTo(app, viewer, { type: ['ACCOUNT_WAITS'] })).toEqual([])
  expect([(await stateOf(admin)).unread, (await stateOf(viewer)).unread]).toEqual([1, 0])
  expect((await stateOf(viewer)).latest).not.toBe(latest)
  await customer()
  const live = [await toAdmin.next(), await toAdmin.next(), await toViewer.next()]
  expect(live.map(({ notifications }) => notifications.notification.type)).toEqual(['ACCOUNT_WAITS', 'CUSTOMER_ADDED', 'CUSTOMER_ADDED'])
})

test('somebody who signs up is not told what happened before', async () => {
  await customer()
  const late = await app.as('VIEWER', 'Lara Late')
  await settled(app)
  await atomically(app.context(), (ctx) =>
    record(ctx, { type: 'STAFF_REGISTERED', facts: { staffId: late.viewer!.id, name: 'Lara Late', waiting: false } }),
  )
  expect((await stateOf(late)).unread).toBe(0)
  await customer()
  expect((await stateOf(late)).unread).toBe(1)
})
