const control = `http://127.0.0.1:${Number(process.env['API_PORT'] ?? 4000) + 1}`

async function command(path: string): Promise<void> {
  const answer = await fetch(control + path, { method: 'POST' })
  if (!answer.ok) throw new Error(`${path} failed: ${await answer.text()}`)
}

/** A company without anybody or anything in it, and the right time. */
export const beginAfresh = (): Promise<void> => command('/restart?empty')

/** Ends the API and opens it again, as a deployment does. */
export const restartApi = (): Promise<void> => command('/restart')

/** Lets days pass for the API; what has become overdue by then is announced. */
export const letDaysPass = (days: number): Promise<void> => command(`/advance?days=${days}`)
