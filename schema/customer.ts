import { z } from 'zod'
import parsePhone from 'libphonenumber-js/min'
import { dueInput, openDueInput } from './due.ts'
import { currencyRule } from './amount.ts'
import { line, paragraph } from './text.ts'

export interface Contact {
  readonly kind: ContactKind
  readonly value: string
}
export const contactKinds = ['EMAIL', 'PHONE', 'ADDRESS'] as const
export type ContactKind = (typeof contactKinds)[number]

export const customerStatuses = ['OVERDUE', 'PENDING', 'PAID'] as const
export type CustomerStatus = (typeof customerStatuses)[number]

/** E-mail in lower case, phone in E.164 where its country can be told, an address of up to ten lines as typed. */
export const contactInput = z
  .object({
    kind: z.enum(contactKinds),
    value: z.string().trim().min(1, 'This contact is empty').max(500, 'A contact can have at most 500 characters'),
  })
  .transform((contact, context) => {
    const rule = contactRules[contact.kind].safeParse(contact.value)
    if (rule.success) return { kind: contact.kind, value: rule.data }
    context.addIssue({ code: 'custom', path: ['value'], message: rule.error.issues[0]?.message ?? 'This contact is not valid' })
    return z.NEVER
  })

const contactRules = {
  EMAIL: z
    .email({ pattern: z.regexes.unicodeEmail, error: 'This is not an e-mail address' })
    .max(254, 'An e-mail address has at most 254 characters')
    .transform((text) => text.toLowerCase()),
  PHONE: z
    .string()
    .max(40, 'A phone number has at most 40 characters')
    .regex(/^[+\d][\d\s().\-/x]{3,}$/i, 'This is not a phone number')
    .transform((text) => {
      const parsed = parsePhone(text)
      return parsed?.isValid() === true ? parsed.number.toString() : text
    }),
  ADDRESS: z.string().refine((text) => text.split('\n').length <= 10, 'An address has at most ten lines'),
} satisfies Record<ContactKind, z.ZodType<string>>

export const customerNumber = line('The number', 40).regex(/^[\p{L}\p{N}._/ -]+$/u, 'A number has letters, digits and . _ / - only')
export const customerName = line('The name', 200)
const contacts = z.array(contactInput).max(20, 'A customer can have at most 20 contacts')

export const createCustomerInput = z.object({
  name: customerName,
  number: customerNumber.nullish(),
  contacts: contacts.default([]),
  note: paragraph('The note', 2000).nullish(),
  currency: currencyRule.nullish(),
  due: dueInput.nullish(),
})
export type CreateCustomerInput = z.infer<typeof createCustomerInput>

export const updateCustomerInput = z.object({
  name: customerName,
  number: customerNumber,
  contacts,
  note: paragraph('The note', 2000).nullish(),
  currency: currencyRule,
  due: openDueInput.nullish(),
})
export type UpdateCustomerInput = z.infer<typeof updateCustomerInput>

export const archiveReason = line('The reason', 500).nullish()
