import './db/drizzle-commonjs.ts'
import { readFile, writeFile } from 'node:fs/promises'

const { lexicographicSortSchema, printSchema } = await import('graphql')
const { readConfig } = await import('./config.ts')
const { openDatabase } = await import('./db/database.ts')
const { openSchema } = await import('./graphql/schema.ts')
const { makeServer } = await import('./http/server.ts')
const { openLog } = await import('./log.ts')

// Writes the contract that the API keeps, for people to review and for the web to generate its documents from; with --check it
// only compares. Everything here would serve, but nothing is asked of a database.
const config = readConfig({ JWT_SECRET: 'only for printing, 32 bytes or more', BUSINESS_TIME_ZONE: 'UTC', LOG_LEVEL: 'silent' })
await using database = openDatabase({ ...config.mysql, host: 'nowhere' })
const schema = await openSchema()
const server = await makeServer(
  {
    ...database,
    config,
    log: openLog(config.logLevel),
    clock: () => new Date(),
    company: { ...config.company, locale: 'en', paymentTermsDays: 30 },
    wake: () => {},
  },
  schema,
)
await server.ready()
const contract = {
  'schema.graphql': `${printSchema(lexicographicSortSchema(schema))}\n`,
  'openapi.json': `${JSON.stringify(server.swagger(), null, 2)}\n`,
}
await server.close()

for (const [name, text] of Object.entries(contract)) {
  const file = new URL(`../../schema/${name}`, import.meta.url)
  if (!process.argv.includes('--check')) await writeFile(file, text)
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(`schema/${name} is not what the API serves: run \`pnpm --filter api print\` and look at the difference\n`)
    process.exitCode = 1
  }
}
