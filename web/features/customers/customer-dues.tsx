'use client'
import type { FragmentType } from '@apollo/client/masking'
import { useApolloClient, useFragment } from '@apollo/client/react'
import { Button, Group, Progress, Text } from '@mantine/core'
import { IconPlus, IconReceipt } from '@tabler/icons-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { parseMoney } from 'schema/money'
import { type Problem, problemOf } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import {
  CustomerDuesFragmentDoc,
  type CustomerDuesFragment,
  DueLineFragmentDoc,
  type DueLineFragment,
  MoreDuesDocument,
} from '../../gql.ts'
import { CardRow, CardTable, Cell, type Column } from '../../ui/card-table.tsx'
import { Day } from '../../ui/day.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Money } from '../../ui/money.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { DueStatus } from '../../ui/status.tsx'
import classes from './customer-dues.module.css'

const AddDue = dynamic(() => import('./add-due.tsx').then((file) => file.AddDue), { ssr: false })

const columns: readonly Column[] = [
  { key: 'reference', label: 'Reference', card: 'title' },
  { key: 'status', label: 'Status', card: 'badge' },
  { key: 'issuedOn', label: 'Issued on' },
  { key: 'dueDate', label: 'Due date' },
  { key: 'paid', label: 'Paid' },
  { key: 'amount', label: 'Amount', align: 'end' },
  { key: 'outstanding', label: 'Outstanding', align: 'end' },
]

type Node = CustomerDuesFragment['dues']['nodes'][number]

/** What one customer owes, due by due, open ones first. */
export function CustomerDues({ customer, onChanged }: { customer: FragmentType<CustomerDuesFragment>; onChanged: () => void }) {
  const { may } = useSession()
  const client = useApolloClient()
  const { data, complete } = useFragment({ fragment: CustomerDuesFragmentDoc, fragmentName: 'CustomerDues', from: customer })
  const [adding, setAdding] = useState(false)
  const [more, setMore] = useState<{ nodes: readonly Node[]; next: string | null }>()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  if (!complete) return null

  const first = data.dues
  const shown = new Set(first.nodes.map(({ id }) => id))
  const nodes = [...first.nodes, ...(more?.nodes ?? []).filter(({ id }) => !shown.has(id))]
  const next = more === undefined ? (first.pageInfo.hasNextPage ? first.pageInfo.endCursor : null) : more.next
  const load = async (after: string): Promise<void> => {
    setBusy(true)
    setProblem(undefined)
    try {
      const answer = await client.query({ query: MoreDuesDocument, variables: { id: data.id, after }, fetchPolicy: 'network-only' })
      const page = answer.data?.customer?.dues
      if (page)
        setMore({ nodes: [...(more?.nodes ?? []), ...page.nodes], next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null })
    } catch (error) {
      setProblem(problemOf(error))
    } finally {
      setBusy(false)
    }
  }
  const add = may('addDue') && data.archivedAt === null && (
    <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>
      Add due
    </Button>
  )

  return (
    <>
      {nodes.length === 0 ? (
        <div className={classes.list}>
          <Empty icon={<IconReceipt size={22} />} title="Nothing due yet" actions={add}>
            {data.archivedAt === null
              ? 'Add what this customer owes, with the day it has to be paid by.'
              : 'This customer was archived before anything was due.'}
          </Empty>
        </div>
      ) : (
        <>
          <Group justify="flex-end" className={classes.actions ?? ''}>
            {add}
          </Group>
          <div className={classes.list}>
            <CardTable label="Dues" columns={columns}>
              {nodes.map((due) => (
                <Line key={due.id} due={due} />
              ))}
            </CardTable>
          </div>
        </>
      )}
      {problem !== undefined && <ProblemAlert title="More dues could not be loaded" problem={problem} />}
      {next !== null && (
        <Group justify="center" mt="sm">
          <Button variant="default" size="xs" loading={busy} onClick={() => void load(next)}>
            Show more
          </Button>
        </Group>
      )}
      <Dialog opened={adding} onClose={() => setAdding(false)} title="Add due">
        <AddDue customerId={data.id} currency={data.currency} credit={data.credit} onAdded={onChanged} />
      </Dialog>
    </>
  )
}

function Line({ due }: { due: FragmentType<DueLineFragment> }) {
  const { data, complete } = useFragment({ fragment: DueLineFragmentDoc, from: due })
  if (!complete) return null
  const open = data.status === 'OPEN' || data.status === 'OVERDUE'
  return (
    <CardRow>
      <Cell of="reference">
        <span className={classes.reference}>{data.reference}</span>
      </Cell>
      <Cell of="status">
        <DueStatus status={data.status} />
      </Cell>
      <Cell of="issuedOn">
        <Day day={data.issuedOn} />
      </Cell>
      <Cell of="dueDate">{open ? <Day day={data.dueDate} beside="due" /> : <Day day={data.dueDate} />}</Cell>
      <Cell of="paid">{data.status !== 'CANCELLED' && <PaidShare {...data} />}</Cell>
      <Cell of="amount">
        <Money amount={data.amount} currency={data.currency} />
      </Cell>
      <Cell of="outstanding">
        <Money amount={data.outstanding} currency={data.currency} quiet />
      </Cell>
    </CardRow>
  )
}

function PaidShare({ amount, outstanding, currency }: DueLineFragment) {
  const whole = parseMoney(amount, currency, 'zero')
  const left = parseMoney(outstanding, currency, 'zero')
  // Rounded down: a due with a cent left is not at 100 %.
  const percent = whole === 0n ? 100 : Number(((whole - left) * 100n) / whole)
  return (
    <span className={classes.share}>
      <Progress
        value={percent}
        size={6}
        {...(percent === 100 && { color: 'teal' })}
        className={classes.bar ?? ''}
        aria-label={`${percent} % paid`}
      />
      <Text component="span" size="xs" c="dimmed" className={classes.percent ?? ''}>
        {percent} %
      </Text>
    </span>
  )
}
