import { defineConfig } from 'oxlint'

// The API's layers, from the lowest up. A file may import from its own folder and from every layer before its own.
const layers = [
  ['config', 'errors', 'log'],
  ['db'],
  ['context'],
  ['events'],
  ['auth'],
  ['company'],
  ['search'],
  ['customers'],
  ['ledger'],
  ['imports'],
]
// These follow what happens through the event log, so nobody needs to call them.
const watchers = ['notifications', 'webhooks', 'insight']
// What a screen is told as it happens: on top of all of these.
const top = 'live'
const folders = ['db', 'events', 'auth', 'company', 'search', 'customers', 'ledger', 'imports', ...watchers, top]
// Each of these packages is known to one folder, so that it can be replaced there.
const owned: Record<string, string[]> = {
  db: ['mysql2'],
  search: ['@elastic/elasticsearch'],
  imports: ['exceljs'],
  auth: ['jose', 'argon2'],
}

interface Pattern {
  regex: string
  message: string
  allowTypeImports?: boolean
}

const forbid = (regex: string, message: string): Pattern => ({ regex, message })
const modules = (up: string, names: string[]) => `^${up}(?:.*/)?(?:${names.join('|')})(?:/|\\.ts$)`
const above = (name: string) => layers.slice(layers.findIndex((layer) => layer.includes(name)) + 1).flat()

const packagesOfOthers = (folder?: string): Pattern[] =>
  Object.entries(owned)
    .filter(([owner]) => owner !== folder)
    .map(([owner, names]) => forbid(`^(?:${names.join('|')})(?:/|$)`, `Only api/src/${owner} knows this package.`))

const reactions = forbid('/react\\.ts$', 'Reactions are handed to the relay by main.ts; nothing else calls them.')
const edges = forbid('/(?:graphql|rest)\\.ts$', 'An edge is mounted by graphql/schema.ts or http/server.ts: a use-case never calls it.')
const graphqlEdges = forbid('/graphql\\.ts$', 'Resolvers are listed by graphql/schema.ts.')
const restEdges = forbid('/rest\\.ts$', 'Routes are mounted by http/server.ts alone.')
// The type of a row is no SQL.
const sql = { ...forbid('^drizzle-orm|/tables\\.ts$|/db/database\\.ts$', 'No SQL at the edge: call the use-case.'), allowTypeImports: true }
const transport = forbid(
  '^(?:graphql|type-graphql|fastify|@apollo|@fastify|graphql-.*)(?:/|$)|^\\.\\./(?:graphql|http)/',
  'A use-case knows neither GraphQL nor HTTP.',
)

const direction = (folder: string): Pattern[] => {
  if (folder === top) return []
  const others = [...watchers, top].filter((name) => name !== folder)
  const watched = forbid(modules('\\.\\./', others), 'It follows events; what it watches never calls it.')
  if (watchers.includes(folder)) return [watched]
  const higher = above(folder)
  const lower =
    higher.length === 0 ? [] : [forbid(modules('\\.\\./', higher), `${folder} lies below: take it as an argument, or record an event.`)]
  return [...lower, watched]
}
const upwards = (file: string) => forbid(modules('\\./', [...above(file), ...watchers]), `${file} lies below: it cannot know this.`)

const restrict = (files: string[], patterns: Pattern[]) => ({ files, rules: { 'no-restricted-imports': ['error', { patterns }] as const } })

// Of several overrides that set one rule for a file, the last wins whole. Hence each list is complete, from the general to the special.
const apiOverrides = [
  ...['config', 'errors', 'log', 'context'].map((file) =>
    restrict([`api/src/${file}.ts`], [...packagesOfOthers(), upwards(file), transport]),
  ),
  restrict(['api/src/graphql/**', 'api/src/http/**'], [...packagesOfOthers(), edges, reactions]),
  restrict(['api/src/graphql/schema.ts'], [...packagesOfOthers(), restEdges, reactions]),
  restrict(['api/src/http/server.ts'], [...packagesOfOthers(), graphqlEdges, reactions]),
  ...folders.flatMap((folder) => [
    restrict([`api/src/${folder}/**`], [...packagesOfOthers(folder), ...direction(folder), edges, reactions, transport]),
    // A type of one domain has fields that another adds, so resolvers may know those of the layers below.
    restrict([`api/src/${folder}/graphql.ts`], [...packagesOfOthers(folder), ...direction(folder), restEdges, reactions, sql]),
    restrict([`api/src/${folder}/rest.ts`], [...packagesOfOthers(folder), ...direction(folder), edges, reactions, sql]),
    // What reacts to an event stands above all domains, whichever folder it lies in.
    restrict([`api/src/${folder}/react.ts`], [...packagesOfOthers(folder), edges, transport]),
  ]),
]

const webOverrides = [
  restrict(
    ['web/app/**'],
    [
      forbid(
        '^@apollo/client$|^@apollo/client/(?:cache|core|link)(?:/|$)|/apollo/(?:cache|client)\\.ts$',
        'A page asks its query and places features; how answers travel and are kept is not its matter.',
      ),
    ],
  ),
  restrict(['web/features/**'], [forbid('/app/', 'A feature knows no route.')]),
  restrict(['web/apollo/**'], [forbid('/(?:features|app|ui)/', 'This lies below the features.')]),
  restrict(['web/ui/**'], [forbid('^@apollo/|/(?:apollo|features|app)/|/gql\\.ts$', 'What only draws asks for no data.')]),
  restrict(
    ['schema/**'],
    [
      forbid(
        '^\\.\\./|^(?:api|web|next|react|fastify|drizzle-orm|node:.*|@.*)(?:/|$)',
        'Both sides import the contract, so it knows neither.',
      ),
    ],
  ),
]

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'node', 'promise', 'react', 'nextjs', 'jsx-a11y', 'vitest'],
  categories: { correctness: 'error' },
  options: { typeAware: true },
  ignorePatterns: ['web/gql.ts', 'web/.next', 'web/next-env.d.ts', '**/*.d.ts', '.data', '.artifacts'],
  rules: {
    'import/no-cycle': 'error',
    'no-console': 'error',
    'node/no-process-env': 'error',
    'oxc/no-barrel-file': ['error', { threshold: 0 }],
    'react/react-in-jsx-scope': 'off',
    // Mantine chooses the tags; its texts and boxes take a role.
    'jsx-a11y/prefer-tag-over-role': 'off',
    // A table drawn as cards loses its roles for screen readers unless they are said again.
    'jsx-a11y/no-redundant-roles': 'off',
    'jsx-a11y/no-interactive-element-to-noninteractive-role': 'off',
    'jsx-a11y/no-autofocus': ['error', { ignoreNonDOM: true }],
    // What people send is searched for control characters on purpose.
    'no-control-regex': 'off',
    // Input classes are spread for their fields, and texts to count their characters.
    'typescript/no-misused-spread': 'off',
    // Drizzle's statements run when they are awaited, and are no promises before: one left alone would silently do nothing.
    'typescript/no-floating-promises': ['error', { checkThenables: true }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'vitest/require-mock-type-parameters': 'off',
  },
  overrides: [
    ...apiOverrides,
    ...webOverrides,
    // Classes carry decorators there and little else.
    { files: ['api/src/**/graphql.ts', 'api/src/graphql/**'], rules: { 'typescript/no-extraneous-class': 'off' } },
    // A Fastify instance is thenable, and so would be every hook that is added to one.
    { files: ['api/src/http/**', 'api/src/*/rest.ts'], rules: { 'typescript/no-floating-promises': ['error', { checkThenables: false }] } },
    { files: ['api/src/config.ts', 'web/config.ts', 'run/**', 'bench/**', '**/*.config.ts'], rules: { 'node/no-process-env': 'off' } },
    {
      files: ['**/*.test.ts', '**/*.test.tsx', 'api/test/**', 'web/test/**'],
      rules: {
        'no-restricted-imports': 'off',
        'no-console': 'off',
        'node/no-process-env': 'off',
        'typescript/unbound-method': 'off',
        // Hooks look after each test whether something went wrong beside it.
        'vitest/no-standalone-expect': 'off',
      },
    },
    { files: ['api/src/{print,seed,invariants}.ts', 'bench/**'], rules: { 'no-console': 'off' } },
  ],
})
