import type { ValidatorFn } from 'type-graphql'
import type { z } from 'zod'
import { DomainError } from '../errors.ts'

const rules = new WeakMap<object, z.ZodType>()

/** Binds an input class to the rule that forms and REST use as well. */
export const Rule =
  (rule: z.ZodType): ClassDecorator =>
  (target) => {
    rules.set(target, rule)
  }

/** Checks an input object by its class's rule, and puts the rule's output (trimmed, lower case, with defaults) in its place. */
export const validate: ValidatorFn = (value: unknown) => {
  if (!(value instanceof Object)) return
  const rule = rules.get(value.constructor)
  if (rule !== undefined) Object.assign(value, checked(rule, value))
}

/**
 * The rule's output for a value; `path` names an argument that is not an object.
 * @throws DomainError INVALID with every fault.
 */
export function checked<T>(rule: z.ZodType<T>, value: unknown, path?: string): T {
  const result = rule.safeParse(value)
  if (result.success) return result.data
  const fields = result.error.issues.map((issue) => ({
    path: [...(path === undefined ? [] : [path]), ...issue.path].join('.'),
    message: issue.message,
  }))
  throw new DomainError('INVALID', undefined, fields)
}
