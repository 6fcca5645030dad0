// HTTP of what a message lacks for its audience.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { wireId } from '../../../contract/ids.ts';
import { contentInput, messageGap } from '../../../contract/message.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { route } from '../../platform/http/route.ts';
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
}
