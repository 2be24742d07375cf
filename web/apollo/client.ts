import { ApolloClient, ApolloLink } from '@apollo/client'
import { CombinedGraphQLErrors } from '@apollo/client/errors'
import { ErrorLink } from '@apollo/client/link/error'
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs'
import { from, switchMap, throwError } from 'rxjs'
import { makeCache } from './cache.ts'
import { preflight, signedInAgain } from './renewal.ts'

/** Context of an operation that signs somebody in: its UNAUTHENTICATED is the answer, not a reason to renew. */
export const entering = { entering: true } as const

/** The client of one tab. Live updates have their own connection (stream.ts); everything else goes through here. */
export function makeClient(): ApolloClient {
  const http = new UploadHttpLink({ uri: '/graphql', headers: preflight, credentials: 'same-origin' })

  // The access cookie is short-lived by design: an operation that finds it expired is repeated once, after a renewal.
  const renewing = new ErrorLink(({ error, operation, forward }) => {
    const expired = CombinedGraphQLErrors.is(error) && error.errors.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED')
    if (!expired || operation.getContext()['entering'] === true) return undefined
    return from(signedInAgain()).pipe(switchMap((again) => (again ? forward(operation) : throwError(() => error))))
  })

  return new ApolloClient({
    link: ApolloLink.from([renewing, http]),
    cache: makeCache(),
    dataMasking: true,
    // No data is drawn on the server: the first query is the browser's.
    ssrMode: typeof window === 'undefined',
  })
}
