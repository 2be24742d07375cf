/** Where an import stands. */
export const importStatuses = ['REVIEW', 'COMMITTING', 'DONE', 'DISCARDED'] as const
export type ImportStatus = (typeof importStatuses)[number]

/** What a row is before the commit (down to SKIPPED), and what has become of it after. */
export const importRowStatuses = [
  'NEW',
  'CHANGED',
  'SAME',
  'WRONG',
  'DUPLICATE',
  'ASKED',
  'SKIPPED',
  'CREATED',
  'UPDATED',
  'FAILED',
] as const
export type ImportRowStatus = (typeof importRowStatuses)[number]
