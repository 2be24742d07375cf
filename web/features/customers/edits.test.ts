import { expect, test } from 'vitest'
import { type Edits, inputOf, mergeEdits } from './edits.ts'

const base: Edits = {
  name: 'Ada',
  number: 'C-1',
  contacts: [{ kind: 'EMAIL', value: 'ada@example.com' }],
  note: '',
  currency: 'EUR',
  due: { outstanding: '100.00', dueDate: '2026-03-31' },
}

test('two people who edited different fields lose nothing', () => {
  const mine: Edits = { ...base, name: 'Ada & Co' }
  const theirs: Edits = { ...base, note: 'Call first', contacts: [...base.contacts, { kind: 'PHONE', value: '+49301234' }] }
  expect(mergeEdits(base, mine, theirs)).toEqual({ merged: { ...theirs, name: 'Ada & Co' }, clashes: [], taken: ['contacts', 'note'] })
})

test('a field that both changed keeps mine in the form and is put before a person', () => {
  const mine: Edits = { ...base, name: 'Ada & Co', note: 'Mine' }
  const theirs: Edits = { ...base, name: 'Ada GmbH' }
  expect(mergeEdits(base, mine, theirs)).toEqual({ merged: mine, clashes: ['name'], taken: [] })
})

test('the same change made twice is no clash', () => {
  const both: Edits = { ...base, name: 'Ada & Co' }
  expect(mergeEdits(base, both, both)).toEqual({ merged: both, clashes: [], taken: [] })
})

test('a due that was left alone is not sent, so that a payment made meanwhile is not undone', () => {
  expect(inputOf({ ...base, name: 'Ada & Co' }, base).due).toBeNull()
  expect(inputOf({ ...base, due: { ...base.due, outstanding: '90.00' } }, base).due).toEqual({
    outstanding: '90.00',
    dueDate: '2026-03-31',
    was: '100.00',
  })
})
