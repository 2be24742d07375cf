import classes from './status.module.css'

/** What a status means for the reader, which decides its colour: needs action, waits, is fine, or is over and quiet. */
export type Tone = 'bad' | 'wait' | 'good' | 'quiet' | 'info'

/** A status: always a word, and a colour that only repeats it. */
export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      {children}
    </span>
  )
}

const customerStatus = { OVERDUE: ['bad', 'Overdue'], PENDING: ['wait', 'Pending'], PAID: ['good', 'Paid'] } as const
const dueStatus = {
  OPEN: ['wait', 'Open'],
  OVERDUE: ['bad', 'Overdue'],
  PAID: ['good', 'Paid'],
  CANCELLED: ['quiet', 'Cancelled'],
} as const
const paymentState = {
  PENDING: ['wait', 'Pending'],
  COMPLETED: ['good', 'Completed'],
  FAILED: ['bad', 'Failed'],
  REVERSED: ['quiet', 'Reversed'],
} as const

/** A customer's payment status; “Nothing due” where there never was a due, “Archived” where the customer is put away. */
export function CustomerStatus({
  status,
  hasDues = true,
  archived = false,
}: {
  status: keyof typeof customerStatus
  hasDues?: boolean
  archived?: boolean
}) {
  if (archived) return <Badge tone="quiet">Archived</Badge>
  if (!hasDues) return <Badge tone="quiet">Nothing due</Badge>
  const [tone, word] = customerStatus[status]
  return <Badge tone={tone}>{word}</Badge>
}

export function DueStatus({ status }: { status: keyof typeof dueStatus }) {
  const [tone, word] = dueStatus[status]
  return <Badge tone={tone}>{word}</Badge>
}

export function PaymentState({ state }: { state: keyof typeof paymentState }) {
  const [tone, word] = paymentState[state]
  return <Badge tone={tone}>{word}</Badge>
}
