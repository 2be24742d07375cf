'use client'
import type { FragmentType } from '@apollo/client/masking'
import { useApolloClient, useFragment } from '@apollo/client/react'
import { Button, Group, Text, UnstyledButton } from '@mantine/core'
import { IconCash, IconChevronRight } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { type Problem, problemOf } from '../../apollo/problem.ts'
import {
  CustomerPaymentsFragmentDoc,
  type CustomerPaymentsFragment,
  MorePaymentsDocument,
  PaymentLineFragmentDoc,
  type PaymentLineFragment,
} from '../../gql.ts'
import { CardRow, CardTable, Cell, type Column } from '../../ui/card-table.tsx'
import { Day } from '../../ui/day.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Money } from '../../ui/money.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { PaymentState } from '../../ui/status.tsx'
import classes from './customer-payments.module.css'
import { PaymentVerbs } from './payment-verbs.tsx'
import { methodWords } from './payment-words.ts'

const columns: readonly Column[] = [
  { key: 'detail', label: 'Allocations', silent: true },
  { key: 'receivedOn', label: 'Received on', card: 'title' },
  { key: 'state', label: 'State', card: 'badge' },
  { key: 'method', label: 'Method' },
  { key: 'reference', label: 'Reference' },
  { key: 'recordedBy', label: 'Recorded by' },
  { key: 'amount', label: 'Amount', align: 'end' },
  { key: 'verbs', label: 'Actions', silent: true, align: 'end' },
]

type Node = CustomerPaymentsFragment['payments']['nodes'][number]

/** The payments of one customer, newest first, with where their money went. */
export function CustomerPayments({ customer, onChanged }: { customer: FragmentType<CustomerPaymentsFragment>; onChanged: () => void }) {
  const client = useApolloClient()
  const { data, complete } = useFragment({ fragment: CustomerPaymentsFragmentDoc, fragmentName: 'CustomerPayments', from: customer })
  const [more, setMore] = useState<{ nodes: readonly Node[]; next: string | null }>()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  if (!complete) return null

  const first = data.payments
  const shown = new Set(first.nodes.map(({ id }) => id))
  const nodes = [...first.nodes, ...(more?.nodes ?? []).filter(({ id }) => !shown.has(id))]
  const next = more === undefined ? (first.pageInfo.hasNextPage ? first.pageInfo.endCursor : null) : more.next
  const load = async (after: string): Promise<void> => {
    setBusy(true)
    setProblem(undefined)
    try {
      const answer = await client.query({ query: MorePaymentsDocument, variables: { id: data.id, after }, fetchPolicy: 'network-only' })
      const page = answer.data?.customer?.payments
      if (page)
        setMore({ nodes: [...(more?.nodes ?? []), ...page.nodes], next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null })
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  if (nodes.length === 0) {
    return (
      <div className={classes.list}>
        <Empty icon={<IconCash size={22} />} title="No payments yet">
          {data.archivedAt === null
            ? 'Payments that come in, or are announced, appear here.'
            : 'This customer was archived before a payment came.'}
        </Empty>
      </div>
    )
  }
  return (
    <>
      <div className={classes.list}>
        <CardTable label="Payments" columns={columns}>
          {nodes.map((payment) => (
            <Line key={payment.id} payment={payment} onChanged={onChanged} />
          ))}
        </CardTable>
      </div>
      {problem !== undefined && <ProblemAlert title="Older payments could not be loaded" problem={problem} />}
      {next !== null && (
        <Group justify="center" mt="sm">
          <Button variant="default" size="xs" loading={busy} onClick={() => void load(next)}>
            Show older
          </Button>
        </Group>
      )}
    </>
  )
}

function Line({ payment, onChanged }: { payment: FragmentType<PaymentLineFragment>; onChanged: () => void }) {
  const { data, complete } = useFragment({ fragment: PaymentLineFragmentDoc, from: payment })
  const [open, setOpen] = useState(false)
  const detail = useId()
  if (!complete) return null
  return (
    <>
      <CardRow>
        <Cell of="detail">
          <UnstyledButton
            className={classes.toggle ?? ''}
            aria-label={open ? 'Hide where the money went' : 'Show where the money went'}
            aria-expanded={open}
            aria-controls={open ? detail : undefined}
            onClick={() => setOpen(!open)}
          >
            <IconChevronRight size={16} aria-hidden className={classes.chevron} data-open={open || undefined} />
            <span className={classes.words}>Where the money went</span>
          </UnstyledButton>
        </Cell>
        <Cell of="receivedOn">
          <Day day={data.receivedOn} />
        </Cell>
        <Cell of="state">
          <PaymentState state={data.state} />
        </Cell>
        <Cell of="method">{methodWords[data.method]}</Cell>
        <Cell of="reference">{data.reference !== null && <span className={classes.reference}>{data.reference}</span>}</Cell>
        <Cell of="recordedBy">{data.recordedBy}</Cell>
        <Cell of="amount">
          <Money amount={data.amount} currency={data.currency} />
        </Cell>
        <Cell of="verbs">
          <PaymentVerbs payment={data} onChanged={onChanged} />
        </Cell>
      </CardRow>
      {open && (
        <CardRow id={detail}>
          <Cell of="allocations" colSpan={columns.length}>
            <Allocations payment={data} />
          </Cell>
        </CardRow>
      )}
    </>
  )
}

function Allocations({ payment }: { payment: PaymentLineFragment }) {
  const { allocations, unallocated, currency, state, recordedAt } = payment
  return (
    <div className={classes.allocations}>
      {allocations.length > 0 ? (
        <ul className={classes.lines}>
          {allocations.map(({ due, amount }) => (
            <li key={due.id}>
              <Money amount={amount} currency={currency} /> on <strong>{due.reference}</strong>, due <Day day={due.dueDate} />
            </li>
          ))}
          {/[1-9]/.test(unallocated) && (
            <li>
              <Money amount={unallocated} currency={currency} /> kept as credit
            </li>
          )}
        </ul>
      ) : (
        <Text size="sm">{emptyWords[state]}</Text>
      )}
      <Text size="xs" c="dimmed">
        Recorded <Instant at={recordedAt} />
      </Text>
    </div>
  )
}

const emptyWords = {
  PENDING: 'It covers dues once it is marked completed.',
  COMPLETED: 'No due has needed it yet: all of it is credit.',
  FAILED: 'The money never came, so no due was covered.',
  REVERSED: 'What it had covered is outstanding again.',
} as const
