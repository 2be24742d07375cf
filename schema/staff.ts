import { z } from 'zod'
import { line } from './text.ts'

export const roles = ['ADMIN', 'AGENT', 'VIEWER'] as const
export type Role = (typeof roles)[number]

export const passwordHint = 'At least 12 characters; a sentence is fine.'
const common = ['password', 'passwort', 'qwertyuiop', '123456789', 'iloveyou', 'letmein', 'collection']

/** How hard to guess, 0 to 4: by length and by how many different characters there are. Shown while typing. */
export function passwordStrength(password: string): number {
  const length = [...password].length
  const distinct = new Set(password).size
  const weak = common.some((word) => password.toLowerCase().includes(word)) || distinct < 5
  return Math.max(0, Math.min(4, Math.floor(length / 4) - 2 + (distinct > 10 ? 1 : 0) - (weak ? 2 : 0)))
}

const email = z
  .string()
  .trim()
  .max(254, 'An e-mail address has at most 254 characters')
  .pipe(z.email({ pattern: z.regexes.unicodeEmail, error: 'This is not an e-mail address' }))
  .transform((text) => text.toLowerCase())

export const registerInput = z.object({
  name: line('Your name', 120),
  email,
  password: z
    .string()
    .min(12, 'The password needs at least 12 characters')
    .max(200, 'The password can have at most 200 characters')
    .refine((password) => new Set(password).size >= 5, 'This password is too easy to guess: use more different characters'),
  code: z.string().trim().max(100).nullish(),
})
export type RegisterInput = z.infer<typeof registerInput>

export const signInInput = z.object({
  email,
  password: z.string().min(1, 'The password is missing').max(200, 'The password can have at most 200 characters'),
})
export type SignInInput = z.infer<typeof signInInput>
