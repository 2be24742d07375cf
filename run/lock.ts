import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync, rmSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Holds a name for this process alone until it is released or the process ends, however it ends; undefined when another holds it.
 * The lock is a listening socket, for which the system keeps just that promise, and not a file, which a killed process would leave behind.
 */
export async function holdLock(folder: string, purpose: string): Promise<AsyncDisposable | undefined> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = `collection-${purpose}-${createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 24)}`
  // Linux has socket names outside the file system. Elsewhere the name is a file, free again when nobody listens there.
  const address = process.platform === 'linux' ? `\0${name}` : join(tmpdir(), name)
  if (process.platform !== 'linux' && !(await isListening(address))) rmSync(address, { force: true })
  const server = createServer((socket) => socket.destroy())
  const held = await new Promise<boolean>((resolve, reject) => {
    server.once('listening', () => resolve(true))
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)))
    server.listen(address)
  })
  if (!held) return undefined
  server.unref()
  return { [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) }
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
  })
}
