import { InMemoryCache } from '@apollo/client'

/** Entities are kept by id; what has none (a page, a count, the company) belongs to whoever asked for it. */
export function makeCache(): InMemoryCache {
  return new InMemoryCache({
    typePolicies: {
      // There is one company, one signed-in person and one registration state: fields asked for apart belong together.
      Company: { keyFields: [] },
      Registration: { keyFields: [] },
      // `first` and `after` are part of the key on purpose: a page of a list is what the address says, never a growing heap.
      Query: {
        fields: {
          customer: (existing, { args, toReference }) => existing ?? toReference({ __typename: 'Customer', id: String(args?.['id']) }),
          payment: (existing, { args, toReference }) => existing ?? toReference({ __typename: 'Payment', id: String(args?.['id']) }),
          import: (existing, { args, toReference }) => existing ?? toReference({ __typename: 'Import', id: String(args?.['id']) }),
        },
      },
    },
  })
}
