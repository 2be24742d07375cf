import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** The project's root folder, whichever folder the command was called in. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

const exampleSecret = 'replace-me-with-at-least-32-random-bytes'
const port = z.coerce
  .number('a number from 1 to 65535')
  .int('a whole number')
  .min(1, 'a number from 1 to 65535')
  .max(65_535, 'a number from 1 to 65535')
const optional = z.string().trim().optional()
const onOff = z.enum(['on', 'off'])

const variables = z.object({
  APP_ENV: z.enum(['local', 'production']).default('local'),
  WEB_PORT: port.default(3000),
  API_PORT: port.default(4000),
  API_HOST: optional,
  PUBLIC_URL: z.url('a web address such as https://collection.example.com').optional(),
  DATA_DIR: z.string().default('.data'),
  MYSQL_HOST: optional,
  MYSQL_PORT: port.optional(),
  MYSQL_USER: z.string().default('root'),
  MYSQL_PASSWORD: z.string().default(''),
  MYSQL_DATABASE: z
    .string()
    .regex(/^\w{1,60}$/, 'letters, digits and _ only')
    .default('collection'),
  MYSQL_POOL_SIZE: z.coerce.number('a number from 2 to 200').int('a whole number').min(2, '2 or more').max(200, '200 or less').default(10),
  JWT_SECRET: optional,
  JWT_SECRET_PREVIOUS: optional,
  ELASTICSEARCH_URL: z.url().optional(),
  ELASTICSEARCH_USERNAME: optional,
  ELASTICSEARCH_PASSWORD: optional,
  BUSINESS_TIME_ZONE: z.string().refine(isTimeZone, 'a time zone such as Europe/Berlin').optional(),
  COMPANY_NAME: z.string().trim().max(120).optional(),
  COMPANY_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'three capital letters such as EUR')
    .default('EUR'),
  TRUSTED_PROXY: optional,
  PLAYGROUND: onOff.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).format()
    return true
  } catch {
    return false
  }
}

/** Raised with a sentence for the person who starts the program: which variable, what is wrong, what to do. */
export class ConfigError extends Error {}

/** Reads `.env` at the project's root into `process.env`; what is set already wins, and a missing file is fine. */
export function loadEnvFile(): void {
  const file = join(root, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
}

export type Config = ReturnType<typeof readConfig>

/** Checks every variable at once. An empty value counts as unset, so that `JWT_SECRET=` in a copied file means nothing. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = variables.safeParse(given)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')} must be ${issue.message.replace(/^Invalid option: /, '')}`)
    throw new ConfigError(`${faults.join('; ')}. Change it in .env or in the environment; .env.example explains each variable.`)
  }
  const values = parsed.data
  const production = values.APP_ENV === 'production'
  const dataDir = resolve(root, values.DATA_DIR)
  return {
    production,
    dataDir,
    web: { port: values.WEB_PORT, url: values.PUBLIC_URL ?? `http://localhost:${values.WEB_PORT}` },
    api: { port: values.API_PORT, host: values.API_HOST ?? (production ? '0.0.0.0' : '127.0.0.1') },
    mysql: {
      /** Undefined: the program starts a private server of its own. */
      host: values.MYSQL_HOST,
      port: values.MYSQL_PORT ?? 3306,
      user: values.MYSQL_USER,
      password: values.MYSQL_PASSWORD,
      database: values.MYSQL_DATABASE,
      poolSize: values.MYSQL_POOL_SIZE,
    },
    secrets: readSecrets(values.JWT_SECRET, values.JWT_SECRET_PREVIOUS, production, dataDir),
    elasticsearch: {
      url: values.ELASTICSEARCH_URL,
      username: values.ELASTICSEARCH_USERNAME,
      password: values.ELASTICSEARCH_PASSWORD,
    },
    company: {
      name: values.COMPANY_NAME ?? 'Our company',
      currency: values.COMPANY_CURRENCY,
      timeZone: values.BUSINESS_TIME_ZONE ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    },
    trustedProxy: values.TRUSTED_PROXY,
    playground: (values.PLAYGROUND ?? (production ? 'off' : 'on')) === 'on',
    logLevel: values.LOG_LEVEL,
  }
}

/** The first signs, all verify. Locally a missing secret is made once and kept, readable by its owner only. */
function readSecrets(
  current: string | undefined,
  previous: string | undefined,
  production: boolean,
  dataDir: string,
): [string, ...string[]] {
  const older = previous === undefined ? [] : [previous]
  if (current !== undefined) {
    const weak = Buffer.byteLength(current) < 32 ? 'is shorter than 32 bytes' : current === exampleSecret ? "is the example's" : undefined
    if (weak !== undefined && production) {
      throw new ConfigError(`JWT_SECRET ${weak}, and APP_ENV=production refuses that. Set it to the output of: openssl rand -base64 48`)
    }
    return [current, ...older]
  }
  if (production) {
    throw new ConfigError('JWT_SECRET is missing, and APP_ENV=production needs one. Set it to the output of: openssl rand -base64 48')
  }
  const file = join(dataDir, 'jwt-secret')
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    try {
      writeFileSync(file, randomBytes(48).toString('base64'), { mode: 0o600, flag: 'wx' })
    } catch (error) {
      // Two starts at once: the other one's secret is as good.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  return [readFileSync(file, 'utf8').trim(), ...older]
}
