import type { NextConfig } from 'next'
import { apiUrl, standalone } from './config.ts'

// The browser knows one origin: cookies stay same-site, and no CORS is needed. WebSockets pass through these too.
const passed = ['/graphql', '/v1/:path*', '/session/:path*', '/playground/:path*', '/templates/:path*', '/docs/:path*']

const config: NextConfig = {
  ...(standalone ? { output: 'standalone' as const } : {}),
  outputFileTracingRoot: new URL('..', import.meta.url).pathname,
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // `check` runs tsc over the same files.
  typescript: { ignoreBuildErrors: true },
  // Above its default of 10 MB a passed-on upload would hang without an error.
  experimental: { proxyClientMaxBodySize: '50mb' },
  rewrites: async () => passed.map((source) => ({ source, destination: `${apiUrl}${source}` })),
}
export default config
