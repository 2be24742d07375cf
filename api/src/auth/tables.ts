import { boolean, index, int, mysqlTable, uniqueIndex, varchar } from 'drizzle-orm/mysql-core'
import type { Role } from 'schema/staff'
import { code, id, instant, word } from '../db/columns.ts'

export const staff = mysqlTable(
  'staff',
  {
    id: id('id').primaryKey(),
    name: varchar('name', { length: 120 }).notNull(),
    email: code('email', { length: 254 }).notNull(),
    passwordHash: varchar('password_hash', { length: 255 }).notNull(),
    role: word('role').$type<Role>().notNull(),
    status: word('status').$type<'ACTIVE' | 'WAITING' | 'DEACTIVATED'>().notNull(),
    /** True for the first account and null for every other: the unique key lets two first registrations make one ADMIN. */
    first: boolean('first'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [uniqueIndex('staff_email').on(table.email), uniqueIndex('staff_first').on(table.first)],
)

/** One sign-in on one device: the family that its refresh tokens belong to. */
export const sessions = mysqlTable(
  'session',
  {
    id: id('id').primaryKey(),
    staffId: id('staff_id')
      .notNull()
      .references(() => staff.id),
    createdAt: instant('created_at').notNull(),
    seenAt: instant('seen_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    endedAt: instant('ended_at'),
    userAgent: varchar('user_agent', { length: 300 }).notNull(),
  },
  (table) => [
    // All sessions of a person, to list and to end them.
    index('session_staff').on(table.staffId, table.endedAt),
  ],
)

/** Each may be used once; what it was exchanged for answers again for 30 s, since several tabs may ask at once. */
export const refreshTokens = mysqlTable(
  'refresh_token',
  {
    /** SHA-256 of the token in hex: the token itself is never stored. */
    hash: varchar('hash', { length: 64 }).primaryKey(),
    sessionId: id('session_id')
      .notNull()
      .references(() => sessions.id),
    createdAt: instant('created_at').notNull(),
    usedAt: instant('used_at'),
  },
  (table) => [index('refresh_token_session').on(table.sessionId)],
)

/** Failed attempts by what they aimed at (an account, an address), shared by all processes. */
export const attempts = mysqlTable(
  'attempt',
  {
    subject: varchar('subject', { length: 128 }).primaryKey(),
    failures: int('failures').notNull(),
    lastAt: instant('last_at').notNull(),
  },
  (table) => [
    // What is old enough to be forgotten: guessing at invented addresses must not fill the table for good.
    index('attempt_last').on(table.lastAt),
  ],
)
