'use client'
import { useFragment } from '@apollo/client/react'
import type { FragmentType } from '@apollo/client/masking'
import { ActionIcon, Tooltip } from '@mantine/core'
import {
  IconArrowBackUp,
  IconCheck,
  IconClockExclamation,
  IconCoins,
  IconFileImport,
  IconUserCheck,
  IconUserPlus,
  IconX,
} from '@tabler/icons-react'
import Link from 'next/link'
import { NotificationLineFragmentDoc, type NotificationLineFragment, type NotificationType } from '../../gql.ts'
import { Instant } from '../../ui/instant.tsx'
import { Money } from '../../ui/money.tsx'
import classes from './notifications.module.css'
import { placeOf, subjectOf, typeWords } from './notification-words.ts'

const icons: Readonly<Record<NotificationType, typeof IconCheck>> = {
  PAYMENT_RECEIVED: IconCoins,
  PAYMENT_FAILED: IconX,
  PAYMENT_REVERSED: IconArrowBackUp,
  PAYMENT_OVERDUE: IconClockExclamation,
  CUSTOMER_ADDED: IconUserPlus,
  IMPORT_FINISHED: IconFileImport,
  ACCOUNT_WAITS: IconUserCheck,
}

interface Props {
  from: FragmentType<NotificationLineFragment>
  onRead: (id: string) => void
  /** Called when the reader follows it, for a popover that then closes. */
  onOpen?: () => void
}

/** One notification: what happened, to whom, how much, by whom and when. Following it marks it as read. */
export function NotificationLine({ from, onRead, onOpen }: Props) {
  const { data: line, complete } = useFragment({ fragment: NotificationLineFragmentDoc, fragmentName: 'NotificationLine', from })
  if (!complete) return null
  const { title, tone } = typeWords[line.type]
  const Icon = icons[line.type]
  const place = placeOf(line)
  const follow = (): void => {
    if (!line.read) onRead(line.id)
    onOpen?.()
  }
  const body = (
    <>
      <span className={classes.icon} data-tone={tone} aria-hidden>
        <Icon size={17} stroke={1.8} />
      </span>
      <span className={classes.what}>
        <span className={classes.title}>
          {title}
          {!line.read && <span className={classes.hidden}>, unread</span>}
        </span>
        <span className={classes.subject}>{subjectOf(line)}</span>
        <span className={classes.meta}>
          {line.author !== line.subject && `${line.author} · `}
          <Instant at={line.at} />
        </span>
      </span>
      {line.amount !== null && line.currency !== null && (
        <span className={classes.amount}>
          <Money amount={line.amount} currency={line.currency} />
        </span>
      )}
    </>
  )
  return (
    <li className={classes.line} data-unread={!line.read || undefined}>
      {place === undefined ? (
        <div className={classes.body}>{body}</div>
      ) : (
        <Link href={place} className={classes.body} onClick={follow}>
          {body}
        </Link>
      )}
      <span className={classes.mark}>
        {!line.read && (
          <Tooltip label="Mark as read">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Mark as read: ${title}, ${subjectOf(line)}`}
              onClick={() => onRead(line.id)}
            >
              <span className={classes.dot} />
            </ActionIcon>
          </Tooltip>
        )}
      </span>
    </li>
  )
}
