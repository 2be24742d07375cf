import { argon2id, hash, verify } from 'argon2'
import { DomainError } from '../errors.ts'

// OWASP's parameters for argon2id; one hash takes 19 MiB and some 30 ms of a core.
const parameters = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

// A hash with the same parameters that no password has, so that an unknown e-mail address costs what a known one does.
const nobodysHash = `$argon2id$v=19$m=${parameters.memoryCost},t=${parameters.timeCost},p=${parameters.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`

// Hashing runs in libuv's four threads: two are left for everything else, and the memory has a bound.
const atOnce = 2
const longestQueue = 64

let running = 0
const queue: (() => void)[] = []

/** Waits for a turn. @throws DomainError TOO_MANY when the queue is full. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running < atOnce) running++
  else if (queue.length < longestQueue) await new Promise<void>((resolve) => queue.push(resolve))
  else throw new DomainError('TOO_MANY', 'Too many people are signing in at this moment; try again in a few seconds')
  try {
    return await work()
  } finally {
    // The turn is handed on, so `running` changes only when nobody waits.
    const next = queue.shift()
    if (next === undefined) running--
    else next()
  }
}

// Keyboards write the same letter in different ways (é in one or in two code points); people must not be told apart by it.
const sameLetters = (password: string): string => password.normalize('NFKC')

/** The text to store; it carries its parameters and salt. @throws DomainError TOO_MANY when too many wait. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(sameLetters(password), parameters))
}

/** Whether the password is the one of the hash; never for `undefined`, which takes as long. @throws DomainError TOO_MANY when too many wait. */
export async function isPassword(stored: string | undefined, password: string): Promise<boolean> {
  const same = await inTurn(() => verify(stored ?? nobodysHash, sameLetters(password)))
  return same && stored !== undefined
}
