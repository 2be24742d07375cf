import DataLoader from 'dataloader'
import type { Context } from '../context.ts'

/**
 * Makes a function that loads one thing by its key, and asks for all keys of a request's step at once. What it has found
 * is remembered for that request only, so nobody is shown what somebody else may see.
 */
export function loaderOf<Key, Value>(
  batch: (ctx: Context, keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
): (ctx: Context, key: Key) => Promise<Value | undefined> {
  const loaders = new WeakMap<Context, DataLoader<Key, Value | undefined>>()
  return (ctx, key) => {
    let loader = loaders.get(ctx)
    if (loader === undefined) {
      loader = new DataLoader(async (keys) => {
        const found = await batch(ctx, keys)
        return keys.map((each) => found.get(each))
      })
      loaders.set(ctx, loader)
    }
    return loader.load(key)
  }
}
