/** A list of words in the form in which type-graphql registers an enum: each word under its own name. */
export const enumOf = <T extends string>(words: readonly T[]) => Object.fromEntries(words.map((word) => [word, word])) as Record<T, T>
