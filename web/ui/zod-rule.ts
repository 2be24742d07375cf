import type { z } from 'zod'

/** Turns a rule of schema/ into Mantine's `validate`: path → the first message for it. Cross-field rules may be added with `also`. */
export const zodRule =
  <Values>(rule: z.ZodType, also?: (values: Values) => Record<string, string | undefined>) =>
  (values: Values): Record<string, string> => {
    const messages: Record<string, string> = {}
    for (const issue of rule.safeParse(values).error?.issues ?? []) messages[issue.path.join('.')] ??= issue.message
    for (const [path, message] of Object.entries(also?.(values) ?? {})) if (message !== undefined) messages[path] ??= message
    return messages
  }
