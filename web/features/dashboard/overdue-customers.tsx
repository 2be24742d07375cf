'use client'
import { useFragment } from '@apollo/client/react'
import type { FragmentType } from '@apollo/client/masking'
import { Anchor, Title } from '@mantine/core'
import Link from 'next/link'
import { OverdueCustomerFragmentDoc, type OverdueCustomerFragment } from '../../gql.ts'
import { count } from '../../ui/calendar.ts'
import { Money } from '../../ui/money.tsx'
import classes from './dashboard.module.css'

/** Whose due date has passed the longest ago. */
export function OverdueCustomers({
  from,
  any,
}: {
  from: ReadonlyArray<FragmentType<OverdueCustomerFragment> & { id: string }>
  any: boolean
}) {
  return (
    <section className={classes.panel} aria-labelledby="longest-overdue">
      <div className={classes.panelHead}>
        <Title order={2} size="h4" id="longest-overdue">
          Longest overdue
        </Title>
        {from.length > 0 && (
          <Anchor component={Link} href="/customers?status=OVERDUE" size="sm">
            All overdue
          </Anchor>
        )}
      </div>
      {from.length === 0 ? (
        <p className={classes.nothing}>
          {any
            ? 'Nobody is overdue. A customer appears here the day after a due date passes.'
            : 'Once there are customers who owe, those who are late the longest stand here.'}
        </p>
      ) : (
        <ul className={classes.rows}>
          {from.map((customer) => (
            <Row key={customer.id} from={customer} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Row({ from }: { from: FragmentType<OverdueCustomerFragment> }) {
  const { data, complete } = useFragment({ fragment: OverdueCustomerFragmentDoc, fragmentName: 'OverdueCustomer', from })
  if (!complete) return null
  return (
    <li>
      <Link href={`/customers/${data.id}`} className={classes.row}>
        <span className={classes.name}>{data.name}</span>
        <span className={classes.amount}>
          <Money amount={data.outstanding} currency={data.currency} />
        </span>
        <span className={classes.aside}>{data.number}</span>
        <span className={classes.late}>{count(data.daysPastDue, 'day')} late</span>
      </Link>
    </li>
  )
}
