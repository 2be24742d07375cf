import type { ContactKind } from 'schema/customer'

/** A contact in a form, perhaps still empty. */
export interface ContactDraft {
  readonly kind: ContactKind
  readonly value: string
}

export const contactWords = { EMAIL: 'E-mail', PHONE: 'Phone', ADDRESS: 'Address' } as const satisfies Record<ContactKind, string>

/** The contacts that are filled in: an empty field is no contact. */
export function contactsOf(drafts: readonly ContactDraft[]): ContactDraft[] {
  return drafts.filter(({ value }) => value.trim() !== '').map(({ kind, value }) => ({ kind, value: value.trim() }))
}

/** Faults name contacts by their place among the filled ones; the form counts the empty fields too. */
export function faultsOnDrafts<Message>(
  faults: Readonly<Record<string, Message>>,
  drafts: readonly ContactDraft[],
): Record<string, Message> {
  const places = drafts.flatMap(({ value }, place) => (value.trim() === '' ? [] : [place]))
  return Object.fromEntries(
    Object.entries(faults).map(([path, message]) => {
      const match = /^contacts\.(\d+)(?:\.\w+)?$/.exec(path)
      return [match === null ? path : `contacts.${places[Number(match[1])] ?? 0}.value`, message]
    }),
  )
}
