import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import GraphQLUpload from 'graphql-upload/GraphQLUpload.mjs'
import { isDay } from 'schema/day'

const refused = (message: string): GraphQLError => new GraphQLError(message, { extensions: { code: 'INVALID' } })

/** A scalar that is a JSON string on the wire; `read` throws a sentence for every other text. */
function textScalar<Inner>(
  name: string,
  description: string,
  write: (value: unknown) => string,
  read: (text: string) => Inner,
): GraphQLScalarType<Inner, string> {
  const parseValue = (value: unknown): Inner => {
    if (typeof value !== 'string') throw refused(`${name} must be given as a string`)
    return read(value)
  }
  return new GraphQLScalarType({
    name,
    description,
    serialize: write,
    parseValue,
    parseLiteral: (node: ValueNode) => parseValue(node.kind === Kind.STRING ? node.value : undefined),
  })
}

const asText = (value: unknown): string => {
  if (typeof value === 'string') return value
  throw new TypeError(`A text was expected, not ${typeof value}`)
}

/** A calendar day without a zone. */
export const Day = textScalar('Date', 'A calendar day without a time zone, such as 2026-03-31.', asText, (text) => {
  if (!isDay(text)) throw refused('Must be a date such as 2026-03-31')
  return text
})

/** A moment; a JavaScript Date inside. */
export const Instant = textScalar(
  'DateTime',
  'A moment in UTC, such as 2026-03-31T10:00:00.000Z.',
  (value) => (value as Date).toISOString(),
  (text) => {
    const date = new Date(text)
    if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || Number.isNaN(date.getTime())) throw refused('Must be a moment such as 2026-03-31T10:00:00Z')
    return date
  },
)

/** An amount of money; the text is read by parseMoney, which knows the currency. */
export const Decimal = textScalar(
  'Decimal',
  'An amount as a plain decimal string, such as "1250.50"; never a number, which would be rounded.',
  asText,
  (text) => {
    if (!/^-?\d{1,20}(\.\d{1,10})?$/.test(text)) throw refused('Must be a number such as 1250.50')
    return text
  },
)

/** A number of the event log: a string on the wire, since it outgrows 32 bits; a number inside. */
export const EventNumber = textScalar('EventNumber', 'A number of the event log, as a string such as "42".', String, (text) => {
  const number = Number(text)
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(number)) throw refused('Must be a number of the event log such as "42"')
  return number
})

/** A file of a multipart request. */
export const Upload = GraphQLUpload
