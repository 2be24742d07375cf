import { problems, type FieldFault, type ProblemCode } from 'schema/problem'

/** An expected failure: each door renders it in its own form, and what it says is meant for the person at the door. */
export class DomainError extends Error {
  readonly code: ProblemCode
  readonly fields: readonly FieldFault[]
  /** Facts for a program, such as both versions of a stale edit. */
  readonly facts: Readonly<Record<string, unknown>> | undefined

  constructor(
    code: ProblemCode,
    message: string = problems[code].title,
    fields: readonly FieldFault[] = [],
    facts?: Record<string, unknown>,
  ) {
    super(message)
    this.code = code
    this.fields = fields
    this.facts = facts
  }
}

/** INVALID with one field named. */
export const invalid = (path: string, message: string): DomainError => new DomainError('INVALID', message, [{ path, message }])
