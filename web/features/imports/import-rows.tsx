'use client'
import { useQuery } from '@apollo/client/react'
import { Anchor, ScrollArea, Skeleton, Stack, UnstyledButton } from '@mantine/core'
import { IconAlertCircle, IconFilterOff } from '@tabler/icons-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { isCurrency } from 'schema/money'
import { isDay } from 'schema/day'
import { problemOf } from '../../apollo/problem.ts'
import { type ImportRowFactsFragment, ImportRowsDocument, type ImportRowStatus, type ImportStatus } from '../../gql.ts'
import { CardRow, CardTable, Cell, type Column } from '../../ui/card-table.tsx'
import { Day } from '../../ui/day.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Late } from '../../ui/late.tsx'
import { Money } from '../../ui/money.tsx'
import { Pager } from '../../ui/pager.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useReader } from '../../ui/reader.tsx'
import { Badge, type Tone } from '../../ui/status.tsx'
import { useUrlState } from '../../ui/use-url-state.ts'
import classes from './imports.module.css'
import { columnLabel, type Counts, inReadingOrder, rowWords } from './import-words.ts'

const size = 50
interface Kind {
  readonly key: keyof Counts
  readonly label: string
  readonly tone: Tone
  readonly statuses: readonly ImportRowStatus[]
}
const one = (key: keyof Counts, status: ImportRowStatus): Kind => ({ key, ...rowWords[status], statuses: [status] })
const beforehand: readonly Kind[] = [
  one('new', 'NEW'),
  one('changed', 'CHANGED'),
  one('same', 'SAME'),
  one('wrong', 'WRONG'),
  one('duplicate', 'DUPLICATE'),
  one('asked', 'ASKED'),
]
// As the sum of the result counts them: what the review left out has failed or was skipped.
const afterwards: readonly Kind[] = [
  one('created', 'CREATED'),
  one('updated', 'UPDATED'),
  { ...one('skipped', 'SKIPPED'), statuses: ['SKIPPED', 'SAME', 'DUPLICATE'] },
  { ...one('failed', 'FAILED'), statuses: ['FAILED', 'WRONG', 'ASKED'] },
]

/** The rows of the file, page by page, by what they are; the address says which. */
export function ImportRows({ id, status, counts }: { id: string; status: ImportStatus; counts: Counts }) {
  const { params, set } = useUrlState()
  const after = params.get('after')
  const kinds = status === 'REVIEW' ? beforehand : afterwards
  // When it is over, people look at what went wrong first.
  const fallback = status !== 'REVIEW' && counts.failed > 0 ? 'failed' : 'all'
  const wanted = params.get('rows') ?? fallback
  // An address that was kept from before the import names an outcome that no longer is one.
  const kind = kinds.find(({ key }) => key === wanted) ?? (wanted === 'all' ? undefined : kinds.find(({ key }) => key === fallback))
  const { data, previousData, error, loading, refetch } = useQuery(ImportRowsDocument, {
    variables: { id, status: kind === undefined ? null : [...kind.statuses], after },
    fetchPolicy: 'cache-and-network',
  })
  const page = (data ?? previousData)?.import?.rows
  const show = (key: string): void => set({ rows: key === fallback ? null : key, after: null, page: null })
  return (
    <section aria-label="Rows of the file" className={classes.frame}>
      <div className={classes.tabs} role="group" aria-label="Show rows by outcome">
        <Tab label="All" rows={counts.rows} current={kind === undefined} onShow={() => show('all')} />
        {kinds.map(({ key, label, tone }) => (
          <Tab key={key} label={label} tone={tone} rows={counts[key]} current={kind?.key === key} onShow={() => show(key)} />
        ))}
      </div>
      {error !== undefined && (
        <ProblemAlert title="The rows could not be loaded" problem={problemOf(error)} onRetry={() => void refetch()} />
      )}
      {error === undefined && page === undefined && (
        <Late label="Loading rows">
          <Stack gap={8} p="sm">
            {Array.from({ length: 8 }, (_, row) => (
              <Skeleton key={row} h={36} />
            ))}
          </Stack>
        </Late>
      )}
      {page !== undefined && page.nodes.length === 0 && <NoRows kind={kind?.key} onAll={() => show('all')} />}
      {page !== undefined && page.nodes.length > 0 && (
        <>
          <Rows rows={page.nodes} over={status !== 'REVIEW'} busy={loading && data === undefined} />
          <Pager
            key={wanted}
            label="Pages of rows"
            after={after}
            shown={page.nodes.length}
            size={size}
            page={Number(params.get('page') ?? 1)}
            total={kind === undefined ? { count: counts.rows, more: false } : { count: counts[kind.key], more: false }}
            next={page.pageInfo.endCursor}
            hasNext={page.pageInfo.hasNextPage}
            onGo={(to, number) => set({ after: to, page: to === null ? null : String(number) }, 'push')}
          />
        </>
      )}
    </section>
  )
}

function Tab({ label, tone, rows, current, onShow }: { label: string; tone?: string; rows: number; current: boolean; onShow: () => void }) {
  const { locale } = useReader()
  return (
    <UnstyledButton
      className={classes.tab}
      onClick={onShow}
      aria-current={current || undefined}
      data-tone={tone}
      data-zero={rows === 0 || undefined}
    >
      {label} <span className={classes.tabCount}>{rows.toLocaleString(locale)}</span>
    </UnstyledButton>
  )
}

const none: Partial<Record<keyof Counts, string>> = {
  wrong: 'Every row can be read. Nothing to mend.',
  new: 'Everything in this file is in the books already, or can’t be taken.',
  failed: 'No row failed.',
  duplicate: 'No row stands in the file twice.',
  asked: 'No row has an open question.',
}

function NoRows({ kind, onAll }: { kind: keyof Counts | undefined; onAll: () => void }) {
  return (
    <Empty
      icon={<IconFilterOff size={22} stroke={1.6} />}
      title={kind === undefined ? 'The file has no rows' : 'No rows here'}
      actions={
        kind === undefined ? undefined : (
          <Anchor component="button" size="sm" onClick={onAll}>
            Show all rows
          </Anchor>
        )
      }
    >
      {(kind !== undefined && none[kind]) || 'No row of this file ended up here.'}
    </Empty>
  )
}

type Facts = ImportRowFactsFragment

/** The columns are those that this page of rows fills, so the table reads all its rows at once: they are not masked. */
function Rows({ rows, over, busy }: { rows: readonly Facts[]; over: boolean; busy: boolean }) {
  const named = inReadingOrder(
    rows.flatMap(({ values, faults }) => [...values.map(({ column }) => column), ...faults.flatMap(({ column }) => column ?? [])]),
  )
  // A currency that is right stands with its amount already.
  const shown = named.filter(
    (column) =>
      column !== 'currency' || !named.includes('amount') || rows.some(({ faults }) => faults.some((fault) => fault.column === 'currency')),
  )
  const remarks = rows.some((row) => remarksOn(row).length > 0)
  const columns: readonly Column[] = [
    { key: 'row', label: 'Row', align: 'end' },
    { key: 'status', label: 'Status', card: 'badge' },
    ...(remarks ? [{ key: 'remark', label: 'Remark' }] : []),
    ...shown.map((column): Column => ({
      key: column,
      label: columnLabel(column),
      ...(column === 'amount' && { align: 'end' as const }),
      ...(column === 'name' && { card: 'title' as const }),
    })),
  ]
  return (
    <ScrollArea type="auto" scrollbars="x" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'Rows, may scroll sideways' }}>
      <CardTable label="Rows of the file" columns={columns} busy={busy}>
        {rows.map((row) => (
          <Row key={row.id} row={row} columns={shown} remarks={remarks} over={over} />
        ))}
      </CardTable>
    </ScrollArea>
  )
}

function Row({ row, columns, remarks, over }: { row: Facts; columns: readonly string[]; remarks: boolean; over: boolean }) {
  const { label, tone } = over
    ? (afterwards.find(({ statuses }) => statuses.includes(row.status)) ?? rowWords[row.status])
    : rowWords[row.status]
  const bad = row.status === 'WRONG' || row.status === 'FAILED'
  const values = new Map(row.values.map(({ column, text }) => [column, text]))
  const said = remarksOn(row)
  return (
    <CardRow>
      <Cell of="row">
        <span className={classes.number}>{row.row}</span>
      </Cell>
      <Cell of="status">
        <Badge tone={tone}>{label}</Badge>
      </Cell>
      {remarks && (
        <Cell of="remark">
          {row.faults.some(({ column }) => column === null) ? (
            <Faulty messages={said} asked={!bad} />
          ) : (
            <span className={classes.aside}>{said.join(' ')}</span>
          )}
        </Cell>
      )}
      {columns.map((column) => {
        const text = values.get(column) ?? ''
        const faults = row.faults.filter((fault) => fault.column === column)
        return (
          <Cell key={column} of={column}>
            {faults.length > 0 ? (
              <Faulty value={text} messages={faults.map(({ message }) => message)} asked={!bad} />
            ) : (
              sound(column, text, values.get('currency'), row.customerId)
            )}
          </Cell>
        )
      })}
    </CardRow>
  )
}

/** What is to be said of the row as a whole: its faults that belong to no cell, and why it was passed over. */
function remarksOn({ status, faults }: Facts): string[] {
  const said = faults.filter(({ column }) => column === null).map(({ message }) => message)
  if (said.length > 0) return said
  if (status === 'DUPLICATE') return ['Stands in the file twice']
  return status === 'SAME' ? ['The same as before'] : []
}

/** A cell that can't be taken: what stands there and what is wrong with it, in words. */
function Faulty({ value, messages, asked }: { value?: string; messages: readonly string[]; asked: boolean }) {
  return (
    <span className={classes.fault} data-tone={asked ? 'wait' : 'bad'}>
      {value !== undefined && value !== '' && <span className={classes.faultValue}>{value}</span>}
      {messages.map((message) => (
        <span key={message} className={classes.faultMessage}>
          <IconAlertCircle size={13} aria-hidden />
          {message}
        </span>
      ))}
    </span>
  )
}

/** A cell as understood; what is neither a day nor an amount stays as it is in the file. */
function sound(column: string, text: string, currency: string | undefined, customerId: string | null): ReactNode {
  if (text === '') return null
  if (column === 'amount' && /^-?\d+(\.\d+)?$/.test(text)) {
    return currency !== undefined && isCurrency(currency) ? (
      <Money amount={text} currency={currency} />
    ) : (
      <span className={classes.number}>{text}</span>
    )
  }
  if ((column === 'dueDate' || column === 'issuedOn' || column === 'paidOn') && isDay(text)) return <Day day={text} />
  if (column === 'name' && customerId !== null)
    return (
      <Anchor component={Link} href={`/customers/${customerId}`} className={classes.text ?? ''} inherit>
        {text}
      </Anchor>
    )
  return (
    <span className={classes.text} title={text}>
      {text}
    </span>
  )
}
