/** The only reader of the environment in the web: where the API listens, and how the page is built. */
export const apiUrl = process.env['API_URL'] ?? `http://127.0.0.1:${process.env['API_PORT'] ?? '4000'}`

/** Set where a container image is built: Next then copies the few modules that the server needs. */
export const standalone = process.env['STANDALONE'] === '1'

/** Development compiles in the page, which needs `unsafe-eval`; nothing else may depend on this. */
export const development = process.env.NODE_ENV === 'development'
