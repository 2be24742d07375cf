import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { pino } from 'pino'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { expectNothingInside } from './refused.ts'
import { databaseName, mysqlAddress } from './databases.ts'
import { eventually, startTestApp } from './harness.ts'

interface Line {
  readonly msg: string
  readonly requestId?: string
  readonly err?: { readonly message: string; readonly stack: string }
}
const lines: Line[] = []
const wire = await openWire()
afterAll(wire.close)
const { as, app, url } = await startTestApp({
  env: { MYSQL_HOST: '127.0.0.1', MYSQL_PORT: String(wire.port) },
  log: pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line) as Line) }),
})
const ada = await as('ADMIN')
beforeEach(() => {
  lines.length = 0
  wire.mend()
})

test('what is a bug is told by its reference alone, and the log has the rest under the same id', async () => {
  const connection = app.pool.promise()
  await connection.query('rename table notification to notification_away')
  try {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-id': 'the-request-of-the-test',
        authorization: `Bearer ${await ada.token()}`,
      },
      body: JSON.stringify({ query: '{ notifications { nodes { id } } me { name } }' }),
    })
    const text = await answer.text()
    expectNothingInside(text)
    expect(JSON.parse(text)).toMatchObject({
      errors: [
        {
          message: 'Internal error, reference the-request-of-the-test',
          extensions: { code: 'INTERNAL', reference: 'the-request-of-the-test' },
        },
      ],
    })
  } finally {
    await connection.query('rename table notification_away to notification')
  }
  const line = lines.find(({ requestId }) => requestId === 'the-request-of-the-test')
  expect(line).toMatchObject({ msg: 'a GraphQL operation failed', path: 'notifications' })
  expect(line?.err?.stack).toContain("notification' doesn't exist")
})

test('a bug behind a subscription is told in the same way', async () => {
  await app.pool.promise().query('rename table event to event_away')
  try {
    await using live = await ada.subscribe('subscription ($after: EventNumber) { events(after: $after) { number } }', { after: '1' })
    await expect(live.next()).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringMatching(/^Internal error, reference [\da-f-]{36}$/) as string,
    })
  } finally {
    await app.pool.promise().query('rename table event_away to event')
  }
})

describe('without a database', () => {
  test('whoever asks is told to try again by each door, and is served once it is back', async () => {
    wire.cut()
    expect(await ada.refusal('{ customers { nodes { id } } }')).toMatchObject({ code: 'BUSY', message: 'The database is busy; try again' })
    const ready = await fetch(`${url}/health/ready`)
    expect([ready.status, ready.headers.get('content-type'), await ready.json()]).toMatchObject([
      503,
      'application/problem+json; charset=utf-8',
      { code: 'BUSY', detail: 'The database does not answer' },
    ])
    expect((await fetch(`${url}/health/live`)).status).toBe(200)
    expect(lines.filter(({ msg }) => msg === 'a request failed' || msg === 'a GraphQL operation failed')).toEqual([])

    wire.mend()
    expect(await eventually(() => ada.ask('{ customers { nodes { id } } }'))).toEqual({ customers: { nodes: [] } })
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
  })

  test('a wait that is cut off in the middle is told in the same way', async () => {
    await using holder = await hold('customer')
    const asked = ada.refusal('{ customers { nodes { id } } }')
    await holder.somebodyWaits()
    wire.cut()
    expect(await asked).toMatchObject({ code: 'BUSY' })
    wire.mend()
  })
})

/** Keeps a table locked on a connection of its own. */
async function hold(table: string) {
  const connection = await createConnection(mysqlAddress())
  await connection.query(`lock tables \`${databaseName()}\`.\`${table}\` write`)
  return {
    somebodyWaits: () =>
      eventually(async () => {
        const [rows] = await connection.query<RowDataPacket[]>('show processlist')
        return rows.some((row) => row['db'] === databaseName() && String(row['State']).startsWith('Waiting for table'))
      }),
    [Symbol.asyncDispose]: () => connection.end(),
  }
}

/** A port that leads to MySQL until it is cut: then connections break, and new ones are refused. */
async function openWire() {
  const { host, port } = mysqlAddress()
  let whole = true
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    if (!whole) return near.destroy()
    const far = connect(port, host)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.pipe(other)
      socket.on('error', () => other.destroy())
      socket.on('close', () => sockets.delete(socket) && other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      whole = false
      for (const socket of sockets) socket.destroy()
    },
    mend() {
      whole = true
    },
    close: () => void server.close(),
  }
}
