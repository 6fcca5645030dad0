// HTTP of templates: what the composer needs to offer variables; the library and own templates are in saved/.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { campaignKind } from '../../contract/campaigns.ts';
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
    query: z.strictObject({
      kind: campaignKind
        .optional()
        .meta({ description: 'Of the campaign: those of its cart or order come first' }),
    }),
    response: z.object({ data: z.array(templateVariable), next_cursor: z.null() }),
    handler: async ({ ctx, query }) => ({ data: await variableMenu(ctx, query.kind), next_cursor: null }),
  });
  savedTemplateRoutes(app);
}
