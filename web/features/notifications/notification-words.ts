import type { NotificationLineFragment, NotificationType } from '../../gql.ts'
import { count } from '../../ui/calendar.ts'
import type { Tone } from '../../ui/status.tsx'

export const typeWords: Readonly<Record<NotificationType, { title: string; tone: Tone }>> = {
  PAYMENT_RECEIVED: { title: 'Payment received', tone: 'good' },
  PAYMENT_FAILED: { title: 'Payment failed', tone: 'bad' },
  PAYMENT_REVERSED: { title: 'Payment reversed', tone: 'bad' },
  PAYMENT_OVERDUE: { title: 'Payment overdue', tone: 'wait' },
  CUSTOMER_ADDED: { title: 'Customer added', tone: 'info' },
  IMPORT_FINISHED: { title: 'Import finished', tone: 'info' },
  ACCOUNT_WAITS: { title: 'Waits to be let in', tone: 'wait' },
}

export const notificationTypes = Object.keys(typeWords) as NotificationType[]

/** The screen that shows what the notification is about; undefined for a digest that has no single thing. */
export function placeOf(line: Pick<NotificationLineFragment, 'type' | 'customerId' | 'importId'>): string | undefined {
  if (line.type === 'ACCOUNT_WAITS') return '/settings/team'
  if (line.importId !== null) return `/import/${line.importId}`
  if (line.customerId !== null) return `/customers/${line.customerId}`
  if (line.type === 'PAYMENT_OVERDUE') return '/customers?status=OVERDUE'
  return undefined
}

/** Whom it is about, with how many things it stands for where that says something: “24 customers”, “Ada, 3 dues”. */
export function subjectOf({
  type,
  subject,
  things,
  customerId,
}: Pick<NotificationLineFragment, 'type' | 'subject' | 'things' | 'customerId'>): string {
  if (type === 'IMPORT_FINISHED') return `${count(things, 'row')} from ${subject}`
  if (type !== 'PAYMENT_OVERDUE') return subject
  if (customerId === null) return count(things, 'customer')
  return things > 1 ? `${subject}, ${count(things, 'due')}` : subject
}
