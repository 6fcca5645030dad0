// HTTP of A/B tests.
import type { FastifyInstance } from 'fastify';
import { campaign } from '../../contract/campaigns.ts';
import { pickWinner as pickWinnerBody } from '../../contract/variants.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { route } from '../platform/http/route.ts';
import { getCampaign } from './store.ts';
import { pickWinner } from './winner.ts';

export function variantRoutes(app: FastifyInstance): void {
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/:id/pick_winner',
    access: 'campaigns:send',
    tag: 'campaigns',
    summary: 'Send this variant to everybody who waits for the winner of the A/B test',
    ids: { id: 'cmp' },
    body: pickWinnerBody,
    response: campaign,
    status: 202,
    handler: async ({ ctx, ids, body }) => {
      const { run_id, variant } = body;
      await pickWinner(ctx, ids.id as string, { runId: uuidOf('run', run_id), variant });
      return getCampaign(ctx, ids.id as string);
    },
  });
}
