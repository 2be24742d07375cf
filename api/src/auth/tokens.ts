import { createHash, createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import type { App } from '../context.ts'
import { Bounded } from './bounded.ts'

const issuer = 'collection'
const audience = 'collection-api'
const algorithm = 'HS256'
const accessSeconds = 10 * 60

/** What an access token says: who, and in which session. */
export interface Claims {
  readonly staffId: string
  readonly sessionId: string
}

interface Keys {
  readonly signing: { readonly id: string; readonly key: KeyObject }
  readonly byId: ReadonlyMap<string, KeyObject>
  /** Checking a signature goes through the thread pool, so what was found is remembered until the token expires. */
  readonly checked: Bounded<string, Claims & { readonly expiresAt: number }>
}

const keys = new WeakMap<App, Keys>()

function keysOf(app: App): Keys {
  let found = keys.get(app)
  if (found === undefined) {
    const all = app.config.secrets.map((secret) => [keyId(secret), createSecretKey(Buffer.from(secret))] as const)
    const [id, key] = all[0] as (typeof all)[number]
    found = { signing: { id, key }, byId: new Map(all), checked: new Bounded(5_000) }
    keys.set(app, found)
  }
  return found
}

/** Tells secrets apart without telling anything about them. */
const keyId = (secret: string): string => createHmac('sha256', secret).update('key id').digest('hex').slice(0, 16)

/** Signs a token that lets its bearer in for ten minutes, as long as the session lasts. */
export function signAccess(app: App, claims: Claims): Promise<string> {
  const { id, key } = keysOf(app).signing
  const now = Math.floor(app.clock().getTime() / 1000)
  return new SignJWT({ sid: claims.sessionId })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: id })
    .setSubject(claims.staffId)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + accessSeconds)
    .sign(key)
}

/** What a token says, or undefined when it is expired, not ours, not for us, or no token at all. */
export async function readAccess(app: App, token: string): Promise<Claims | undefined> {
  const { byId, checked } = keysOf(app)
  const now = app.clock()
  const known = checked.get(token)
  if (known !== undefined) return known.expiresAt > now.getTime() ? known : undefined
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => byId.get(kid ?? '') ?? unknownKey(), {
      issuer,
      audience,
      algorithms: [algorithm],
      requiredClaims: ['exp', 'sub', 'sid'],
      currentDate: now,
    })
    const { sub, sid, exp } = payload
    if (typeof sub !== 'string' || typeof sid !== 'string' || exp === undefined) return undefined
    const claims = { staffId: sub, sessionId: sid, expiresAt: exp * 1000 }
    checked.set(token, claims)
    return claims
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

function unknownKey(): never {
  throw new errors.JWKSNoMatchingKey()
}

/** A new refresh token: the first of a session. */
export const newRefresh = (): string => randomBytes(32).toString('base64url')

/** What is stored of a refresh token, and found again by it. */
export const refreshHash = (token: string): string => createHash('sha256').update(token).digest('hex')

/**
 * The token that a refresh token is exchanged for, under each secret, the signing one first. It follows from the token and
 * the secret, so that a second tab can be given the same one without its being stored.
 */
export const refreshSuccessors = (app: App, token: string): readonly string[] =>
  app.config.secrets.map((secret) => createHmac('sha256', secret).update(`refresh token after ${token}`).digest('base64url'))
