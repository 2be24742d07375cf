/**
 * The closed list of expected failures: what each door (GraphQL, REST, a form) may answer besides success.
 * `title` is the public text; a thrown problem may add a sentence of its own about the case at hand.
 */
export const problems = {
  INVALID: { status: 400, title: 'Some fields are not valid' },
  UNAUTHENTICATED: { status: 401, title: 'Please sign in' },
  FORBIDDEN: { status: 403, title: 'Your role does not allow this' },
  WAITING: { status: 403, title: 'An administrator has to let you in first' },
  NOT_FOUND: { status: 404, title: 'There is no such thing, or it is gone' },
  STALE: { status: 409, title: 'Somebody else changed this meanwhile' },
  TAKEN: { status: 409, title: 'This is in use already' },
  NOT_ALLOWED_NOW: { status: 409, title: 'That is not possible in the present state' },
  ARCHIVED: { status: 409, title: 'The customer is archived' },
  LOG_PRUNED: { status: 410, title: 'That number is older than the event log; load the page again' },
  TOO_LARGE: { status: 413, title: 'That is too large' },
  FILE_REFUSED: { status: 422, title: 'This file cannot be imported' },
  TOO_MANY: { status: 429, title: 'Too many attempts; wait a little' },
  BUSY: { status: 503, title: 'The database is busy; try again' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

/** A fault of one input field; `path` uses dots, as in `due.amount`. */
export interface FieldFault {
  readonly path: string
  readonly message: string
}
