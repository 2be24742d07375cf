'use client'
import type { FragmentType } from '@apollo/client/masking'
import { useFragment, useMutation } from '@apollo/client/react'
import { ActionIcon, Alert, Button, CopyButton, Group, Menu, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import {
  IconArchive,
  IconAt,
  IconCheck,
  IconChevronLeft,
  IconCopy,
  IconDots,
  IconMail,
  IconMapPin,
  IconPencil,
  IconPhone,
  IconPhoneCall,
  IconRestore,
} from '@tabler/icons-react'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { type ReactNode, useState } from 'react'
import { type Problem, problemOf } from '../../apollo/problem.ts'
import { useSession } from '../../apollo/session.ts'
import { CustomerHeadFragmentDoc, type CustomerHeadFragment, RestoreCustomerDocument } from '../../gql.ts'
import { Day } from '../../ui/day.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Money } from '../../ui/money.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { CustomerStatus } from '../../ui/status.tsx'
import { contactWords } from './contacts.ts'
import classes from './customer-head.module.css'

const EditCustomer = dynamic(() => import('./edit-customer.tsx').then((file) => file.EditCustomer), { ssr: false })
const ArchiveCustomer = dynamic(() => import('./archive-customer.tsx').then((file) => file.ArchiveCustomer), { ssr: false })

/** Who this is, how to reach them, what they owe; with the verbs that concern the customer as a whole. `main` is the page's main action. */
export function CustomerHead({
  customer,
  main,
  onChanged,
}: {
  customer: FragmentType<CustomerHeadFragment>
  main: ReactNode
  onChanged: () => void
}) {
  const { may } = useSession()
  const { data, complete } = useFragment({ fragment: CustomerHeadFragmentDoc, from: customer })
  const [editing, setEditing] = useState(false)
  const [archiving, setArchiving] = useState(false)
  if (!complete) return null
  const archived = data.archivedAt !== null
  const owes = /[1-9]/.test(data.outstanding)
  const hasCredit = /[1-9]/.test(data.credit)

  return (
    <>
      <Link href="/customers" className={classes.back ?? ''}>
        <IconChevronLeft size={14} aria-hidden /> Customers
      </Link>
      <PageHead
        title={data.name}
        beside={<CustomerStatus status={data.status} hasDues={data.hasDues} archived={archived} />}
        actions={
          <>
            {may('updateCustomer') && (
              <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setEditing(true)}>
                Edit
              </Button>
            )}
            {main}
            {may('archiveCustomer') && !archived && (
              <Menu position="bottom-end">
                <Menu.Target>
                  <ActionIcon variant="default" size={36} aria-label="More actions">
                    <IconDots size={18} aria-hidden />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item leftSection={<IconArchive size={16} aria-hidden />} onClick={() => setArchiving(true)}>
                    Archive…
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            )}
          </>
        }
      >
        <span className={classes.number}>{data.number}</span> · {data.currency}
      </PageHead>

      {data.archivedAt !== null && <Archived id={data.id} at={data.archivedAt} reason={data.archiveReason} onChanged={onChanged} />}

      <dl className={classes.figures}>
        <div className={classes.figure}>
          <dt>Outstanding</dt>
          <dd className={classes.main}>
            <Money amount={data.outstanding} currency={data.currency} quiet />
          </dd>
        </div>
        <div className={classes.figure}>
          <dt>{data.daysPastDue > 0 ? 'Oldest overdue' : 'Next due'}</dt>
          <dd>
            {data.nextDueDate === null ? (
              <span className={classes.none}>{owes ? '' : 'Nothing open'}</span>
            ) : (
              <Day day={data.nextDueDate} beside="due" stacked />
            )}
          </dd>
        </div>
        <div className={classes.figure}>
          <dt>Credit</dt>
          <dd>{hasCredit ? <Money amount={data.credit} currency={data.currency} /> : <span className={classes.none}>None</span>}</dd>
        </div>
        <div className={classes.figure}>
          <dt>Last payment</dt>
          <dd>
            {data.lastPaymentOn === null ? (
              <span className={classes.none}>None yet</span>
            ) : (
              <Day day={data.lastPaymentOn} beside="relative" stacked />
            )}
          </dd>
        </div>
      </dl>

      {(data.contacts.length > 0 || data.note !== null) && (
        <div className={classes.about}>
          {data.contacts.length > 0 && (
            <ul className={classes.contacts} aria-label="Contacts">
              {data.contacts.map((contact, place) => (
                <Contact key={`${place} ${contact.value}`} {...contact} />
              ))}
            </ul>
          )}
          {data.note !== null && (
            <section aria-label="Note" className={classes.note}>
              {data.note}
            </section>
          )}
        </div>
      )}

      <Dialog opened={editing} onClose={() => setEditing(false)} title={`Edit ${data.name}`} size="lg">
        <EditCustomer id={data.id} onSaved={onChanged} />
      </Dialog>
      <Dialog opened={archiving} onClose={() => setArchiving(false)} title={`Archive ${data.name}?`}>
        <ArchiveCustomer id={data.id} name={data.name} outstanding={data.outstanding} currency={data.currency} onChanged={onChanged} />
      </Dialog>
    </>
  )
}

function Archived({ id, at, reason, onChanged }: { id: string; at: string; reason: string | null; onChanged: () => void }) {
  const { may } = useSession()
  const [restore, { loading }] = useMutation(RestoreCustomerDocument)
  const [problem, setProblem] = useState<Problem>()
  const bring = async (): Promise<void> => {
    setProblem(undefined)
    try {
      const { data } = await restore({ variables: { id } })
      if (!data) return
      onChanged()
      notifications.show({ message: 'The customer is restored.' })
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <>
      <Alert color="gray" icon={<IconArchive size={18} aria-hidden />} className={classes.archived ?? ''}>
        <Group justify="space-between" gap="sm">
          <Text size="sm">
            Archived <Instant at={at} />
            {reason !== null && `: ${reason}`}. It takes no new dues or payments.
          </Text>
          {may('restoreCustomer') && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconRestore size={14} aria-hidden />}
              loading={loading}
              onClick={() => void bring()}
            >
              Restore
            </Button>
          )}
        </Group>
      </Alert>
      {problem !== undefined && (
        <div className={classes.archived}>
          <ProblemAlert title="The customer was not restored" problem={problem} focused />
        </div>
      )}
    </>
  )
}

const icons = { EMAIL: IconAt, PHONE: IconPhone, ADDRESS: IconMapPin } as const

function Contact({ kind, value }: CustomerHeadFragment['contacts'][number]) {
  const Icon = icons[kind]
  return (
    <li className={classes.contact}>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <UnstyledButton
            className={classes.copy ?? ''}
            onClick={copy}
            aria-label={`${copied ? 'Copied' : 'Copy'} ${contactWords[kind].toLowerCase()} ${value}`}
          >
            {copied ? (
              <IconCheck size={15} aria-hidden className={classes.copied} />
            ) : (
              <>
                <Icon size={15} stroke={1.75} aria-hidden className={classes.kind} />
                <IconCopy size={15} stroke={1.75} aria-hidden className={classes.hint} />
              </>
            )}
            <span className={classes.value}>{value}</span>
          </UnstyledButton>
        )}
      </CopyButton>
      {kind === 'EMAIL' && (
        <Tooltip label="Write an e-mail">
          <ActionIcon
            component="a"
            href={`mailto:${encodeURIComponent(value).replaceAll('%40', '@')}`}
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`Write to ${value}`}
          >
            <IconMail size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
      {kind === 'PHONE' && (
        <Tooltip label="Call">
          <ActionIcon
            component="a"
            href={`tel:${value.replaceAll(/[^\d+]/g, '')}`}
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`Call ${value}`}
          >
            <IconPhoneCall size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  )
}
