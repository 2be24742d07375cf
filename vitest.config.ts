import { defineConfig } from 'vitest/config'

// Vite would load graphql's ES build beside the CommonJS one that Node loads for Apollo: two realms, "another module or realm".
const alias = [{ find: /^graphql$/, replacement: 'graphql/index.js' }]

export default defineConfig({
  test: {
    projects: [
      { resolve: { alias }, test: { name: 'api', root: 'api', environment: 'node', include: ['test/**/*.test.ts', 'src/**/*.test.ts'] } },
      { test: { name: 'schema', root: 'schema', environment: 'node', include: ['*.test.ts'] } },
      { test: { name: 'web', root: 'web', environment: 'jsdom', include: ['{app,features,ui,apollo}/**/*.test.{ts,tsx}'], setupFiles: ['test/setup.ts'] } },
    ],
  },
})
