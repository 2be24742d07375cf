/**
 * The file behind an import that is being reviewed, so that an answer to a question can send it again without asking
 * the person for it. It lives as long as the page: after a reload the screen asks for the file.
 */
let kept: { readonly importId: string; readonly file: File } | undefined

export function keepFile(importId: string, file: File): void {
  kept = { importId, file }
}

export function keptFile(importId: string): File | undefined {
  return kept?.importId === importId ? kept.file : undefined
}
