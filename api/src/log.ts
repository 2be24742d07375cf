import { pino, type Logger } from 'pino'

export type Log = Logger

/** JSON lines on standard output. What identifies or lets somebody in is cut out by name, wherever it is nested. */
export function openLog(level: string): Log {
  return pino({
    level,
    redact: {
      paths: [
        'headers.authorization',
        'headers.cookie',
        'headers["set-cookie"]',
        'password',
        'token',
        '*.password',
        '*.token',
        '*.email',
        '*.phone',
      ],
      censor: '[redacted]',
    },
    serializers: { err: pino.stdSerializers.err },
  })
}
