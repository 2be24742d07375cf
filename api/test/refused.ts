import { expect } from 'vitest'

/** What no answer may ever contain: a stack, a path of this machine, a statement, a driver's name. */
export function expectNothingInside(text: string): void {
  expect(text).not.toMatch(/\bat .+:\d+:\d+|node_modules|\/src\/|\.ts:|select .+ from|insert into|sqlMessage|mysql2|drizzle|stacktrace/i)
  expect(text).not.toMatch(/\bER_[A-Z_]+/)
}
