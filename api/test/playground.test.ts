import { getIntrospectionQuery } from 'graphql'
import { describe, expect, test } from 'vitest'
import { expectNothingInside } from './refused.ts'
import { startTestApp } from './harness.ts'

const local = await startTestApp()
const introspection = '{ __schema { queryType { name } } __type(name: "Customer") { name } }'

describe('the playground', () => {
  test('is a page that loads nothing from elsewhere, and all of whose files are here', async () => {
    const answer = await fetch(`${local.url}/playground`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = answer.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/https?:|\*/)
    const html = await answer.text()
    const loaded = [...html.matchAll(/(?:src|href)=["']([^"']+)["']|(?:import|from)\s*\(?["']([^"']+)["']/g)].map(
      (match) => match[1] ?? match[2]!,
    )
    expect(loaded.length).toBeGreaterThan(1)
    for (const address of loaded.filter((each) => !each.startsWith('data:'))) {
      expect(address).toMatch(/^\/playground\/static\//)
      const file = await fetch(new URL(address, local.url))
      expect([address, file.status]).toEqual([address, 200])
      expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(100)
    }
    expect(html).not.toMatch(/unpkg|cdn|jsdelivr/)
  })

  test('tells the page where operations and subscriptions go, and how to begin', async () => {
    const html = await (await fetch(`${local.url}/playground`)).text()
    expect(html).toContain('"endpoint": "/graphql"')
    expect(html).toContain('"subscriptionEndpoint": "/graphql"')
    for (const word of ['signIn', 'customers', 'subscription Live']) expect(html).toContain(word)
  })

  test('a file that it has not is not found, and no path leads out', async () => {
    for (const path of ['nothing.js', '..%2f..%2fpackage.json', '../../package.json']) {
      const answer = await fetch(`${local.url}/playground/static/${path}`)
      expect(answer.status).toBe(404)
      expectNothingInside(await answer.text())
    }
  })

  test('may ask the schema about itself', async () => {
    expect(await (await local.as(null)).ask(getIntrospectionQuery())).toMatchObject({ __schema: { queryType: { name: 'Query' } } })
    expect(await (await local.as(null)).ask(introspection)).toEqual({
      __schema: { queryType: { name: 'Query' } },
      __type: { name: 'Customer' },
    })
  })
})

describe('in production', async () => {
  const production = await startTestApp({ env: { APP_ENV: 'production', API_HOST: '127.0.0.1', PUBLIC_URL: 'https://collection.example' } })

  test('there is no playground', async () => {
    for (const path of ['/playground', '/playground/static/ruru.js']) expect((await fetch(production.url + path)).status).toBe(404)
  })

  test('the schema is not told, nor by hints about misspelt fields', async () => {
    const ada = await production.as('ADMIN')
    expect(await ada.refusal(introspection)).toMatchObject({
      code: 'GRAPHQL_VALIDATION_FAILED',
      message: expect.stringMatching(/introspection is not allowed/i) as string,
    })
    expect((await ada.refusal('{ customer { nam } }')).message).not.toMatch(/did you mean/i)
    expect((await ada.refusal('{ compny { name } }')).message).not.toMatch(/did you mean/i)
  })

  test('browsers are told to use https from now on', async () => {
    expect((await fetch(`${production.url}/health/live`)).headers.get('strict-transport-security')).toBe('max-age=15552000')
  })

  test('cookies travel by https alone, out of the reach of scripts', async () => {
    const answer = await fetch(`${production.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'mutation { register(input: { name: "Eve", email: "eve@example.com", password: "a sentence to remember" }) { name } }',
      }),
    })
    const cookies = answer.headers.getSetCookie()
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['access', 'refresh'])
    for (const cookie of cookies) expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Lax$/)
    expect(cookies[1]).toContain('; Path=/session;')
  })
})
