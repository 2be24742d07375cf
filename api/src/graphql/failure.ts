import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { problems } from 'schema/problem'
import { DomainError } from '../errors.ts'
import { expected, internalText } from '../http/problem.ts'
import type { Log } from '../log.ts'

/** Where a failure is logged, and under which id somebody may ask about it. */
export interface FailureContext {
  readonly log: Log
  readonly requestId: string
}

/** A failure as the caller may see it. What is no expected failure and no fault of the document is logged, and nothing of it told. */
export function publicError(error: GraphQLError, { log, requestId }: FailureContext): GraphQLFormattedError {
  const place = { ...(error.locations && { locations: error.locations }), ...(error.path && { path: error.path }) }
  const failure = refusal(error)
  if (failure !== undefined) {
    const { code, message, fields, facts } = failure
    return { message, ...place, extensions: { code, ...(fields.length > 0 && { fields }), ...(facts && { facts }) } }
  }
  if (isOfDocument(error)) {
    const { code, limit, http: _http, stacktrace: _stacktrace, ...rest } = error.extensions
    return {
      message: error.message.slice(0, 500),
      ...place,
      extensions: limit === undefined ? { code: code ?? 'BAD_USER_INPUT', ...rest } : { code: 'TOO_LARGE', limit },
    }
  }
  log.error({ err: error.originalError ?? error, requestId, path: error.path?.join('.') }, 'a GraphQL operation failed')
  return { message: internalText(requestId), ...place, extensions: { code: 'INTERNAL', reference: requestId } }
}

/** The expected failure behind an error: a use-case's, one of the upload, or a variable that its scalar refuses. */
function refusal(error: GraphQLError): DomainError | undefined {
  const known = expected(error.originalError)
  if (known !== undefined) return known
  const { originalError } = error
  if (originalError !== undefined && 'status' in originalError && 'expose' in originalError) {
    return originalError.status === 413
      ? new DomainError('TOO_LARGE', fileTooLarge)
      : new DomainError('FILE_REFUSED', 'The file did not arrive whole; upload it again')
  }
  if (error.extensions['code'] !== 'INVALID') return undefined
  const [, path = '', message = ''] = /^Variable "\$\w+" got invalid value .*?(?: at "\w+\.([^"]+)")?; ([^;]+)$/s.exec(error.message) ?? []
  return new DomainError(
    'INVALID',
    path === '' && message !== '' ? message : problems.INVALID.title,
    path === '' ? [] : [{ path, message }],
  )
}

export const fileTooLarge = 'The file is larger than 20 MB; split it in two'

const ofDocument = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
])

/** Whether the document or its variables are at fault: such an error comes from the parser, the validator or the coercion of values. */
function isOfDocument(error: GraphQLError): boolean {
  const { originalError } = error
  if (originalError === undefined || ofDocument.has(String(error.extensions['code']))) return true
  // A value that cannot be written out is a GraphQLError as well, but names no place in the document.
  return originalError instanceof GraphQLError && originalError.nodes !== undefined
}
