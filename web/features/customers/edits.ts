import type { CustomerValuesFragment, UpdateCustomerInput } from '../../gql.ts'
import { type ContactDraft, contactsOf } from './contacts.ts'

/** What the edit form holds: text as it stands in the fields. */
export interface Edits {
  readonly name: string
  readonly number: string
  readonly contacts: readonly ContactDraft[]
  readonly note: string
  readonly currency: string
  readonly due: { readonly outstanding: string; readonly dueDate: string }
}

export const editWords = {
  name: 'Name',
  number: 'Number',
  contacts: 'Contacts',
  note: 'Note',
  currency: 'Currency',
  due: 'Outstanding and due date',
} as const satisfies Record<keyof Edits, string>
const fields = Object.keys(editWords) as (keyof Edits)[]

/** With several open dues the sum is no field: which of them would change could only be guessed. */
export function openDues({ dues }: CustomerValuesFragment): { readonly outstanding: string; readonly dueDate: string }[] {
  return dues.nodes.filter(({ outstanding }) => /[1-9]/.test(outstanding))
}

export function editsOf(customer: CustomerValuesFragment): Edits {
  const open = openDues(customer)
  const [only] = open
  return {
    name: customer.name,
    number: customer.number,
    contacts: customer.contacts.map(({ kind, value }) => ({ kind, value })),
    note: customer.note ?? '',
    currency: customer.currency,
    due:
      only !== undefined && open.length === 1 ? { outstanding: only.outstanding, dueDate: only.dueDate } : { outstanding: '', dueDate: '' },
  }
}

/** The edits as the server takes them. A due that was left alone isn't sent: a payment may have changed it since the form was opened. */
export function inputOf(mine: Edits, base: Edits): UpdateCustomerInput {
  const was = base.due.outstanding === '' ? null : base.due.outstanding
  const due = same(mine, base, 'due') ? null : { ...mine.due, was }
  return {
    name: mine.name.trim(),
    number: mine.number.trim(),
    contacts: contactsOf(mine.contacts),
    note: mine.note.trim() === '' ? null : mine.note.trim(),
    currency: mine.currency.trim(),
    due,
  }
}

/**
 * Two people edited from the same `base`. What only one of them changed is kept; where both did, `mine` stays in the form and the
 * field is a clash for a person to decide. `taken` are the fields that only the other one changed.
 */
export function mergeEdits(base: Edits, mine: Edits, theirs: Edits): { merged: Edits; clashes: (keyof Edits)[]; taken: (keyof Edits)[] } {
  const clashes: (keyof Edits)[] = []
  const taken: (keyof Edits)[] = []
  let merged: Edits = mine
  for (const field of fields) {
    if (same(base, theirs, field) || same(mine, theirs, field)) continue
    if (same(base, mine, field)) {
      merged = { ...merged, [field]: theirs[field] }
      taken.push(field)
    } else clashes.push(field)
  }
  return { merged, clashes, taken }
}

/** The field's value in a line of text, to show two of them side by side. */
export function editText(edits: Edits, field: keyof Edits): string {
  switch (field) {
    case 'contacts':
      return contactsOf(edits.contacts)
        .map(({ value }) => value.replaceAll('\n', ', '))
        .join(' · ')
    case 'due':
      return [edits.due.outstanding, edits.due.dueDate].filter((text) => text !== '').join(', due ')
    default:
      return edits[field]
  }
}

function same(one: Edits, other: Edits, field: keyof Edits): boolean {
  return editText(one, field).trim() === editText(other, field).trim()
}
