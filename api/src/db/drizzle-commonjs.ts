import { registerHooks } from 'node:module'

// Drizzle's ES modules import each other in circles by way of `export *`, which V8 takes over a second and 200 MB to link.
// Its CommonJS build is the same code, loaded in a fraction of both. This file has to run before anything imports Drizzle.
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    if (!/\/node_modules\/drizzle-orm\/.+\.js$/.test(found.url)) return found
    return { ...found, url: found.url.replace(/\.js$/, '.cjs'), format: 'commonjs' }
  },
})
