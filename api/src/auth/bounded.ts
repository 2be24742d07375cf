/** A map that forgets what was put in first when it is full. */
export class Bounded<Key, Value> extends Map<Key, Value> {
  private readonly most: number

  constructor(most: number) {
    super()
    this.most = most
  }

  override set(key: Key, value: Value): this {
    // Put in again, it counts as new.
    this.delete(key)
    super.set(key, value)
    if (this.size > this.most) this.delete(this.keys().next().value as Key)
    return this
  }
}
