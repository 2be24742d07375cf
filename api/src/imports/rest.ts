import type { FastifyPluginAsync } from 'fastify'
import { routes } from 'schema/permissions'
import { permit } from '../auth/permit.ts'
import type { App } from '../context.ts'
import { contextFrom } from '../http/request.ts'
import { writeTemplate } from './workbook.ts'

/** Downloads that belong to imports. */
export const importRoutes =
  (app: App): FastifyPluginAsync =>
  async (server) => {
    server.get('/templates/import.xlsx', { schema: { hide: true } }, async (request, reply) => {
      permit((await contextFrom(app, request, reply)).viewer, routes['GET /templates/import.xlsx'])
      const { currency, locale } = app.company
      return reply
        .header('content-disposition', 'attachment; filename="customers.xlsx"')
        .header('cache-control', 'private, no-store')
        .type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
        .send(await writeTemplate({ currency, locale }))
    })
  }
