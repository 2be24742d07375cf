'use client'
import { useQuery } from '@apollo/client/react'
import { Button, Skeleton, Tabs } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconUserQuestion } from '@tabler/icons-react'
import Link from 'next/link'
import { use } from 'react'
import { useLiveEvents } from '../../../../apollo/live.ts'
import { problemOf } from '../../../../apollo/problem.ts'
import { CustomerActivity } from '../../../../features/customers/customer-activity.tsx'
import { CustomerDues } from '../../../../features/customers/customer-dues.tsx'
import { CustomerHead } from '../../../../features/customers/customer-head.tsx'
import { CustomerPayments } from '../../../../features/payments/customer-payments.tsx'
import { TakePayment } from '../../../../features/payments/take-payment.tsx'
import { CustomerPageDocument } from '../../../../gql.ts'
import { Empty } from '../../../../ui/empty.tsx'
import { Late } from '../../../../ui/late.tsx'
import { PageHead } from '../../../../ui/page-head.tsx'
import { ProblemAlert } from '../../../../ui/problem-alert.tsx'
import { useUrlState } from '../../../../ui/use-url-state.ts'

const tabs = ['dues', 'payments', 'activity'] as const

/** One customer. This route owns the query, because what it shows belongs to two features that know nothing of each other. */
export default function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = use(params)
  const url = useUrlState()
  const { data, error, refetch } = useQuery(CustomerPageDocument, { variables: { id }, fetchPolicy: 'cache-and-network' })
  // An own change and the live event that tells of it come close together: one look at the server serves both.
  const changed = useDebouncedCallback(() => void refetch().catch(() => {}), 120)
  useLiveEvents((event) => {
    if (event.customer?.id === id || event.payment?.customer.id === id || event.type === 'IMPORT_FINISHED') changed()
  })

  const customer = data?.customer
  if (customer === null) {
    return (
      <>
        <PageHead title="Customer not found" />
        <Empty
          icon={<IconUserQuestion size={22} />}
          title="There is no such customer"
          actions={
            <Button component={Link} href="/customers" variant="default">
              All customers
            </Button>
          }
        >
          The address may be mistyped. Archived customers are found under their filter.
        </Empty>
      </>
    )
  }
  if (customer === undefined) {
    return error === undefined ? (
      <Waiting />
    ) : (
      <ProblemAlert title="The customer could not be loaded" problem={problemOf(error)} onRetry={() => void refetch().catch(() => {})} />
    )
  }
  const tab = tabs.find((one) => one === url.params.get('tab')) ?? 'dues'
  return (
    <>
      {error !== undefined && (
        <ProblemAlert title="This may not be the newest" problem={problemOf(error)} onRetry={() => void refetch().catch(() => {})} />
      )}
      <CustomerHead customer={customer} onChanged={changed} main={<TakePayment customer={customer} onTaken={changed} />} />
      <Tabs value={tab} onChange={(next) => url.set({ tab: next === 'dues' ? null : next })} keepMounted={false}>
        <Tabs.List aria-label={customer.name} mb="md">
          <Tabs.Tab value="dues">Dues</Tabs.Tab>
          <Tabs.Tab value="payments">Payments</Tabs.Tab>
          <Tabs.Tab value="activity">Activity</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="dues">
          <CustomerDues customer={customer} onChanged={changed} />
        </Tabs.Panel>
        <Tabs.Panel value="payments">
          <CustomerPayments customer={customer} onChanged={changed} />
        </Tabs.Panel>
        <Tabs.Panel value="activity">
          <CustomerActivity customer={customer} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

function Waiting() {
  return (
    <Late label="Loading the customer">
      <Skeleton height={14} width={90} mb={14} />
      <Skeleton height={28} width={260} mb={8} />
      <Skeleton height={14} width={140} mb={24} />
      <Skeleton height={82} radius={10} mb={16} />
      <Skeleton height={36} width={280} mb={16} />
      <Skeleton height={240} radius={10} />
    </Late>
  )
}
