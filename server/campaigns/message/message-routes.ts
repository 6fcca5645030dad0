// HTTP of what a message lacks for its audience, and of whom it can be looked at for.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { wireId } from '../../../contract/ids.ts';
import { contentInput, messageGap, previewPerson } from '../../../contract/message.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { route } from '../../platform/http/route.ts';
import { needScope } from '../../platform/scopes.ts';
import { previewPeople } from '../../templates/preview-people.ts';
import { getCampaign } from '../store.ts';
import { messageGaps } from './message-gaps.ts';

export function messageRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/preview/gaps',
    access: 'campaigns:read',
    tag: 'campaigns',
    summary: 'How many of a campaign’s audience lack the variables of an unsaved message',
    body: z.strictObject({ content: contentInput, audience_of: wireId('cmp') }),
    response: z.object({ data: z.array(messageGap) }),
    handler: async ({ ctx, body }) => ({
      data: await messageGaps(ctx, body.content, uuidOf('cmp', body.audience_of)),
    }),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/preview/people',
    access: 'contacts:read',
    tag: 'campaigns',
    summary:
      'People who have what an automation is about, a cart for example, the latest first: to look at its message for',
    ids: { id: 'cmp' },
    query: z.strictObject({
      connection_id: wireId('con').optional().meta({ description: 'Only who is reached there' }),
    }),
    response: z.object({ data: z.array(previewPerson), next_cursor: z.null() }),
    handler: async ({ ctx, ids, query }) => {
      needScope(ctx, 'campaigns:read');
      const { kind } = await getCampaign(ctx, ids.id as string);
      const connection = query.connection_id ? uuidOf('con', query.connection_id) : null;
      return { data: await previewPeople(ctx, kind, connection), next_cursor: null };
    },
  });
}
