// HTTP of what came of a campaign: figures, links, course over time.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { batches, batchesQuery } from '../../contract/batches.ts';
import { report } from '../../contract/campaigns.ts';
import { wireId } from '../../contract/ids.ts';
import { course, trackedLinks } from '../../contract/links.ts';
import { adapterOf } from '../channels/registry.ts';
import { linksReport } from '../deliveries/links/link-figures.ts';
import { runBatches } from '../deliveries/reports/batches.ts';
import { runCourse } from '../deliveries/reports/course.ts';
import { runReport } from '../deliveries/reports/report.ts';
import { toldOf } from '../deliveries/reports/told.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { route } from '../platform/http/route.ts';
import { getCampaign } from './store.ts';

const ofRun = z.object({
  run_id: wireId('run').optional().meta({ description: 'Left out: the latest run' }),
});
const runIn = (query: z.output<typeof ofRun>) => (query.run_id ? uuidOf('run', query.run_id) : null);

export function reportRoutes(app: FastifyInstance): void {
  const tag = 'campaigns';
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/report',
    access: 'campaigns:read',
    tag,
    summary: 'The figures of a run, of an automation those of all its runs; they add up to planned',
    ids: { id: 'cmp' },
    query: ofRun,
    response: report,
    handler: async ({ ctx, ids, query }) =>
      runReport(ctx, ids.id as string, await publishedRate(ctx, ids.id as string), runIn(query)),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/links',
    access: 'campaigns:read',
    tag,
    summary:
      'The tracked links of a run, of an automation those of all its runs, with who opened them and how often',
    ids: { id: 'cmp' },
    query: ofRun,
    response: trackedLinks,
    handler: ({ ctx, ids, query }) => linksReport(ctx, ids.id as string, runIn(query)),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/batches',
    access: 'campaigns:read',
    tag,
    summary: 'The batches of a run, on WhatsApp its broadcast lists, each with its own progress',
    ids: { id: 'cmp' },
    query: ofRun.extend(batchesQuery.shape),
    response: batches,
    handler: async ({ ctx, ids, query }) =>
      runBatches(
        ctx,
        { campaignId: ids.id as string, runId: runIn(query) },
        await told(ctx, ids.id as string),
        query,
      ),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/campaigns/:id/course',
    access: 'campaigns:read',
    tag,
    summary: 'What happened when in a run, of an automation in all its runs, and how it will go on',
    ids: { id: 'cmp' },
    query: ofRun,
    response: course,
    handler: async ({ ctx, ids, query }) =>
      runCourse(ctx, ids.id as string, await publishedRate(ctx, ids.id as string), runIn(query)),
  });
}

/** What the platform of a campaign tells of its messages. */
async function told(ctx: Ctx, id: string) {
  const { channel, settings } = await getCampaign(ctx, id);
  return toldOf(channel, settings);
}

async function publishedRate(ctx: Ctx, id: string): Promise<number | null> {
  const { channel } = await getCampaign(ctx, id);
  return channel ? adapterOf(channel).pace.perSecond : null;
}
