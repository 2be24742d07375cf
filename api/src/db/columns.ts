import { customType } from 'drizzle-orm/mysql-core'
import { v7 } from 'uuid'

/** A new time-ordered id, so that inserts go to the index's end. */
export const newId = (): string => v7()

const toBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex')
const toText = (bytes: Buffer): string => {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** A UUID kept in 16 bytes, a string everywhere else. */
export const id = customType<{ data: string; driverData: Buffer }>({
  dataType: () => 'binary(16)',
  toDriver: toBytes,
  fromDriver: toText,
})

/** Minor units of a currency. The driver hands big integers over as strings, so nothing passes through a float. */
export const money = customType<{ data: bigint; driverData: string }>({
  dataType: () => 'bigint',
  toDriver: (value) => value.toString(),
  fromDriver: (value) => BigInt(value),
})

/** A number of the event log. Far below 2^53, so a JavaScript number holds it. */
export const eventNumber = customType<{ data: number; driverData: string }>({
  dataType: () => 'bigint',
  toDriver: (value) => value.toString(),
  fromDriver: Number,
})

/** A calendar day without a zone, as YYYY-MM-DD. */
export const calendarDay = customType<{ data: string; driverData: string }>({ dataType: () => 'date' })

/** An instant in UTC. */
export const instant = customType<{ data: Date; driverData: string }>({
  dataType: () => 'datetime(6)',
  toDriver: (value) => value.toISOString().slice(0, -1).replace('T', ' '),
  fromDriver: (value) => new Date(`${value.replace(' ', 'T')}Z`),
})

/** Text that people give as a code: unique without case, but an accent makes another code. */
export const code = customType<{ data: string; driverData: string; config: { length: number }; configRequired: true }>({
  dataType: ({ length }) => `varchar(${length}) character set utf8mb4 collate utf8mb4_0900_as_ci`,
})

/** A word of a closed list that only the program writes; compared byte by byte. */
export const word = customType<{ data: string; driverData: string }>({
  dataType: () => 'varchar(32) character set ascii collate ascii_bin',
})

export const flag = customType<{ data: boolean; driverData: number }>({
  dataType: () => 'tinyint',
  toDriver: (value) => (value ? 1 : 0),
  fromDriver: (value) => value === 1,
})

/** JSON as text: MySQL's own type would reorder keys and cost a parse in the server. */
export const jsonText = <T>() =>
  customType<{ data: T; driverData: string }>({
    dataType: () => 'mediumtext',
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (value) => JSON.parse(value) as T,
  })

/** The bytes of an id for a statement written by hand. */
export const idBytes = toBytes
