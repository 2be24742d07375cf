/** Every POST carries this, so that a form of another site can't send one: browsers ask first before they add a header. */
export const preflight = { 'apollo-require-preflight': 'true' } as const

const renewedAtKey = 'collection.renewed-at'
const signedInCookie = 'collection-signed-in'
const rememberSeconds = 400 * 24 * 3600
const freshMs = 5_000
let underWay: Promise<Renewal> | undefined

/** `renewed`: go on; `ended`: somebody has to sign in; `unknown`: the server could not be asked, so nothing is decided. */
export type Renewal = 'renewed' | 'ended' | 'unknown'

/**
 * Remembers that this browser has a session, for scripts can't see its cookies: a page then goes straight to the sign-in where there is
 * none (proxy.ts), and nobody asks to renew what never was. It says nothing about who, and opens nothing.
 */
export function rememberSession(signedIn: boolean): void {
  document.cookie = `${signedInCookie}=${signedIn ? 'yes' : ''}; path=/; samesite=lax; max-age=${signedIn ? rememberSeconds : 0}`
}

const hadSession = (): boolean => document.cookie.split('; ').includes(`${signedInCookie}=yes`)

/** Exchanges the refresh cookie for new cookies; callers at the same time share one request, tabs take turns. */
export function renew(): Promise<Renewal> {
  underWay ??= inTurn(exchange).finally(() => {
    underWay = undefined
  })
  return underWay
}

// A refresh cookie is used up by its use: two tabs that spend the same one would look like a theft and end the session.
function inTurn(work: () => Promise<Renewal>): Promise<Renewal> {
  const askedAt = Date.now()
  const unlessDone = (): Promise<Renewal> => {
    const renewedAt = Number(localStorage.getItem(renewedAtKey) ?? 0)
    return renewedAt > askedAt && renewedAt - askedAt < freshMs ? Promise.resolve('renewed') : work()
  }
  return 'locks' in navigator ? navigator.locks.request('collection.renew', unlessDone) : unlessDone()
}

async function exchange(): Promise<Renewal> {
  if (!hadSession()) return 'ended'
  try {
    const answer = await fetch('/session/refresh', { method: 'POST', headers: preflight })
    if (answer.ok) {
      localStorage.setItem(renewedAtKey, String(Date.now()))
      return 'renewed'
    }
    if (answer.status !== 401) return 'unknown'
    rememberSession(false)
    return 'ended'
  } catch {
    return 'unknown'
  }
}

type Asker = () => Promise<boolean>
let asker: Asker | undefined

/** Registers who can ask the person to sign in without leaving the page; answers with a function that takes it back. */
export function whenEnded(ask: Asker): () => void {
  asker = ask
  return () => {
    if (asker === ask) asker = undefined
  }
}

/** Asks the person to sign in where they are; false when no screen can ask. */
export async function askToSignIn(): Promise<boolean> {
  return asker === undefined ? false : asker()
}

/** Whether the person is signed in again, by a renewal or by signing in where they are; false sends the failure to the caller. */
export async function signedInAgain(): Promise<boolean> {
  const outcome = await renew()
  return outcome === 'ended' ? askToSignIn() : outcome === 'renewed'
}
