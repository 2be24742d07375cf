import { randomBytes } from 'node:crypto'
import { count, desc, lt } from 'drizzle-orm'
import { formatMoney, scaleOf } from 'schema/money'
import type { PaymentMethod } from 'schema/payment'
import { approveStaff, listStaff, register, type SignedInViewer } from './auth/auth.ts'
import { ConfigError, loadEnvFile, readConfig } from './config.ts'
import { addDays, contextOf, dayIn, type App, type CalendarDate, type Viewer } from './context.ts'
import { customers } from './customers/tables.ts'
import { DatabaseError } from './db/database.ts'
import { prepareRelay, relayOnce } from './events/relay.ts'
import { addDue } from './ledger/dues.ts'
import { archiveCustomer, createCustomer } from './ledger/lifecycle.ts'
import { sweepOverdue } from './ledger/overdue.ts'
import { completePayment, failPayment, recordPayment, reversePayment } from './ledger/payments.ts'
import { markAllRead } from './notifications/notifications.ts'
import { notify } from './notifications/react.ts'
import { notifications } from './notifications/tables.ts'
import { open } from './open.ts'

// A believable company: its customers, two years of history ending yesterday, all of it written through the same functions
// that the doors call, with the clock moved along.

const days = 730
const customerCount = 200

/** Numbers between 0 and 1 that are the same at every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const next = random(20_240_229)
const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!
const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))

const places = [
  {
    currency: 'EUR',
    weight: 58,
    country: '+49',
    names: [
      'Bäckerei Lindner',
      'Gärtnerei Sommer',
      'Autohaus Köhler',
      'Tischlerei Brandt',
      'Praxis Dr. Weiß',
      'Boulangerie Moreau',
      'Garage Lefèvre',
      'Librería Núñez',
      'Talleres García',
      'Officina Ricci',
      'Trattoria Da Enzo',
      'De Groot Bouw',
      'Bloemen van Dijk',
      'Kavárna Dvořák',
      'Καφέ Παπαδόπουλος',
      'O’Neill Joinery',
      'Müller & Söhne',
      'Weinhandel Straßer',
    ],
  },
  {
    currency: 'USD',
    weight: 16,
    country: '+1',
    names: [
      'Harbor Coffee Roasters',
      'Pine Street Dental',
      'Blue Ridge Outfitters',
      'Lone Star Plumbing',
      'Maple & Main Florist',
      'Cascade Print Shop',
      'Delgado Landscaping',
      'Nguyen Family Market',
    ],
  },
  {
    currency: 'GBP',
    weight: 10,
    country: '+44',
    names: ['Ashdown Books', 'Hartley & Sons', 'The Corner Bakery', 'Mersey Marine Supplies', 'Llewellyn Farm Shop'],
  },
  { currency: 'CHF', weight: 6, country: '+41', names: ['Chalet Bellevue', 'Uhren Zürcher', 'Käserei Alpstein'] },
  { currency: 'JPY', weight: 5, country: '+81', names: ['山田商店', '田中建設', 'Sakura Trading', '鈴木文具'] },
  { currency: 'SEK', weight: 3, country: '+46', names: ['Håkansson Bygg', 'Café Sjöström'] },
  { currency: 'KWD', weight: 2, country: '+965', names: ['Al Noor Trading', 'Gulf Pearl Stationery'] },
] as const
const suffixes = ['', '', '', 'GmbH', 'Ltd', 'S.A.', 'AG', 'KG', '& Co.', 'Group', 'Service', 'North', 'West', 'City']

/** How a customer pays: the chance that a due is paid at all, and how many days after its date. */
const morals = [
  { weight: 55, paid: 1, from: -12, to: 0 },
  { weight: 25, paid: 0.99, from: -4, to: 12 },
  { weight: 14, paid: 0.95, from: 5, to: 40 },
  { weight: 6, paid: 0.7, from: 20, to: 90 },
] as const

function weighted<T extends { readonly weight: number }>(list: readonly T[]): T {
  let left = next() * list.reduce((sum, one) => sum + one.weight, 0)
  return list.find((one) => (left -= one.weight) < 0) ?? list[0]!
}

interface Act {
  readonly at: Date
  readonly run: () => Promise<void>
}

const uuid = (): string => {
  const hex = Array.from({ length: 16 }, () => between(0, 255).toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

const atHour = (day: CalendarDate, hour: number, minute = between(0, 59)): Date =>
  new Date(`${day}T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}:${String(between(0, 59)).padStart(2, '0')}Z`)

/** Everything that happens in the two years, in the order of time. */
function history(app: App, people: readonly Viewer[], start: CalendarDate, yesterday: CalendarDate): Act[] {
  const acts: Act[] = []
  const somebody = () => pick(people)
  const used = new Set<string>()
  const ctxAt = (at: Date, viewer = somebody()) => contextOf(app, viewer, 'seed', at)

  for (let index = 0; index < customerCount; index++) {
    const place = weighted(places)
    const moral = weighted(morals)
    let name = ''
    do name = `${pick(place.names)} ${pick(suffixes)}`.trim()
    while (used.has(name) && used.size < 400 && (name = `${name} ${between(2, 99)}`) && used.has(name))
    used.add(name)
    const joined = addDays(start, index < 120 ? between(0, 60) : between(60, days - 20))
    const mail = `${
      name
        .normalize('NFD')
        .replaceAll(/[^a-zA-Z]+/g, '')
        .toLowerCase() || 'office'
    }${index}@example.com`
    const customer = { id: '' }
    acts.push({
      at: atHour(joined, 8),
      async run() {
        const row = await createCustomer(ctxAt(this.at), {
          name,
          contacts: [
            { kind: 'EMAIL', value: mail },
            { kind: 'PHONE', value: `${place.country} ${between(20, 99)} ${between(1_000_000, 9_999_999)}` },
          ],
          currency: place.currency,
        })
        customer.id = row.id
      },
    })

    const terms = pick([14, 30, 30, 30, 60])
    const gap = pick([30, 30, 45, 60, 90])
    const typical = between(8_000, 450_000)
    for (let issued = addDays(joined, between(1, gap)); issued <= yesterday; issued = addDays(issued, gap + between(-4, 4))) {
      const scale = scaleOf(place.currency)
      // Typical amounts are in cents; a currency without decimals has as many whole units, one with three ten times as many.
      const cents = Math.round(typical * (0.5 + next()))
      const minor = scale === 3 ? BigInt(cents) * 10n : BigInt(cents)
      const dueDate = addDays(issued, terms)
      acts.push({
        at: atHour(issued, 9),
        async run() {
          await addDue(ctxAt(this.at), customer.id, { amount: formatMoney(minor, place.currency), dueDate, issuedOn: issued })
        },
      })
      if (next() > moral.paid) continue
      const paidOn = addDays(dueDate, between(moral.from, moral.to))
      if (paidOn > yesterday || paidOn < issued) continue
      // Most pay the sum, some in two parts, a few too much.
      const parts = next() < 0.08 ? [minor / 2n, minor - minor / 2n] : next() < 0.02 ? [minor + minor / 10n] : [minor]
      parts.forEach((part, position) => {
        const day = addDays(paidOn, position * between(3, 12))
        if (day <= yesterday && part > 0n) acts.push(payment(ctxAt, customer, formatMoney(part, place.currency), day, yesterday))
      })
    }
    if (index % 50 === 49) {
      acts.push({
        at: atHour(yesterday, 16),
        async run() {
          await archiveCustomer(ctxAt(this.at), customer.id, 'Moved away, the rest is with our lawyer')
        },
      })
    }
  }
  for (let day = addDays(start, 1); day <= yesterday; day = addDays(day, 1)) {
    acts.push({
      at: atHour(day, 0, 1),
      run: async () => void (await sweepOverdue(contextOf(app, { kind: 'system', name: 'overdue sweep' }, 'seed', atHour(day, 0, 2)))),
    })
  }
  return acts.sort((one, other) => one.at.getTime() - other.at.getTime())
}

function payment(
  ctxAt: (at: Date) => ReturnType<typeof contextOf>,
  customer: { readonly id: string },
  amount: string,
  day: CalendarDate,
  yesterday: CalendarDate,
): Act {
  const fate = next()
  const method = pick<Exclude<PaymentMethod, 'IMPORTED'>>([
    'BANK_TRANSFER',
    'BANK_TRANSFER',
    'BANK_TRANSFER',
    'CARD',
    'DIRECT_DEBIT',
    'CASH',
    'CHEQUE',
  ])
  const key = uuid()
  const reference = method === 'CASH' ? null : `${method.slice(0, 2)}-${between(100_000, 999_999)}`
  return {
    at: atHour(day, between(9, 17)),
    async run() {
      const recent = day >= addDays(yesterday, -10)
      const announced = recent ? next() < 0.4 : fate < 0.2
      const ctx = ctxAt(this.at)
      const row = await recordPayment(ctx, {
        key,
        customerId: customer.id,
        amount,
        method,
        reference,
        receivedOn: day,
        state: announced ? 'PENDING' : 'COMPLETED',
      })
      const later = ctxAt(new Date(this.at.getTime() + between(1, 5) * 1_800_000))
      if (!announced) {
        if (fate > 0.992) await reversePayment(later, row.id)
      } else if (!recent) {
        await (fate < 0.015 ? failPayment(later, row.id) : completePayment(later, row.id))
      }
    },
  }
}

async function people(app: App, password: string, at: Date): Promise<SignedInViewer[]> {
  const accounts = [
    { name: 'Mika Ito', email: 'admin@example.com', role: 'ADMIN' },
    { name: 'Ana Duarte', email: 'agent@example.com', role: 'AGENT' },
    { name: 'Tom Becker', email: 'viewer@example.com', role: 'VIEWER' },
  ] as const
  const caller = { address: '127.0.0.1', userAgent: 'seed' }
  const viewers: SignedInViewer[] = []
  for (const { name, email, role } of accounts) {
    const { viewer } = await register(contextOf(app, { kind: 'nobody' }, 'seed', at), { name, email, password }, caller)
    const admin = viewers[0]
    if (admin !== undefined) await approveStaff(contextOf(app, admin, 'seed', at), viewer.id, role)
    viewers.push({ ...viewer, role, waiting: false })
  }
  return viewers
}

async function main(): Promise<void> {
  loadEnvFile()
  const config = readConfig()
  if (config.production) throw new ConfigError('seed writes invented customers, so it does not run with APP_ENV=production.')
  await using app = await open(config)
  const [rows] = await app.db.select({ rows: count() }).from(customers)
  const staffThere = await listStaff(contextOf(app, { kind: 'nobody' }, 'seed'))
  if ((rows?.rows ?? 0) > 0 || staffThere.length > 0) {
    throw new ConfigError(
      'The database has accounts or customers already, and seed only fills an empty one. Point DATA_DIR or MYSQL_DATABASE at another.',
    )
  }
  const started = performance.now()
  const today = dayIn(app.company.timeZone, app.clock())
  const yesterday = addDays(today, -1)
  const start = addDays(yesterday, -days)
  const password = randomBytes(9).toString('base64url')
  await prepareRelay(app, [notify])
  const staff = await people(app, password, atHour(start, 7))
  const acts = history(
    app,
    staff.filter((viewer) => viewer.role !== 'VIEWER'),
    start,
    yesterday,
  )
  for (const [index, act] of acts.entries()) {
    await act.run()
    if (index % 500 === 499) console.log(`${act.at.toISOString().slice(0, 10)}: ${index + 1} of ${acts.length} done`)
  }
  while (await relayOnce(app, [notify], () => {}));
  for (const viewer of staff) await markAllRead(contextOf(app, viewer, 'seed'), await newsBefore(app, addDays(today, -3)))
  console.log(
    `Wrote ${customerCount} customers and ${acts.length} acts of two years in ${Math.round((performance.now() - started) / 1000)} s.`,
  )
  console.log(`Sign in as admin@example.com, agent@example.com or viewer@example.com with the password ${password}`)
}

/** The number of the newest notification before a day: what is older counts as read. */
async function newsBefore(app: App, day: CalendarDate): Promise<number> {
  const [row] = await app.db
    .select({ number: notifications.number })
    .from(notifications)
    .where(lt(notifications.at, atHour(day, 0, 0)))
    .orderBy(desc(notifications.number))
    .limit(1)
  return row?.number ?? 0
}

try {
  await main()
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof DatabaseError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
