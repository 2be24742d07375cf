import type { FastifyInstance } from 'fastify'
import { ruruHTML } from 'ruru/server'
import { getStaticFile } from 'ruru/static'

const staticPath = '/playground/static/'

// The editor makes its workers out of blobs and its styles while it runs, hence a policy of its own, for this page only.
const policy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "worker-src 'self' blob:",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const welcome = `# Sign in first: write your address and password below,
# press the arrow and choose SignIn. The answer sets
# cookies that this page's later requests and
# subscriptions send along.
# Nobody has an account yet? Choose Register: the first
# one becomes the administrator.

mutation SignIn {
  signIn(input: {
    email: "you@example.com"
    password: "your password"
  }) { name role waiting }
}

mutation Register {
  register(input: {
    name: "You"
    email: "you@example.com"
    password: "a sentence you remember"
  }) { name role waiting }
}

# Who owes the most?
query Customers {
  customers(
    first: 10
    sort: { by: OUTSTANDING, descending: true }
  ) {
    nodes { number name outstanding currency status }
    pageInfo { endCursor hasNextPage }
    totalCount { count more }
  }
}

# Runs until you stop it: record a payment in another
# window and watch it arrive. events(after: "42") begins
# with what has happened since event 42.
subscription Live {
  events {
    number type at author
    customer { name outstanding }
    payment { amount state }
  }
}
`

/** GraphiQL at /playground with everything it needs, so that it works without a network. */
export function servePlayground(server: FastifyInstance): void {
  const page = ruruHTML({
    staticPath,
    endpoint: '/graphql',
    subscriptionEndpoint: '/graphql',
    clientConfig: { defaultQuery: welcome },
    htmlParts: {
      titleTag: '<title>Playground · Collection</title>',
      // A browser would ask for an icon that is not there.
      metaTags: (original) => `${original}<link rel="icon" href="data:,">`,
    },
  })
  server.get('/playground', { schema: { hide: true } }, (_request, reply) =>
    reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page),
  )
  server.get(`${staticPath}*`, { schema: { hide: true } }, async (request, reply) => {
    const file = await getStaticFile({
      staticPath,
      urlPath: request.url,
      acceptEncoding: request.headers['accept-encoding'],
      disallowDevAssets: true,
    })
    if (file === null) return reply.callNotFound()
    return reply
      .headers(file.headers)
      .headers({ 'content-security-policy': policy, 'cache-control': 'public, max-age=3600' })
      .send(file.content)
  })
}
