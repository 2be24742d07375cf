import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql'
import { largestPage } from './page.ts'

/** The most that one document may ask for. A page of the largest size with two lists in each row stays well below. */
export const limits = {
  // Brackets in brackets are read by functions in functions: twice as many would reach the end of the stack.
  tokens: 1_000,
  depth: 12,
  aliases: 30,
  rootFields: 20,
  /** Values in the answer: each field once for every row that it may appear in. */
  values: 100_000,
} as const

// Lists without `first` are short by rule (a customer's contacts, a payment's allocations); this stands for their length.
const assumedRows = 10
// Walking through fragments within fragments may double at each step; a document that needs more steps is over every limit anyway.
const mostSteps = 20_000

type Variables = Readonly<Record<string, unknown>>
type Cost = (variables: Variables) => number

const costs = new WeakMap<OperationDefinitionNode, Cost>()

/** A validation rule: depth, aliases and root fields. What depends on variables is for assertAffordable, whose sums are prepared here. */
export function limitsRule(context: ValidationContext): ASTVisitor {
  return {
    Document: {
      enter(document) {
        for (const error of faults(context.getSchema(), document)) context.reportError(error)
      },
    },
  }
}

/** @throws GraphQLError when the answer could have too many values with these variables. */
export function assertAffordable(operation: OperationDefinitionNode, variables: Variables | undefined): void {
  const values = costs.get(operation)?.(variables ?? {}) ?? 0
  if (values > limits.values) {
    throw tooMuch('values', `This could answer with ${shown(values)} values`, 'ask for fewer rows (first) or fewer fields', operation)
  }
}

function tooMuch(limit: keyof typeof limits, what: string, remedy: string, node: OperationDefinitionNode): GraphQLError {
  return new GraphQLError(`${what}; at most ${limits[limit].toLocaleString('en')} are allowed: ${remedy}`, {
    nodes: node,
    extensions: { limit, http: { status: 400 } },
  })
}

const shown = (values: number): string => (Number.isFinite(values) ? values.toLocaleString('en') : 'no end of')

function* faults(schema: GraphQLSchema, document: DocumentNode): Generator<GraphQLError> {
  const fragments = new Map(
    document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION).map((node) => [node.name.value, node]),
  )
  for (const operation of document.definitions) {
    if (operation.kind !== Kind.OPERATION_DEFINITION) continue
    const walk = new Walk(schema, fragments, operation)
    const root = schema.getRootType(operation.operation)
    const cost = root ? walk.selections(operation.selectionSet, root, 1, undefined) : () => 0
    costs.set(operation, walk.steps > mostSteps ? () => Number.POSITIVE_INFINITY : cost)
    if (walk.depth > limits.depth) yield tooMuch('depth', `This goes ${walk.depth} levels deep`, 'ask for less in one document', operation)
    if (walk.aliases > limits.aliases)
      yield tooMuch('aliases', `This has ${walk.aliases} aliases`, 'ask for less in one document', operation)
    if (walk.rootFields > limits.rootFields)
      yield tooMuch('rootFields', `This has ${walk.rootFields} fields at its root`, 'ask for less in one document', operation)
  }
}

/** One walk over an operation with its fragments in place. */
class Walk {
  steps = 0
  depth = 0
  aliases = 0
  rootFields = 0
  private readonly open = new Set<string>()
  private readonly schema: GraphQLSchema
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  private readonly operation: OperationDefinitionNode

  constructor(schema: GraphQLSchema, fragments: ReadonlyMap<string, FragmentDefinitionNode>, operation: OperationDefinitionNode) {
    this.schema = schema
    this.fragments = fragments
    this.operation = operation
  }

  /** The cost of a selection for one row. `rows` is how long a list right below may be: the `first` of the connection that it is in. */
  selections({ selections }: SelectionSetNode, parent: unknown, level: number, rows: Cost | undefined): Cost {
    const parts: Cost[] = []
    let leaves = 0
    for (const node of selections) {
      if (++this.steps > mostSteps) break
      if (node.kind === Kind.FIELD) {
        const cost = this.field(node, parent, level, rows)
        if (cost === undefined) leaves++
        else parts.push(cost)
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        const type = node.typeCondition === undefined ? parent : this.schema.getType(node.typeCondition.name.value)
        parts.push(this.selections(node.selectionSet, type, level, rows))
      } else {
        const fragment = this.fragments.get(node.name.value)
        // A fragment within itself is another rule's to refuse.
        if (fragment === undefined || this.open.has(node.name.value)) continue
        this.open.add(node.name.value)
        parts.push(this.selections(fragment.selectionSet, this.schema.getType(fragment.typeCondition.name.value), level, rows))
        this.open.delete(node.name.value)
      }
    }
    return (variables) => parts.reduce((sum, part) => sum + part(variables), leaves)
  }

  /** The cost of a field that has fields, undefined for a leaf, which costs 1. */
  private field(node: FieldNode, parent: unknown, level: number, rows: Cost | undefined): Cost | undefined {
    if (node.alias !== undefined) this.aliases++
    if (level === 1) this.rootFields++
    // The schema describing itself is as deep as its types are wrapped, and no longer than it is.
    if (node.name.value.startsWith('__')) return undefined
    this.depth = Math.max(this.depth, level)
    const definition = isObjectType(parent) ? parent.getFields()[node.name.value] : undefined
    if (definition === undefined || node.selectionSet === undefined) return undefined
    const type = getNamedType(definition.type)
    const below = this.selections(node.selectionSet, isCompositeType(type) ? type : undefined, level + 1, this.first(node, definition))
    if (!isListType(getNullableType(definition.type))) return (variables) => 1 + below(variables)
    return (variables) => 1 + (rows?.(variables) ?? assumedRows) * below(variables)
  }

  private first(node: FieldNode, definition: GraphQLField<unknown, unknown>): Cost | undefined {
    const argument = definition.args.find(({ name }) => name === 'first')
    if (argument === undefined) return undefined
    const byDefault = within(argument.defaultValue)
    const given = node.arguments?.find(({ name }) => name.value === 'first')?.value
    if (given === undefined) return () => byDefault
    if (given.kind === Kind.INT) {
      const literal = within(Number(given.value))
      return () => literal
    }
    if (given.kind !== Kind.VARIABLE) return () => byDefault
    const name = given.name.value
    const declared = this.operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue
    const ofVariable = declared?.kind === Kind.INT ? within(Number(declared.value)) : byDefault
    return (variables) => (variables[name] === undefined ? ofVariable : within(variables[name]))
  }
}

/** What no page allows is refused when the field is resolved; until then it counts as the largest page. */
const within = (first: unknown): number => (typeof first === 'number' && first >= 0 && first <= largestPage ? first : largestPage)
