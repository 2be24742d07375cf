'use client'
import { NetworkStatus } from '@apollo/client'
import type { FragmentType } from '@apollo/client/masking'
import { useFragment, useQuery } from '@apollo/client/react'
import { Anchor, Button, Skeleton, Tabs } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconCash } from '@tabler/icons-react'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import { type LiveEvent, useChanged, useLiveEvents } from '../../apollo/live.ts'
import { problemOf } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import {
  PaymentCountsDocument,
  PaymentListDocument,
  type PaymentListQueryVariables,
  PaymentRowFragmentDoc,
  type PaymentRowFragment,
  type PaymentState as State,
} from '../../gql.ts'
import { CardRow, CardTable, Cell, type Column } from '../../ui/card-table.tsx'
import { ChangedBar } from '../../ui/changed-bar.tsx'
import { Day } from '../../ui/day.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Late } from '../../ui/late.tsx'
import { Money } from '../../ui/money.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Pager } from '../../ui/pager.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useOpenRow, useWalk, walked } from '../../ui/rows.ts'
import { SearchField } from '../../ui/search-field.tsx'
import { PaymentState } from '../../ui/status.tsx'
import { useUrlState } from '../../ui/use-url-state.ts'
import classes from './payment-list.module.css'
import { PaymentVerbs } from './payment-verbs.tsx'
import { methodWords, sourceWords } from './payment-words.ts'

const pageSize = 25
const tabs = ['pending', 'completed', 'failed', 'reversed', 'all'] as const
type Tab = (typeof tabs)[number]
const tabWords = {
  pending: 'Pending',
  completed: 'Completed',
  failed: 'Failed',
  reversed: 'Reversed',
  all: 'All',
} as const satisfies Record<Tab, string>
const statesOf = {
  pending: ['PENDING'],
  completed: ['COMPLETED'],
  failed: ['FAILED'],
  reversed: ['REVERSED'],
  all: null,
} as const satisfies Record<Tab, readonly State[] | null>

const columns: readonly Column[] = [
  { key: 'receivedOn', label: 'Received on' },
  { key: 'customer', label: 'Customer', card: 'title' },
  { key: 'amount', label: 'Amount', align: 'end' },
  { key: 'state', label: 'State', card: 'badge' },
  { key: 'method', label: 'Method, reference' },
  { key: 'recordedBy', label: 'Recorded by, source' },
  { key: 'verbs', label: 'Actions', silent: true, align: 'end' },
]

/** What came in, what is pending. The address holds tab, text and page. */
export function PaymentList() {
  const { params, set } = useUrlState()
  const asked = askedBy(params)
  const holder = useWalk<HTMLDivElement>()
  const { data, previousData, error, networkStatus, refetch } = useQuery(PaymentListDocument, {
    variables: variablesOf(asked),
    fetchPolicy: 'cache-and-network',
  })
  const counts = useQuery(PaymentCountsDocument, {
    variables: { text: asked.text === '' ? null : asked.text },
    fetchPolicy: 'cache-and-network',
  })
  const touched = useTouched()
  // On a phone the tabs are wider than the screen: the one that the address names has to be seen,
  // also when the counts have come and made the tabs wider.
  useEffect(() => {
    // In braces: some browsers answer with a promise, which an effect must not return.
    document.querySelector('[role="tab"][aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [asked.tab, counts.data])
  const page = (data ?? previousData)?.payments
  const shown = new Set(page?.nodes.map(({ id }) => id))
  const changed = useChanged((event) =>
    event.payment && addsRow(event, asked.tab, shown.has(event.payment.id))
      ? event.payment.id
      : event.type === 'IMPORT_FINISHED'
        ? event.number
        : undefined,
  )
  const recount = useDebouncedCallback(() => void counts.refetch().catch(() => {}), 400)
  useLiveEvents((event) => {
    if (event.payment) recount()
  })

  const busy = data === undefined || networkStatus === NetworkStatus.refetch
  const show = async (): Promise<void> => {
    changed.seen()
    await refetch().catch(() => {})
  }
  const number = (tab: Tab): string | undefined => {
    const total = tab === 'all' ? undefined : (counts.data ?? counts.previousData)?.[tab]?.totalCount
    return total === undefined ? undefined : `${total.count.toLocaleString()}${total.more ? '+' : ''}`
  }

  return (
    <>
      <PageHead title="Payments" />
      <Tabs
        value={asked.tab}
        onChange={(tab) => set({ state: tab === 'pending' ? null : tab, after: null, page: null }, 'push')}
        keepMounted={false}
        className={classes.tabs ?? ''}
      >
        <Tabs.List aria-label="Payments by state" className={classes.bar ?? ''}>
          {tabs.map((tab) => (
            <Tabs.Tab
              key={tab}
              value={tab}
              rightSection={number(tab) !== undefined && <span className={classes.count}>{number(tab)}</span>}
            >
              {tabWords[tab]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={asked.tab}>
          <div className={classes.filters}>
            <SearchField
              label="Search payments"
              placeholder="Customer, reference"
              value={asked.text}
              onSearch={(text) => set({ q: text, after: null, page: null })}
            />
          </div>
          {error !== undefined && (
            <div className={classes.problem}>
              <ProblemAlert
                title="The payments could not be loaded"
                problem={problemOf(error)}
                onRetry={() => void refetch().catch(() => {})}
              />
            </div>
          )}
          <div className={classes.list} ref={holder}>
            <ChangedBar count={changed.count} busy={networkStatus === NetworkStatus.refetch} onShow={() => void show()} />
            {page === undefined ? (
              error === undefined && <Waiting />
            ) : page.nodes.length === 0 ? (
              <Nothing
                asked={asked}
                onClear={() => set({ q: null, after: null, page: null }, 'push')}
                onFirstPage={() => set({ after: null, page: null })}
                onAll={() => set({ state: 'all', after: null, page: null }, 'push')}
              />
            ) : (
              <CardTable label={`Payments, ${tabWords[asked.tab].toLowerCase()}`} columns={columns} busy={busy}>
                {page.nodes.map((payment) => (
                  <Row key={payment.id} payment={payment} touched={touched.get(payment.id)} />
                ))}
              </CardTable>
            )}
          </div>
          {page !== undefined && page.nodes.length > 0 && (
            <Pager
              label="Pages of payments"
              shown={page.nodes.length}
              size={pageSize}
              page={asked.page}
              total={page.totalCount}
              after={asked.after}
              next={page.pageInfo.endCursor}
              hasNext={page.pageInfo.hasNextPage}
              onGo={(after, number) => {
                set({ after, page: number === 1 ? null : String(number) }, 'push')
                window.scrollTo({ top: 0 })
              }}
            />
          )}
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

function Row({ payment, touched }: { payment: FragmentType<PaymentRowFragment>; touched: string | undefined }) {
  const { data, complete } = useFragment({ fragment: PaymentRowFragmentDoc, from: payment })
  const href = complete ? `/customers/${data.customer.id}?tab=payments` : '/payments'
  const opening = useOpenRow(href)
  if (!complete) return null
  return (
    <CardRow {...opening} glow={touched !== undefined}>
      <Cell of="receivedOn">
        <Day day={data.receivedOn} />
      </Cell>
      <Cell of="customer">
        <Anchor component={Link} href={href} className={classes.name ?? ''} prefetch={false} {...walked}>
          {data.customer.name}
        </Anchor>
        {touched !== undefined && (
          <span className={classes.touched} role="status">
            {touched}
          </span>
        )}
      </Cell>
      <Cell of="amount">
        <Money amount={data.amount} currency={data.currency} />
      </Cell>
      <Cell of="state">
        <PaymentState state={data.state} />
      </Cell>
      {/* Two facts to a line each, so that the verbs fit on a laptop's screen too. */}
      <Cell of="method">
        {methodWords[data.method]}
        {data.reference !== null && <span className={classes.under}>{data.reference}</span>}
      </Cell>
      <Cell of="recordedBy">
        {data.recordedBy}
        <span className={classes.under}>{sourceWords[data.source]}</span>
      </Cell>
      <Cell of="verbs">
        <PaymentVerbs payment={data} />
      </Cell>
    </CardRow>
  )
}

function Nothing({
  asked,
  onClear,
  onFirstPage,
  onAll,
}: {
  asked: Asked
  onClear: () => void
  onFirstPage: () => void
  onAll: () => void
}) {
  const icon = <IconCash size={22} />
  if (asked.after !== null) {
    return (
      <Empty
        icon={icon}
        title="Nothing on this page any more"
        actions={
          <Button variant="default" onClick={onFirstPage}>
            First page
          </Button>
        }
      >
        The payments that were here have changed their state since.
      </Empty>
    )
  }
  if (asked.text !== '') {
    return (
      <Empty
        icon={icon}
        title="No payment matches"
        actions={
          <Button variant="default" onClick={onClear}>
            Clear the search
          </Button>
        }
      >
        Customers and references are searched{asked.tab === 'all' ? '' : ` among ${tabWords[asked.tab].toLowerCase()} payments`}.
      </Empty>
    )
  }
  if (asked.tab === 'all') {
    return (
      <Empty
        icon={icon}
        title="No payments yet"
        actions={
          <Button component={Link} href="/customers" variant="default">
            Go to customers
          </Button>
        }
      >
        A payment is taken on the page of the customer that it came from.
      </Empty>
    )
  }
  return (
    <Empty
      icon={icon}
      title={`No ${tabWords[asked.tab].toLowerCase()} payments`}
      actions={
        <Button variant="default" onClick={onAll}>
          Show all payments
        </Button>
      }
    >
      {asked.tab === 'pending' ? 'Nothing waits to be completed.' : 'There is none in this state.'}
    </Empty>
  )
}

function Waiting() {
  return (
    <Late label="Loading the payments">
      {Array.from({ length: 12 }, (_, row) => (
        <div key={row} className={classes.waiting} aria-hidden>
          <Skeleton height={12} width="9%" />
          <Skeleton height={12} width={`${16 + ((row * 5) % 12)}%`} />
          <Skeleton height={12} width="9%" ml="auto" />
          <Skeleton height={18} width="8%" />
          <Skeleton height={12} width="10%" visibleFrom="sm" />
          <Skeleton height={12} width="12%" visibleFrom="sm" />
        </div>
      ))}
    </Late>
  )
}

interface Asked {
  readonly tab: Tab
  readonly text: string
  readonly after: string | null
  readonly page: number
}

function askedBy(params: URLSearchParams): Asked {
  const tab = tabs.find((one) => one === params.get('state')) ?? 'pending'
  return {
    tab,
    text: params.get('q')?.trim() ?? '',
    after: params.get('after'),
    page: Math.max(1, Number.parseInt(params.get('page') ?? '1', 10) || 1),
  }
}

function variablesOf({ tab, text, after }: Asked): PaymentListQueryVariables {
  const states: readonly State[] | null = statesOf[tab]
  return { first: pageSize, after, filter: { state: states === null ? null : [...states], text: text === '' ? null : text } }
}

// A row that is on screen changes where it stands; only what belongs on this tab and is not there yet is announced.
function addsRow({ type }: LiveEvent, tab: Tab, shown: boolean): boolean {
  if (shown) return false
  const into: Partial<Record<LiveEvent['type'], Tab>> = {
    PAYMENT_RECORDED: 'pending',
    PAYMENT_REOPENED: 'pending',
    PAYMENT_COMPLETED: 'completed',
    PAYMENT_FAILED: 'failed',
    PAYMENT_REVERSED: 'reversed',
  }
  const target = into[type]
  return target !== undefined && (tab === 'all' || tab === target)
}

const glowMs = 8_000
const verbWords: Partial<Record<LiveEvent['type'], string>> = {
  PAYMENT_RECORDED: 'announced',
  PAYMENT_COMPLETED: 'completed',
  PAYMENT_REOPENED: 'taken back to pending',
  PAYMENT_FAILED: 'marked failed',
  PAYMENT_REVERSED: 'reversed',
}

/** What somebody else has just done to a payment, by the payment's id: “completed by M. Ito just now”, for a few seconds. */
function useTouched(): ReadonlyMap<string, string> {
  const { me } = useSession()
  const [touched, setTouched] = useState<ReadonlyMap<string, string>>(new Map())
  useLiveEvents(({ type, author, payment }) => {
    const verb = verbWords[type]
    if (!payment || verb === undefined || author === me.name) return
    setTouched((before) => new Map(before).set(payment.id, `${verb} by ${author} just now`))
  })
  useEffect(() => {
    if (touched.size === 0) return undefined
    const timer = setTimeout(() => setTouched(new Map()), glowMs)
    return () => clearTimeout(timer)
  }, [touched])
  return touched
}
