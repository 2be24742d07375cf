'use client'
import { NetworkStatus } from '@apollo/client'
import type { FragmentType } from '@apollo/client/masking'
import { useFragment, useQuery } from '@apollo/client/react'
import { Anchor, Button, Chip, Group, Skeleton, Text } from '@mantine/core'
import { IconPlus, IconUsers } from '@tabler/icons-react'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useState } from 'react'
import { type LiveEvent, useChanged } from '../../apollo/live.ts'
import { problemOf } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import {
  CustomerListDocument,
  type CustomerListQueryVariables,
  CustomerRowFragmentDoc,
  type CustomerRowFragment,
  type CustomerSortKey,
  type CustomerStatus as CustomerStatusName,
} from '../../gql.ts'
import { CardRow, CardTable, Cell, type Column, type Sorting } from '../../ui/card-table.tsx'
import { ChangedBar } from '../../ui/changed-bar.tsx'
import { Day } from '../../ui/day.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Late } from '../../ui/late.tsx'
import { Money } from '../../ui/money.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Pager } from '../../ui/pager.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useReader } from '../../ui/reader.tsx'
import { useOpenRow, useWalk, walked } from '../../ui/rows.ts'
import { SearchField } from '../../ui/search-field.tsx'
import { CustomerStatus } from '../../ui/status.tsx'
import { useUrlState } from '../../ui/use-url-state.ts'
import classes from './customer-list.module.css'

// Not the list of schema/customer: that module brings the rules of a whole customer, with telephone numbers of the world.
const customerStatuses = ['OVERDUE', 'PENDING', 'PAID'] as const satisfies readonly CustomerStatusName[]

// The date picker and the rules for phone numbers are needed only by whoever adds a customer.
const NewCustomer = dynamic(() => import('./new-customer.tsx').then((file) => file.NewCustomer), { ssr: false })

const pageSize = 25
const columns: readonly Column[] = [
  { key: 'NUMBER', label: 'Number', sortable: true },
  { key: 'NAME', label: 'Name', sortable: true, card: 'title' },
  { key: 'STATUS', label: 'Status', card: 'badge' },
  { key: 'OUTSTANDING', label: 'Outstanding', sortable: true, align: 'end' },
  { key: 'NEXT_DUE_DATE', label: 'Next due', sortable: true, align: 'end' },
  { key: 'LATE', label: 'Days past due', align: 'end' },
  { key: 'LAST_PAYMENT_ON', label: 'Last payment', sortable: true, align: 'end' },
]
const statusWords = { OVERDUE: 'Overdue', PENDING: 'Pending', PAID: 'Paid' } as const

// The first thing asked of this list is who is late: the earliest due date first, whoever owes nothing last.
const usual: Sorting = { by: 'NEXT_DUE_DATE', descending: false }

/** Who owes what. The address holds filter, sort and page. */
export function CustomerList() {
  const { may } = useSession()
  const { params, set } = useUrlState()
  const asked = askedBy(params)
  const [adding, setAdding] = useState(false)
  const holder = useWalk<HTMLDivElement>()
  const { data, previousData, error, networkStatus, refetch } = useQuery(CustomerListDocument, {
    variables: variablesOf(asked),
    fetchPolicy: 'cache-and-network',
  })
  const changed = useChanged((event) => (mayMoveRows(event, asked) ? (event.customer?.id ?? event.number) : undefined))

  // While other rows are on their way the old ones stay; a page that is on screen is only dimmed when it was asked for again.
  const page = (data ?? previousData)?.customers
  const busy = data === undefined || networkStatus === NetworkStatus.refetch
  const filtered = asked.text !== '' || asked.status.length > 0
  const show = async (): Promise<void> => {
    changed.seen()
    await refetch().catch(() => {})
  }
  const clear = (): void => set({ q: null, status: null, archived: null, after: null, page: null }, 'push')
  const add = may('createCustomer') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)} className={classes.thumb ?? ''}>
      New customer
    </Button>
  )

  return (
    <>
      <PageHead title="Customers" actions={add}>
        {page === undefined ? '\u00a0' : <Total {...page.totalCount} filtered={filtered} archived={asked.archived} />}
      </PageHead>
      <div className={classes.filters}>
        <div className={classes.search}>
          <SearchField
            label="Search customers"
            placeholder="Name, number, contact"
            value={asked.text}
            onSearch={(text) => set({ q: text, after: null, page: null })}
          />
        </div>
        <Group gap={6} role="group" aria-label="Filters">
          <Chip.Group multiple value={asked.status} onChange={(status) => set({ status, after: null, page: null }, 'push')}>
            {customerStatuses.map((status) => (
              <Chip key={status} value={status} size="sm" radius="sm" variant="outline" classNames={{ label: classes.chip ?? '' }}>
                {statusWords[status]}
              </Chip>
            ))}
          </Chip.Group>
          <span className={classes.divider} aria-hidden />
          <Chip
            checked={asked.archived}
            size="sm"
            radius="sm"
            variant="outline"
            classNames={{ label: classes.chip ?? '' }}
            onChange={(on) => set({ archived: on ? '1' : null, after: null, page: null }, 'push')}
          >
            Archived
          </Chip>
        </Group>
        {(filtered || asked.archived) && (
          <Button variant="subtle" color="gray" size="compact-sm" onClick={clear}>
            Clear filters
          </Button>
        )}
      </div>

      {error !== undefined && (
        <div className={classes.problem}>
          <ProblemAlert
            title="The customers could not be loaded"
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
          <Nobody
            filtered={filtered}
            archived={asked.archived}
            firstPage={asked.after === null}
            onClear={clear}
            onFirstPage={() => set({ after: null, page: null })}
            add={add}
          />
        ) : (
          <CardTable
            label="Customers"
            columns={columns}
            sort={asked.sort}
            busy={busy}
            onSort={(sort) =>
              set(
                { sort: sameSort(sort, usual) ? null : `${sort.descending ? '-' : ''}${sort.by.toLowerCase()}`, after: null, page: null },
                'push',
              )
            }
          >
            {page.nodes.map((customer) => (
              <Row key={customer.id} id={customer.id} customer={customer} />
            ))}
          </CardTable>
        )}
      </div>
      {page !== undefined && page.nodes.length > 0 && (
        <Pager
          label="Pages of customers"
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
      <Dialog opened={adding} onClose={() => setAdding(false)} title="New customer" size="lg">
        <NewCustomer />
      </Dialog>
    </>
  )
}

function Total({ count: number, more, filtered, archived }: { count: number; more: boolean; filtered: boolean; archived: boolean }) {
  const { locale } = useReader()
  return (
    <>{`${number.toLocaleString(locale)}${more ? '+' : ''} ${archived ? 'archived ' : ''}${number === 1 && !more ? 'customer' : 'customers'}${filtered ? (number === 1 ? ' matches' : ' match') : ''}`}</>
  )
}

function Row({ id, customer }: { id: string; customer: FragmentType<CustomerRowFragment> }) {
  const { data, complete } = useFragment({ fragment: CustomerRowFragmentDoc, from: customer })
  const href = `/customers/${id}`
  const opening = useOpenRow(href)
  if (!complete) return null
  return (
    <CardRow {...opening}>
      <Cell of="NUMBER">
        <span className={classes.number}>{data.number}</span>
      </Cell>
      <Cell of="NAME">
        <Anchor component={Link} href={href} className={classes.name ?? ''} prefetch={false} {...walked}>
          {data.name}
        </Anchor>
      </Cell>
      <Cell of="STATUS">
        <CustomerStatus status={data.status} hasDues={data.hasDues} />
      </Cell>
      <Cell of="OUTSTANDING">
        <Money amount={data.outstanding} currency={data.currency} quiet />
        {/[1-9]/.test(data.credit) && (
          <Text component="span" size="xs" c="dimmed" className={classes.credit ?? ''}>
            credit <Money amount={data.credit} currency={data.currency} />
          </Text>
        )}
      </Cell>
      <Cell of="NEXT_DUE_DATE">{data.nextDueDate !== null && <Day day={data.nextDueDate} />}</Cell>
      <Cell of="LATE">{data.daysPastDue > 0 && <span className={classes.late}>{data.daysPastDue}</span>}</Cell>
      <Cell of="LAST_PAYMENT_ON">{data.lastPaymentOn !== null && <Day day={data.lastPaymentOn} />}</Cell>
    </CardRow>
  )
}

function Nobody({
  filtered,
  archived,
  firstPage,
  onClear,
  onFirstPage,
  add,
}: {
  filtered: boolean
  archived: boolean
  firstPage: boolean
  onClear: () => void
  onFirstPage: () => void
  add: React.ReactNode
}) {
  const { may } = useSession()
  const icon = <IconUsers size={22} />
  if (!firstPage) {
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
        The customers that were here have moved since.
      </Empty>
    )
  }
  if (filtered) {
    return (
      <Empty
        icon={icon}
        title="No customer matches"
        actions={
          <Button variant="default" onClick={onClear}>
            Clear filters
          </Button>
        }
      >
        Names, numbers and contacts are searched
        {archived ? ' among archived customers' : '; archived customers only under their own filter'}.
      </Empty>
    )
  }
  if (archived) {
    return (
      <Empty
        icon={icon}
        title="No archived customers"
        actions={
          <Button variant="default" onClick={onClear}>
            Show customers
          </Button>
        }
      >
        A customer that you archive keeps its history and is found here.
      </Empty>
    )
  }
  return (
    <Empty
      icon={icon}
      title="No customers yet"
      actions={
        <>
          {may('uploadImport') && (
            <Button component={Link} href="/import" variant="default">
              Import from Excel
            </Button>
          )}
          {add}
        </>
      }
    >
      Import the list you keep in Excel, or add the first customer by hand.
    </Empty>
  )
}

function Waiting() {
  return (
    <Late label="Loading the customers">
      {Array.from({ length: 12 }, (_, row) => (
        <div key={row} className={classes.waiting} aria-hidden>
          <Skeleton height={12} width="7%" />
          <Skeleton height={12} width={`${18 + ((row * 7) % 14)}%`} />
          <Skeleton height={18} width="8%" />
          <Skeleton height={12} width="10%" ml="auto" />
          <Skeleton height={12} width="10%" />
          <Skeleton height={12} width="10%" visibleFrom="sm" />
        </div>
      ))}
    </Late>
  )
}

interface Asked {
  readonly text: string
  readonly status: (keyof typeof statusWords)[]
  readonly archived: boolean
  readonly sort: Sorting & { readonly by: CustomerSortKey }
  readonly after: string | null
  readonly page: number
}

// The address is typed by people and kept in bookmarks: what it says wrongly is left out.
function askedBy(params: URLSearchParams): Asked {
  const sort = params.get('sort') ?? ''
  const by = sort.replace(/^-/, '').toUpperCase()
  return {
    text: params.get('q')?.trim() ?? '',
    status: customerStatuses.filter((status) => params.getAll('status').includes(status)),
    archived: params.get('archived') === '1',
    sort: (columns.some((column) => column.sortable === true && column.key === by)
      ? { by, descending: sort.startsWith('-') }
      : usual) as Asked['sort'],
    after: params.get('after'),
    page: Math.max(1, Number.parseInt(params.get('page') ?? '1', 10) || 1),
  }
}

function variablesOf({ text, status, archived, sort, after }: Asked): CustomerListQueryVariables {
  return {
    first: pageSize,
    after,
    sort,
    filter: { archived, text: text === '' ? null : text, status: status.length === 0 ? null : status },
  }
}

const sameSort = (one: Sorting, other: Sorting): boolean => one.by === other.by && one.descending === other.descending

// Amounts change in their rows by themselves; only what can add, remove or move a row is worth a word.
function mayMoveRows({ type }: LiveEvent, { text, status, sort }: Asked): boolean {
  switch (type) {
    case 'CUSTOMER_CREATED':
    case 'CUSTOMER_ARCHIVED':
    case 'CUSTOMER_RESTORED':
    case 'IMPORT_FINISHED':
      return true
    case 'CUSTOMER_CHANGED':
      return text !== '' || sort.by === 'NAME' || sort.by === 'NUMBER' || sort.by === 'NEXT_DUE_DATE'
    case 'STAFF_REGISTERED':
    case 'STAFF_CHANGED':
      return false
    default:
      return status.length > 0 || (sort.by !== 'NAME' && sort.by !== 'NUMBER')
  }
}
