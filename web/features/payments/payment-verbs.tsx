'use client'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { useApolloClient, useQuery } from '@apollo/client/react'
import { Button, Group, List, Skeleton, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useRef, useState } from 'react'
import { displayMoney } from 'schema/money'
import { type PaymentState, type PaymentVerb, paymentVerbs, verbsFrom } from 'schema/payment'
import type { Operation } from 'schema/permissions'
import { problemOf } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import {
  CompletePaymentDocument,
  FailPaymentDocument,
  PaymentAtStakeDocument,
  type PaymentOutcomeFragment,
  ReopenPaymentDocument,
  ReversePaymentDocument,
} from '../../gql.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { Day } from '../../ui/day.tsx'
import { Money } from '../../ui/money.tsx'
import { useReader } from '../../ui/reader.tsx'
import { showUndo } from '../../ui/undo-toast.tsx'
import classes from './payment-verbs.module.css'

interface Subject {
  readonly id: string
  readonly amount: string
  readonly currency: string
  readonly state: PaymentState
  readonly customer: { readonly name: string }
}

const operations = {
  complete: 'completePayment',
  fail: 'failPayment',
  reopen: 'reopenPayment',
  reverse: 'reversePayment',
} as const satisfies Record<PaymentVerb, Operation>
const documents: Record<PaymentVerb, TypedDocumentNode<Record<string, unknown>, { id: string }>> = {
  complete: CompletePaymentDocument as never,
  fail: FailPaymentDocument as never,
  reopen: ReopenPaymentDocument as never,
  reverse: ReversePaymentDocument as never,
}
// The slips that have a way back are done at once, with a way back; what is final is asked first.
const wayBack: Partial<Record<PaymentVerb, PaymentVerb>> = { complete: 'reopen', reopen: 'complete' }

/** The verbs that the payment's state and the person's role allow, as buttons; nothing where there is none. */
export function PaymentVerbs({ payment, onChanged }: { payment: Subject; onChanged?: (() => void) | undefined }) {
  const { may } = useSession()
  const { locale } = useReader()
  const client = useApolloClient()
  const [asking, setAsking] = useState<PaymentVerb>()
  const [busy, setBusy] = useState<PaymentVerb>()
  const underWay = useRef(false)
  const verbs = verbsFrom(payment.state).filter((verb) => may(operations[verb]))
  const amount = displayMoney(payment.amount, payment.currency, locale)

  const perform = async (verb: PaymentVerb): Promise<PaymentOutcomeFragment | undefined> => {
    const { data } = await client.mutate({ mutation: documents[verb], variables: { id: payment.id } })
    onChanged?.()
    return data?.[operations[verb]] as PaymentOutcomeFragment | undefined
  }
  const now = async (verb: PaymentVerb): Promise<void> => {
    // A second click can come before the button has been drawn as busy.
    if (underWay.current) return
    underWay.current = true
    setBusy(verb)
    try {
      const outcome = await perform(verb)
      const back = wayBack[verb]
      const message = outcome === undefined ? doneWords[verb](amount, payment.customer.name) : outcomeText(verb, outcome, locale)
      if (back !== undefined && may(operations[back])) showUndo(message, () => perform(back), problemOf)
      else notifications.show({ message })
    } catch (error) {
      const problem = problemOf(error)
      // The state has moved on under the row, so there is nothing to retry; the row is asked for again.
      notifications.show({
        color: 'red',
        autoClose: false,
        title: `${amount} from ${payment.customer.name}`,
        message: problem.reference === undefined ? problem.message : `${problem.message} (reference ${problem.reference})`,
      })
      onChanged?.()
    } finally {
      underWay.current = false
      setBusy(undefined)
    }
  }

  if (verbs.length === 0 && asking === undefined) return null
  return (
    <>
      <Group
        gap={6}
        wrap="nowrap"
        justify="flex-end"
        className={classes.verbs ?? ''}
        role="group"
        aria-label={`Actions for ${amount} from ${payment.customer.name}`}
      >
        {verbs.map((verb) => (
          <Button
            key={verb}
            size="compact-xs"
            {...(verb === 'complete' ? { variant: 'light' } : { variant: 'subtle', color: 'gray' })}
            loading={busy === verb}
            disabled={busy !== undefined && busy !== verb}
            onClick={() => (wayBack[verb] === undefined ? setAsking(verb) : void now(verb))}
          >
            {paymentVerbs[verb].label}
          </Button>
        ))}
      </Group>
      <Confirm
        opened={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title={
          asking === 'reverse'
            ? `Reverse ${amount} from ${payment.customer.name}?`
            : `Mark ${amount} from ${payment.customer.name} as failed?`
        }
        verb={asking === 'reverse' ? 'Reverse payment' : 'Mark failed'}
        danger
        onConfirm={async () => {
          const verb = asking
          if (verb === undefined) return
          const outcome = await perform(verb)
          notifications.show({
            message: outcome === undefined ? doneWords[verb](amount, payment.customer.name) : outcomeText(verb, outcome, locale),
          })
        }}
        onProblem={problemOf}
      >
        {asking === 'reverse' ? (
          <AtStake id={payment.id} currency={payment.currency} />
        ) : (
          <Text size="sm">
            The money that was announced is not coming. No due changes. This is final: if the money comes after all, take it as a new
            payment.
          </Text>
        )}
      </Confirm>
    </>
  )
}

/** What a reversal takes back, by name. */
function AtStake({ id, currency }: { id: string; currency: string }) {
  const { data, error } = useQuery(PaymentAtStakeDocument, { variables: { id }, fetchPolicy: 'network-only' })
  const allocations = data?.payment?.allocations
  const unallocated = data?.payment?.unallocated ?? '0'
  return (
    <Stack gap="xs">
      {allocations === undefined ? (
        error === undefined && <Skeleton height={40} />
      ) : (
        <>
          {allocations.length > 0 && (
            <>
              <Text size="sm">This becomes outstanding again:</Text>
              <List size="sm" spacing={4}>
                {allocations.map(({ due, amount }) => (
                  <List.Item key={due.id}>
                    <Money amount={amount} currency={currency} /> on {due.reference}, due <Day day={due.dueDate} />
                  </List.Item>
                ))}
              </List>
            </>
          )}
          {/[1-9]/.test(unallocated) && (
            <Text size="sm">
              The credit of <Money amount={unallocated} currency={currency} /> is taken away.
            </Text>
          )}
        </>
      )}
      <Text size="sm">A reversal (a refund, a charge-back) is final. To correct a slip, take the payment back to pending instead.</Text>
    </Stack>
  )
}

const doneWords: Record<PaymentVerb, (amount: string, name: string) => string> = {
  complete: (amount, name) => `${amount} from ${name} is completed.`,
  reopen: (amount, name) => `${amount} from ${name} is pending again.`,
  fail: (amount, name) => `${amount} from ${name} is marked as failed.`,
  reverse: (amount, name) => `${amount} from ${name} is reversed.`,
}

function outcomeText(verb: PaymentVerb, { amount, currency, customer }: PaymentOutcomeFragment, locale: string): string {
  const done = doneWords[verb](displayMoney(amount, currency, locale), customer.name)
  const owes = /[1-9]/.test(customer.outstanding)
    ? `${displayMoney(customer.outstanding, currency, locale)} is outstanding now.`
    : 'Nothing is outstanding now.'
  return verb === 'fail' ? done : `${done} ${owes}`
}
