'use client'
import { Anchor, Button, CloseButton, Text, Title } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconCheck } from '@tabler/icons-react'
import Link from 'next/link'
import type { Operation } from 'schema/permissions'
import { useSession } from '../../apollo/session.ts'
import classes from './dashboard.module.css'

interface Props {
  readonly customers: boolean
  readonly payment: boolean
  readonly team: boolean
}

interface Step {
  readonly done: boolean
  readonly title: string
  readonly about: string
  readonly href: string
  readonly verb: string
  readonly needs: Operation
}

/** What a new company does first; gone when all is done, or when somebody has put it away on this device. */
export function FirstSteps({ customers, payment, team }: Props) {
  const { may, company } = useSession()
  const [hidden, hide] = useLocalStorage({ key: 'collection.first-steps', defaultValue: 'shown', getInitialValueInEffect: false })
  const all: readonly Step[] = [
    {
      done: customers,
      title: 'Bring in your customers',
      about: 'Import the Excel file you have, or add the first one by hand.',
      href: '/import',
      verb: 'Import a file',
      needs: 'uploadImport',
    },
    {
      done: payment,
      title: 'Record a payment',
      about: 'Open a customer and take what they paid: the oldest due is covered first.',
      href: '/customers',
      verb: 'Open customers',
      needs: 'recordPayment',
    },
    {
      done: team,
      title: 'Let a colleague in',
      about: 'They register at this address; you decide what they may do.',
      href: '/settings/team',
      verb: 'Open the team',
      needs: 'approveStaff',
    },
  ]
  const steps = all.filter(({ needs }) => may(needs))
  const done = steps.filter((step) => step.done).length
  if (hidden !== 'shown' || done === steps.length) return null
  return (
    <section className={classes.first} aria-labelledby="first-steps">
      <div className={classes.firstHead}>
        <div>
          <Title order={2} size="h4" id="first-steps">
            Set up {company.name}
          </Title>
          <Text size="sm" c="dimmed">
            {done} of {steps.length} done
          </Text>
        </div>
        <CloseButton aria-label="Put the list away" onClick={() => hide('hidden')} />
      </div>
      <ol className={classes.steps}>
        {steps.map((step, index) => (
          <li key={step.title} className={classes.step} data-done={step.done || undefined}>
            <span className={classes.stepMark} aria-hidden>
              {step.done ? <IconCheck size={14} stroke={3} /> : index + 1}
            </span>
            <div>
              <Text size="sm" fw={600}>
                {step.title}
                {step.done && <span className={classes.hidden}>, done</span>}
              </Text>
              <Text size="sm" c="dimmed">
                {step.about}
              </Text>
              {!step.done && (
                <div className={classes.stepDo}>
                  <Button
                    component={Link}
                    href={step.href}
                    size="compact-sm"
                    variant={index === steps.findIndex((one) => !one.done) ? 'filled' : 'default'}
                  >
                    {step.verb}
                  </Button>
                  {step.needs === 'uploadImport' && (
                    <Anchor component={Link} href="/customers" size="sm">
                      Add one by hand
                    </Anchor>
                  )}
                </div>
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}
