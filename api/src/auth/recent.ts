import { Bounded } from './bounded.ts'

interface Entry<Value> {
  readonly since: number
  readonly promise: Promise<Value | undefined>
  /** Undefined as long as it is being read. */
  found: { readonly value: Value | undefined } | undefined
}

// More keys than this are asked for in several statements.
const largestRead = 500

/**
 * Remembers for a short while what was read by key. Everybody who asks for a key shares one read, and all keys asked for
 * in the same turn of the event loop are one statement.
 */
export class Recent<Value> {
  private readonly read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>
  private readonly forMs: number
  private readonly entries: Bounded<string, Entry<Value>>
  private asked: Map<string, { resolve: (value: Value | undefined) => void; reject: (reason: unknown) => void }[]> | undefined

  constructor(read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>, forMs: number, most: number) {
    this.read = read
    this.forMs = forMs
    this.entries = new Bounded(most)
  }

  /** At most `forMs` old, counted from the moment the read began. */
  get(key: string): Promise<Value | undefined> {
    const known = this.entries.get(key)
    if (known !== undefined && performance.now() - known.since < this.forMs) return known.promise
    const entry: Entry<Value> = { since: performance.now(), promise: this.ask(key), found: undefined }
    this.entries.set(key, entry)
    entry.promise.then(
      (value) => {
        entry.found = { value }
      },
      () => {
        // A failure is not remembered; whoever asked has it.
        if (this.entries.get(key) === entry) this.entries.delete(key)
      },
    )
    return entry.promise
  }

  forget(key: string): void {
    this.entries.delete(key)
  }

  /** Forgets what matches, and whatever is being read just now, since that may be what was true before. */
  forgetWhere(matches: (value: Value) => boolean): void {
    for (const [key, { found }] of this.entries) {
      if (found === undefined || (found.value !== undefined && matches(found.value))) this.entries.delete(key)
    }
  }

  private ask(key: string): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      if (this.asked === undefined) {
        this.asked = new Map()
        setImmediate(() => void this.answer())
      }
      const waiting = this.asked.get(key) ?? []
      waiting.push({ resolve, reject })
      this.asked.set(key, waiting)
    })
  }

  private async answer(): Promise<void> {
    const asked = [...(this.asked ?? [])]
    this.asked = undefined
    for (let from = 0; from < asked.length; from += largestRead) {
      const part = asked.slice(from, from + largestRead)
      try {
        const values = await this.read(part.map(([key]) => key))
        for (const [key, waiting] of part) for (const { resolve } of waiting) resolve(values.get(key))
      } catch (error) {
        for (const [, waiting] of part) for (const { reject } of waiting) reject(error)
      }
    }
  }
}
