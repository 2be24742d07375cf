import { z } from 'zod'
import { amountText } from './amount.ts'
import { day, line } from './text.ts'

export const dueReference = line('The reference', 60)

/** The amount's decimals are checked against the customer's currency where that is known: in the form and in the use-case. */
export const dueInput = z.object({
  amount: amountText('The amount'),
  dueDate: day('The due date'),
  issuedOn: day('The date of issue').nullish(),
  reference: dueReference.nullish(),
})
export type DueInput = z.infer<typeof dueInput>

export const openDueInput = z.object({
  outstanding: amountText('The outstanding amount'),
  dueDate: day('The due date'),
  /** What was outstanding when it was looked at; nothing, when no due was open. Another amount by now refuses the change. */
  was: amountText('The amount that was outstanding').nullish(),
})
export type OpenDueInput = z.infer<typeof openDueInput>

export const dueStatuses = ['OPEN', 'OVERDUE', 'PAID', 'CANCELLED'] as const
export type DueStatus = (typeof dueStatuses)[number]
