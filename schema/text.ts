import { z } from 'zod'
import { isDay } from './day.ts'

// Tabs and line breaks are text in a note; every other control character, and the marks that reorder a line, are not.
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\u202A-\u202E\u2066-\u2069]/
const lineBreak = /[\t\n\r]/

/** One line of text: trimmed, 1 to `max` characters (as people count them), without control characters. */
export const line = (what: string, max: number) =>
  z
    .string()
    .trim()
    .min(1, `${what} is missing`)
    .refine((text) => [...text].length <= max, `${what} can have at most ${max} characters`)
    .refine((text) => !control.test(text) && !lineBreak.test(text), `${what} has characters that cannot be shown`)

/** Text of several lines; blank becomes null. */
export const paragraph = (what: string, max: number) =>
  z
    .string()
    .trim()
    .refine((text) => [...text].length <= max, `${what} can have at most ${max} characters`)
    .refine((text) => !control.test(text), `${what} has characters that cannot be shown`)
    .transform((text) => (text === '' ? null : text))

/** A calendar day as YYYY-MM-DD; the 30th of February is refused. */
export const day = (what: string) => z.string().refine((text) => isDay(text), `${what} must be a date such as 2026-03-31`)
