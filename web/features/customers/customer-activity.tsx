'use client'
import type { FragmentType } from '@apollo/client/masking'
import { useApolloClient, useFragment } from '@apollo/client/react'
import { Button, Group } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { Fragment, useState } from 'react'
import { isCurrency } from 'schema/money'
import { isDay } from 'schema/day'
import { type Problem, problemOf } from '../../apollo/problem.ts'
import {
  ActivityLineFragmentDoc,
  type ActivityLineFragment,
  CustomerActivityFragmentDoc,
  type CustomerActivityFragment,
  MoreActivityDocument,
} from '../../gql.ts'
import { Day } from '../../ui/day.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Money } from '../../ui/money.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import classes from './customer-activity.module.css'

type Node = CustomerActivityFragment['activity']['nodes'][number]

/** Who changed what, newest first, field by field. */
export function CustomerActivity({ customer }: { customer: FragmentType<CustomerActivityFragment> }) {
  const client = useApolloClient()
  const { data, complete } = useFragment({ fragment: CustomerActivityFragmentDoc, fragmentName: 'CustomerActivity', from: customer })
  const [more, setMore] = useState<{ nodes: readonly Node[]; next: string | null }>()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  if (!complete) return null

  const first = data.activity
  const shown = new Set(first.nodes.map(({ id }) => id))
  const nodes = [...first.nodes, ...(more?.nodes ?? []).filter(({ id }) => !shown.has(id))]
  const next = more === undefined ? (first.pageInfo.hasNextPage ? first.pageInfo.endCursor : null) : more.next
  const load = async (after: string): Promise<void> => {
    setBusy(true)
    setProblem(undefined)
    try {
      const answer = await client.query({ query: MoreActivityDocument, variables: { id: data.id, after }, fetchPolicy: 'network-only' })
      const page = answer.data?.customer?.activity
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
      <Empty icon={<IconHistory size={22} />} title="Nothing has happened yet">
        Each change to this customer, its dues and its payments is kept here with who made it.
      </Empty>
    )
  }
  return (
    <>
      <ol className={classes.list}>
        {nodes.map((line) => (
          <Line key={line.id} line={line} currency={data.currency} />
        ))}
      </ol>
      {problem !== undefined && <ProblemAlert title="Older activity could not be loaded" problem={problem} />}
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

function Line({ line, currency }: { line: FragmentType<ActivityLineFragment>; currency: string }) {
  const { data, complete } = useFragment({ fragment: ActivityLineFragmentDoc, from: line })
  if (!complete) return null
  return (
    <li className={classes.line}>
      <div className={classes.what}>
        <span>
          {data.action === 'DUE_OVERDUE' ? (
            'A due became overdue'
          ) : (
            <>
              <strong className={classes.author}>{data.author}</strong> {sentence(data.action)}
            </>
          )}
        </span>
        <span className={classes.when}>
          <Instant at={data.at} />
        </span>
      </div>
      {data.changes.length > 0 && (
        <dl className={classes.changes}>
          {data.changes.map(({ field, before, after }) => (
            <Fragment key={field}>
              <dt>
                <Readable text={fieldWord(field)} />
              </dt>
              <dd>
                {before !== null && before !== '' && (
                  <>
                    <del className={classes.before}>
                      <Value field={field} text={before} currency={currency} />
                    </del>
                    <span className={classes.arrow} role="img" aria-label="became">
                      →
                    </span>
                  </>
                )}
                {after === null || after === '' ? (
                  <span className={classes.none}>empty</span>
                ) : (
                  <Value field={field} text={after} currency={currency} />
                )}
              </dd>
            </Fragment>
          ))}
        </dl>
      )}
    </li>
  )
}

/** A value as its author's reader sees it: days and amounts in the text are written the way the rest of the page writes them. */
function Value({ field, text, currency }: { field: string; text: string; currency: string }) {
  if (isDay(text)) return <Day day={text} />
  if (moneyFields.has(field) && /^-?\d+(\.\d+)?$/.test(text)) return <Money amount={text} currency={currency} />
  if (/^(PENDING|COMPLETED|FAILED|REVERSED)$/.test(text)) return <>{text.toLowerCase()}</>
  return (
    <span className={classes.text}>
      <Readable text={text} />
    </span>
  )
}

function Readable({ text }: { text: string }) {
  return text.split(/(-?\b\d+(?:\.\d+)? [A-Z]{3}\b|\b\d{4}-\d{2}-\d{2}\b)/).map((part, place) => {
    const [amount = '', currency = ''] = part.split(' ')
    if (place % 2 === 0) return part
    return isDay(part) ? (
      <Day key={place} day={part} />
    ) : isCurrency(currency) ? (
      <Money key={place} amount={amount} currency={currency} />
    ) : (
      part
    )
  })
}

const moneyFields = new Set(['amount', 'outstanding', 'credit'])

const sentences: Readonly<Record<string, string>> = {
  CUSTOMER_CREATED: 'added the customer',
  CUSTOMER_CHANGED: 'changed the customer',
  CUSTOMER_ARCHIVED: 'archived the customer',
  CUSTOMER_RESTORED: 'restored the customer',
  DUE_ADDED: 'added a due',
  DUE_CHANGED: 'changed a due',
  PAYMENT_RECORDED: 'announced a payment',
  PAYMENT_COMPLETED: 'booked a payment as completed',
  PAYMENT_REOPENED: 'took a payment back to pending',
  PAYMENT_FAILED: 'marked a payment as failed',
  PAYMENT_REVERSED: 'reversed a payment',
  IMPORT_FINISHED: 'imported a file',
}

// An action that this page doesn't know yet is still readable: `DUE_CANCELLED` reads “due cancelled”.
const sentence = (action: string): string => sentences[action] ?? action.replaceAll(/[._]/g, ' ').toLowerCase()

const fieldWords: Readonly<Record<string, string>> = {
  issuedOn: 'Issued on',
  dueDate: 'Due date',
  receivedOn: 'Received on',
  archiveReason: 'Reason',
}

function fieldWord(field: string): string {
  const words =
    fieldWords[field] ?? (/^[a-z]+([A-Z][a-z]+)*$/.test(field) ? field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : field)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
