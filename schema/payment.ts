import { z } from 'zod'
import { amountText } from './amount.ts'
import { day, line } from './text.ts'

export const paymentStates = ['PENDING', 'COMPLETED', 'FAILED', 'REVERSED'] as const
export type PaymentState = (typeof paymentStates)[number]

/** What each verb turns a payment into, and from which state. Server, screens and REST read this one table. */
export const paymentVerbs = {
  complete: { from: 'PENDING', to: 'COMPLETED', label: 'Mark completed' },
  fail: { from: 'PENDING', to: 'FAILED', label: 'Mark failed' },
  reopen: { from: 'COMPLETED', to: 'PENDING', label: 'Back to pending' },
  reverse: { from: 'COMPLETED', to: 'REVERSED', label: 'Reverse' },
} as const satisfies Record<string, { from: PaymentState; to: PaymentState; label: string }>
export type PaymentVerb = keyof typeof paymentVerbs

/** Whether the verb may be used on a payment in that state. */
export const paymentCan = (verb: PaymentVerb, state: PaymentState): boolean => paymentVerbs[verb].from === state

/** The verbs that a payment in that state allows, for a message that names them. */
export const verbsFrom = (state: PaymentState): PaymentVerb[] =>
  (Object.keys(paymentVerbs) as PaymentVerb[]).filter((verb) => paymentCan(verb, state))

export const paymentMethods = ['BANK_TRANSFER', 'CARD', 'CASH', 'CHEQUE', 'DIRECT_DEBIT', 'OTHER', 'IMPORTED'] as const
export type PaymentMethod = (typeof paymentMethods)[number]
export const paymentSources = ['STAFF', 'PARTNER', 'IMPORT'] as const
export type PaymentSource = (typeof paymentSources)[number]

export const recordPaymentInput = z.object({
  key: z.uuid('The key must be a UUID'),
  customerId: z.uuid('This is not a customer'),
  amount: amountText('The amount'),
  method: z.enum(paymentMethods).exclude(['IMPORTED'], 'Choose how the money came'),
  reference: line('The reference', 100).nullish(),
  receivedOn: day('The day of receipt'),
  state: z.enum(paymentStates).extract(['PENDING', 'COMPLETED'], 'A new payment is pending or completed').default('COMPLETED'),
})
export type RecordPaymentInput = z.infer<typeof recordPaymentInput>
