'use client'
import { useQuery } from '@apollo/client/react'
import { Skeleton } from '@mantine/core'
import Link from 'next/link'
import { type ReactNode, useEffect, useRef } from 'react'
import { useLiveEvents } from '../../apollo/live.ts'
import { problemOf } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import { DashboardDocument, type DashboardQuery } from '../../gql.ts'
import { displayDay } from '../../ui/calendar.ts'
import { Late } from '../../ui/late.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useReader } from '../../ui/reader.tsx'
import classes from './dashboard.module.css'
import { FirstSteps } from './first-steps.tsx'
import { OverdueCustomers } from './overdue-customers.tsx'
import { PendingPayments } from './pending-payments.tsx'

/** How do we stand, and what needs me: counts that open their lists, the oldest things to do, and what happens right now. */
export function Dashboard({ latest }: { latest: ReactNode }) {
  const { locale, today } = useReader()
  const { data, error, refetch } = useQuery(DashboardDocument, { fetchPolicy: 'cache-and-network' })
  useSoonAfterEvents(() => void refetch())
  return (
    <>
      <PageHead title="Dashboard">{displayDay(today, locale, 'long')}</PageHead>
      {error !== undefined && data === undefined && (
        <ProblemAlert title="The figures could not be loaded" problem={problemOf(error)} onRetry={() => void refetch()} />
      )}
      {error === undefined && data === undefined && <Waiting />}
      {data !== undefined && <FirstSteps {...progressOf(data)} />}
      {data !== undefined && <Figures data={data} />}
      <div className={classes.halves}>
        <div className={classes.column}>
          {data !== undefined && <OverdueCustomers from={data.overdue.nodes} any={data.everyone.totalCount.count > 0} />}
          {data !== undefined && <PendingPayments from={data.pending.nodes} />}
        </div>
        <div className={classes.column}>{latest}</div>
      </div>
    </>
  )
}

type Total = DashboardQuery['everyone']['totalCount']

function Figures({ data }: { data: DashboardQuery }) {
  return (
    <ul className={classes.figures} aria-label="How we stand">
      <Figure
        label="Customers overdue"
        total={data.overdue.totalCount}
        href="/customers?status=OVERDUE"
        tone="bad"
        about="a due date has passed"
      />
      <Figure
        label="Customers pending"
        total={data.owing.totalCount}
        href="/customers?status=PENDING"
        about="owe, but nothing past its date"
      />
      <Figure label="Payments pending" total={data.pending.totalCount} href="/payments" tone="wait" about="announced, not yet here" />
      <Figure label="Customers in all" total={data.everyone.totalCount} href="/customers" about="archived ones left out" />
    </ul>
  )
}

function Figure({ label, total, href, tone, about }: { label: string; total: Total; href: string; tone?: 'bad' | 'wait'; about: string }) {
  const { locale } = useReader()
  return (
    <li>
      <Link href={href} className={classes.figure}>
        <span className={classes.label}>{label}</span>
        <span className={classes.number} data-tone={total.count > 0 ? tone : undefined}>
          {total.count.toLocaleString(locale)}
          {total.more && '+'}
        </span>
        <span className={classes.about}>{about}</span>
      </Link>
    </li>
  )
}

function progressOf(data: DashboardQuery): { readonly customers: boolean; readonly payment: boolean; readonly team: boolean } {
  return {
    customers: data.everyone.totalCount.count > 0,
    payment: data.anyPayment.nodes.length > 0,
    team: data.staff.filter(({ status }) => status === 'ACTIVE').length > 1,
  }
}

function Waiting() {
  return (
    <Late>
      <div className={classes.figures}>
        {[0, 1, 2, 3].map((figure) => (
          <Skeleton key={figure} h={104} radius="lg" />
        ))}
      </div>
      <Skeleton h={280} radius="lg" mb="md" />
    </Late>
  )
}

/** A burst of events (an import, a bulk action) asks once, half a second after it began. */
function useSoonAfterEvents(ask: () => void): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const { may } = useSession()
  useLiveEvents(() => {
    if (!may('customers')) return
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      ask()
    }, 500)
  })
  useEffect(() => () => clearTimeout(timer.current), [])
}
