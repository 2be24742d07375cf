import { type FieldReadFunction, InMemoryCache } from '@apollo/client'

/** Entities are kept by id; what has none (a page, a count, the company) belongs to whoever asked for it. */
export function makeCache(): InMemoryCache {
  return new InMemoryCache({
    typePolicies: {
      // There is one company, one signed-in person and one registration state: fields asked for apart belong together.
      Company: { keyFields: [] },
      Registration: { keyFields: [] },
      // What has no id of its own is replaced as a whole.
      Customer: { fields: { contacts: { merge: false } } },
      Payment: { fields: { allocations: { merge: false } } },
      // `first` and `after` are part of the key on purpose: a page of a list is what the address says, never a growing heap.
      Query: {
        fields: {
          customer: known('Customer'),
          payment: known('Payment'),
          import: known('Import'),
        },
      },
    },
  })
}

/** What a list has brought already is shown at once when it is asked for by id; null, “there is no such thing”, is an answer too. */
function known(typename: string): FieldReadFunction {
  return (existing, { args, toReference }) =>
    existing === undefined ? toReference({ __typename: typename, id: String(args?.['id']) }) : existing
}
