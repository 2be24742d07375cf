import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { problems } from 'schema/problem'

const problemRef = '#/components/schemas/Problem'

/** How the routes' zod rules become the OpenAPI document. */
export const openapi: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Collection API',
      version: '1.0.0',
      description: 'What is not GraphQL: the session, health, and the endpoints for partners.',
    },
  },
  transform: jsonSchemaTransform,
  transformObject: (input) => {
    const document = jsonSchemaTransformObject(input) as OpenapiDocument
    for (const path of Object.values(document.paths ?? {})) for (const operation of Object.values(path)) nameProblems(operation)
    // A rule with a name is printed as what goes in, too, and a problem never does.
    delete document.components?.schemas?.['ProblemInput']
    return document as ReturnType<typeof jsonSchemaTransformObject>
  },
}

interface OpenapiDocument {
  readonly paths?: Record<string, Record<string, Operation>>
  readonly components?: { readonly schemas?: Record<string, unknown> }
}
interface Operation {
  readonly responses?: Record<string, { description: string; content?: Record<string, { schema?: { $ref?: string } }> }>
}

/** Gives a problem its media type and its words; the routes only say which statuses they answer. */
function nameProblems({ responses = {} }: Operation): void {
  for (const [status, response] of Object.entries(responses)) {
    const json = response.content?.['application/json']
    if (json?.schema?.$ref !== problemRef) continue
    response.content = { 'application/problem+json': json }
    const titles = Object.values(problems).flatMap((problem) => (problem.status === Number(status) ? [problem.title] : []))
    response.description = titles.join('; ')
  }
}
