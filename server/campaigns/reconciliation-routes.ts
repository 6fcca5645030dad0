// HTTP of reconciliation: what became of everybody a run planned, and settling those nobody can know.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { wireId } from '../../contract/ids.ts';
import { reconciliation, settleInput, settlement } from '../../contract/reconciliation.ts';
import { reconcile } from '../deliveries/reports/reconciliation.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { route } from '../platform/http/route.ts';
import { settleUnknown } from './settle.ts';

export function reconciliationRoutes(app: FastifyInstance): void {
  const tag = 'campaigns';
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/reconciliation',
    access: 'campaigns:read',
    tag,
    summary: 'Where everybody of a run is; planned = sent + failed + skipped + unknown + left + cancelled',
    ids: { id: 'cmp' },
    query: z.object({
      run_id: wireId('run').optional().meta({ description: 'Left out: the latest run' }),
    }),
    response: reconciliation,
    handler: ({ ctx, ids, query }) =>
      reconcile(ctx, ids.id as string, query.run_id ? uuidOf('run', query.run_id) : null),
  });
  for (const [verb, summary] of [
    ['resend', 'Send it again to the unknown ones of a run: some may get it twice'],
    ['count_as_sent', 'Count the unknown ones of a run as sent'],
  ] as const)
    route(app, {
      method: 'POST',
      url: `/api/v1/campaigns/:id/${verb === 'resend' ? 'resend_unknown' : 'count_unknown_as_sent'}`,
      access: 'deliveries:write',
      tag,
      summary,
      ids: { id: 'cmp' },
      body: settleInput,
      response: settlement,
      status: 202,
      handler: ({ ctx, ids, body }) => settleUnknown(ctx, ids.id as string, verb, body),
    });
}
