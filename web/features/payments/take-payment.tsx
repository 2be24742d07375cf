'use client'
import type { FragmentType } from '@apollo/client/masking'
import { useFragment } from '@apollo/client/react'
import { Button } from '@mantine/core'
import { IconCash } from '@tabler/icons-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { useSession } from '../../apollo/session.ts'
import { TakePaymentFragmentDoc, type TakePaymentFragment } from '../../gql.ts'
import { Dialog } from '../../ui/dialog.tsx'
import classes from './take-payment.module.css'

const TakePaymentForm = dynamic(() => import('./take-payment-form.tsx').then((file) => file.TakePaymentForm), { ssr: false })

/** The main action of a customer's page; nothing where the role or the customer allows no payment. */
export function TakePayment({ customer, onTaken }: { customer: FragmentType<TakePaymentFragment>; onTaken: () => void }) {
  const { may } = useSession()
  const { data, complete } = useFragment({ fragment: TakePaymentFragmentDoc, from: customer })
  const [opened, setOpened] = useState(false)
  if (!complete || !may('recordPayment') || data.archivedAt !== null) return null
  return (
    <>
      <Button leftSection={<IconCash size={16} aria-hidden />} onClick={() => setOpened(true)} className={classes.thumb ?? ''}>
        Take payment
      </Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title={`Take payment from ${data.name}`} size={780}>
        <TakePaymentForm customerId={data.id} name={data.name} outstanding={data.outstanding} currency={data.currency} onTaken={onTaken} />
      </Dialog>
    </>
  )
}
