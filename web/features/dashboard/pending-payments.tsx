'use client'
import { useFragment } from '@apollo/client/react'
import type { FragmentType } from '@apollo/client/masking'
import { Anchor, Title } from '@mantine/core'
import Link from 'next/link'
import { PendingPaymentFragmentDoc, type PendingPaymentFragment } from '../../gql.ts'
import { displayDay, relativeDay } from '../../ui/calendar.ts'
import { Money } from '../../ui/money.tsx'
import { useReader } from '../../ui/reader.tsx'
import classes from './dashboard.module.css'

/** Money that was announced and still has to be confirmed, the oldest first. */
export function PendingPayments({ from }: { from: ReadonlyArray<FragmentType<PendingPaymentFragment> & { id: string }> }) {
  return (
    <section className={classes.panel} aria-labelledby="pending-payments">
      <div className={classes.panelHead}>
        <Title order={2} size="h4" id="pending-payments">
          Payments to confirm
        </Title>
        {from.length > 0 && (
          <Anchor component={Link} href="/payments" size="sm">
            All pending
          </Anchor>
        )}
      </div>
      {from.length === 0 ? (
        <p className={classes.nothing}>
          No payment waits. One that is announced, by staff or a partner, stands here until it is marked completed or failed.
        </p>
      ) : (
        <ul className={classes.rows}>
          {from.map((payment) => (
            <Row key={payment.id} from={payment} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Row({ from }: { from: FragmentType<PendingPaymentFragment> }) {
  const { locale, today } = useReader()
  const { data, complete } = useFragment({ fragment: PendingPaymentFragmentDoc, fragmentName: 'PendingPayment', from })
  if (!complete) return null
  return (
    <li>
      <Link href={`/customers/${data.customer.id}`} className={classes.row}>
        <span className={classes.name}>{data.customer.name}</span>
        <span className={classes.amount}>
          <Money amount={data.amount} currency={data.currency} />
        </span>
        <span className={classes.aside}>{data.reference ?? 'No reference'}</span>
        <span className={classes.aside}>
          <time dateTime={data.receivedOn} title={displayDay(data.receivedOn, locale, 'long')}>
            {relativeDay(data.receivedOn, today)}
          </time>
        </span>
      </Link>
    </li>
  )
}
