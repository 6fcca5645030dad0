// HTTP of templates: what the composer needs to offer variables; the library and own templates are in saved/.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { route } from '../platform/http/route.ts';
import { templateVariable, variableMenu } from './menu.ts';
import { savedTemplateRoutes } from './saved/routes.ts';

export function templateRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/templates/variables',
    access: 'templates:read',
    tag: 'Templates',
    summary: 'Variables that a message may use, the attributes of your contacts included',
    response: z.object({ data: z.array(templateVariable), next_cursor: z.null() }),
    handler: async ({ ctx }) => ({ data: await variableMenu(ctx), next_cursor: null }),
  });
  savedTemplateRoutes(app);
}
