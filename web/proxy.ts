import { type NextRequest, NextResponse } from 'next/server'
import { development } from './config.ts'

/**
 * Headers of every page. Scripts run only with the nonce of their request, so that text which finds its way into a page can't become
 * code; styles may be inline, because Mantine writes some. Next reads the nonce from the policy and puts it on its own scripts.
 */
export function proxy(request: NextRequest): NextResponse {
  if (isStranger(request)) return toSignIn(request)
  const nonce = btoa(crypto.randomUUID())
  const policy = contentPolicy(nonce, request.headers.get('host') ?? '')
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  response.headers.set('x-content-type-options', 'nosniff')
  response.headers.set('referrer-policy', 'same-origin')
  response.headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()')
  response.headers.set('x-frame-options', 'DENY')
  return response
}

const entry = /^\/(login|register|waiting)(\/|$)/

/** Whether this browser shows no sign of a session at all. Who it is, and whether the session lasts, only the API knows. */
function isStranger({ nextUrl, cookies }: NextRequest): boolean {
  return !entry.test(nextUrl.pathname) && !cookies.getAll().some(({ name }) => name === 'collection-signed-in' || name.endsWith('access'))
}

function toSignIn({ nextUrl }: NextRequest): NextResponse {
  const target = nextUrl.clone()
  const wanted = `${nextUrl.pathname}${nextUrl.search}`
  target.pathname = '/login'
  target.search = wanted === '/' ? '' : `?next=${encodeURIComponent(wanted)}`
  return NextResponse.redirect(target)
}

function contentPolicy(nonce: string, host: string): string {
  return [
    `default-src 'self'`,
    // The scripts that Next loads later are trusted through the ones that carry the nonce.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? ` 'unsafe-eval'` : ''}`,
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data: blob:`,
    `font-src 'self'`,
    // Not every browser takes 'self' to mean the WebSocket of the same host.
    `connect-src 'self'${/^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : ''}`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

export const config = {
  // Pages only: what is passed on to the API has headers of its own, and files need none.
  matcher: [
    {
      source: '/((?!_next/|graphql|v1/|session/|playground|templates/|docs|favicon.ico|icon.svg).*)',
      missing: [{ type: 'header', key: 'next-router-prefetch' }],
    },
  ],
}
