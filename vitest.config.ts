import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Vite would load graphql's ES build beside the CommonJS one that Node loads for Apollo: two realms, "another module or realm".
const alias = [{ find: /^graphql$/, replacement: 'graphql/index.js' }]

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'api',
          root: 'api',
          environment: 'node',
          include: ['test/**/*.test.ts', 'src/**/*.test.ts'],
          execArgv: ['--import', new URL('api/src/db/drizzle-commonjs.ts', import.meta.url).href],
          globalSetup: [fileURLToPath(new URL('api/test/databases.ts', import.meta.url))],
          // Starting the app with the machine busy takes seconds.
          hookTimeout: 60_000,
          testTimeout: 30_000,
        },
      },
      { test: { name: 'schema', root: 'schema', environment: 'node', include: ['*.test.ts'] } },
      {
        test: {
          name: 'web',
          root: 'web',
          environment: 'jsdom',
          include: ['{features,ui,apollo}/**/*.test.{ts,tsx}'],
          setupFiles: ['test/setup.ts'],
        },
      },
    ],
  },
})
