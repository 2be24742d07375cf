import { CombinedGraphQLErrors, ServerError, ServerParseError } from '@apollo/client/errors'
import { type FieldFault, type ProblemCode, problems } from 'schema/problem'

/** A failure as a screen shows it: a sentence, the fields at fault, and a reference that support can look up. */
export interface Problem {
  /** `INTERNAL` is a fault of ours, `UNREACHABLE` means that the server gave no answer at all. */
  readonly code: ProblemCode | 'INTERNAL' | 'UNREACHABLE'
  readonly message: string
  readonly fields: readonly FieldFault[]
  readonly reference: string | undefined
}

/** Whatever an operation threw, as a Problem. Never throws; a failure of our own making reads as INTERNAL. */
export function problemOf(error: unknown): Problem {
  if (CombinedGraphQLErrors.is(error)) {
    const [first] = error.errors
    const { code, fields, reference } = (first?.extensions ?? {}) as { code?: string; fields?: FieldFault[]; reference?: string }
    const known = code !== undefined && Object.hasOwn(problems, code)
    return {
      code: known ? (code as ProblemCode) : 'INTERNAL',
      message:
        known && first !== undefined
          ? first.message
          : 'Something went wrong on our side. Try again; if it happens once more, tell your administrator the reference.',
      fields: fields ?? [],
      // A fault of the server's names its reference in the text as well.
      reference: reference ?? /reference ([\w-]{8,64})$/.exec(first?.message ?? '')?.[1],
    }
  }
  if (ServerError.is(error) && error.statusCode === 413) return plain('TOO_LARGE', 'That is too large for the server.')
  if (ServerError.is(error) && error.statusCode === 429) return plain('TOO_MANY', 'Too many attempts; wait a little.')
  if (ServerError.is(error) || ServerParseError.is(error) || (error instanceof TypeError && /fetch|network|load/i.test(error.message))) {
    return plain('UNREACHABLE', 'The server does not answer at the moment. Check your connection, then try again.')
  }
  return plain('INTERNAL', 'Something went wrong in this page. Load it again; if it happens once more, tell your administrator.')
}

/** The field faults as Mantine's `form.setErrors` wants them: path → message. */
export function faultsByPath(problem: Problem): Record<string, string> {
  return Object.fromEntries(problem.fields.map(({ path, message }) => [path, message]))
}

function plain(code: Problem['code'], message: string): Problem {
  return { code, message, fields: [], reference: undefined }
}
