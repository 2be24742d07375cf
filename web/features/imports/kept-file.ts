/** An answer to a question that an import asked. */
export interface Answer {
  readonly about: string
  readonly column: string
  readonly answer: string
}

/**
 * The file behind an import that is being reviewed, with the answers it was read by, so that one more answer can send it again
 * without asking the person for it. It lives as long as the page: after a reload the screen asks for the file.
 */
let kept: { readonly importId: string; readonly file: File; readonly answers: readonly Answer[] } | undefined

export function keepFile(importId: string, file: File, answers: readonly Answer[] = []): void {
  kept = { importId, file, answers }
}

export function keptFile(importId: string): File | undefined {
  return kept?.importId === importId ? kept.file : undefined
}

/** The answers that this import was read by already. */
export function given(importId: string): readonly Answer[] {
  return kept?.importId === importId ? kept.answers : []
}
