'use client'
import { NetworkStatus } from '@apollo/client'
import { useQuery } from '@apollo/client/react'
import { Button, Skeleton, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { moneyRule } from 'schema/amount'
import { formatMoney, parseMoney } from 'schema/money'
import { problemOf } from '../../apollo/problem.ts'
import { AllocationPreviewDocument } from '../../gql.ts'
import { Day } from '../../ui/day.tsx'
import { Late } from '../../ui/late.tsx'
import { Money } from '../../ui/money.tsx'
import classes from './allocation-preview.module.css'

/** Which dues the amount would cover and what would be left as credit, before anything is saved: the server's answer, not a guess. */
export function AllocationPreview({
  customerId,
  amount,
  currency,
  pending,
}: {
  customerId: string
  amount: string
  currency: string
  pending: boolean
}) {
  const [settled] = useDebouncedValue(amount, 200)
  const valid = moneyRule(currency).safeParse(settled).success
  const { data, previousData, error, networkStatus, refetch } = useQuery(AllocationPreviewDocument, {
    variables: { customerId, amount: settled },
    skip: !valid,
    fetchPolicy: 'network-only',
  })
  const preview = valid ? (data ?? previousData)?.allocationPreview : undefined
  const old = settled !== amount || networkStatus === NetworkStatus.setVariables || networkStatus === NetworkStatus.loading

  return (
    <section className={classes.box} aria-labelledby="allocation-preview" aria-busy={old}>
      <h3 id="allocation-preview" className={classes.title}>
        {pending ? 'Once completed, this would cover' : 'This will cover'}
      </h3>
      {!valid ? (
        <Text size="sm" c="dimmed">
          Enter an amount to see which dues it covers.
        </Text>
      ) : error !== undefined && preview === undefined ? (
        <Text size="sm" role="alert">
          {problemOf(error).message}{' '}
          <Button size="compact-sm" variant="subtle" onClick={() => void refetch().catch(() => {})}>
            Try again
          </Button>
        </Text>
      ) : preview === undefined ? (
        <Late label="Working out what it covers">
          <Skeleton height={44} mb={8} />
          <Skeleton height={44} />
        </Late>
      ) : (
        <div className={classes.result} data-old={old || undefined} aria-live="polite">
          {preview.lines.length === 0 ? (
            <Text size="sm" c="dimmed">
              No open due. All of it is kept as credit.
            </Text>
          ) : (
            <ul className={classes.lines}>
              {preview.lines.map(({ due, amount: part }) => {
                const rest = remainder(due.outstanding, part, currency)
                return (
                  <li key={due.id} className={classes.line}>
                    <span className={classes.what}>
                      <span className={classes.reference}>{due.reference}</span>
                      <span className={classes.when}>
                        due <Day day={due.dueDate} beside="due" />
                      </span>
                    </span>
                    <span className={classes.part}>
                      <Money amount={part} currency={currency} />
                      <span className={classes.when}>
                        {rest === undefined ? (
                          'paid in full'
                        ) : (
                          <>
                            <Money amount={rest} currency={currency} /> stays open
                          </>
                        )}
                      </span>
                    </span>
                  </li>
                )
              })}
            </ul>
          )}
          <div className={classes.credit} data-some={/[1-9]/.test(preview.credit) || undefined}>
            <span>Left as credit</span>
            <Money amount={preview.credit} currency={currency} quiet />
          </div>
        </div>
      )}
    </section>
  )
}

/** What stays open of a due, as a decimal string; undefined when nothing does. */
function remainder(outstanding: string, part: string, currency: string): string | undefined {
  const left = parseMoney(outstanding, currency, 'zero') - parseMoney(part, currency, 'zero')
  return left > 0n ? formatMoney(left, currency) : undefined
}
