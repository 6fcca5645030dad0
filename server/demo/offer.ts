// The demo's campaign, written and sent as a marketer would, and its report.
import { campaignCreate, type Report } from '../../contract/campaigns.ts';
import { createCampaign } from '../campaigns/create.ts';
import { launchCampaign } from '../campaigns/launch.ts';
import { adapterOf } from '../channels/registry.ts';
import { runReport } from '../deliveries/reports/report.ts';
import { storeMedia } from '../media/store-media.ts';
import type { Ctx } from '../platform/context.ts';
import { drawPicture } from './picture.ts';
import type { Terminal } from './terminal.ts';
import { until } from './until.ts';

export const offerName = 'Flash Offer – 50% Off Today';
/** At 30 a second the 149 sends take five seconds; a machine that needs this long is in trouble. */
const sendLimitMs = 120_000;

const text = `*Half price, today only*

Hi {{ contact.first_name | default: "there" }}, the kiln is full and the shelves have to be cleared: until midnight everything in the shop is *50% off*, from the speckled mugs to the tall vases.

_No code needed. The price is halved in your basket._`;

/** The campaign of an earlier start, if there is one. */
export async function findOffer(ctx: Ctx): Promise<{ id: string; status: string } | null> {
  const row = await ctx.db
    .selectFrom('campaigns')
    .select(['id', 'status'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('name', '=', offerName)
    .orderBy('created_at')
    .executeTakeFirst();
  return row ?? null;
}

/** Returns the campaign's uuid. */
export async function writeOffer(ctx: Ctx, connectionWireId: string): Promise<string> {
  const picture = await storeMedia(ctx, { fileName: 'flash-offer.png', bytes: await drawPicture() });
  return createCampaign(
    ctx,
    campaignCreate.parse({
      name: offerName,
      type: 'promotional',
      connection_id: connectionWireId,
      audience: { all: true },
      content: {
        text,
        media: [{ media_id: picture.id }],
        buttons: [{ text: 'Shop the offer', url: 'https://marlow.example/flash-offer' }],
      },
    }),
  );
}

export async function sendOffer(ctx: Ctx, campaignId: string): Promise<void> {
  await launchCampaign(ctx, campaignId);
}

/** Shows the progress until the run has ended; returns its report. */
export async function watchOffer(ctx: Ctx, campaignId: string, terminal: Terminal): Promise<Report> {
  const allowed = adapterOf('telegram').pace.perSecond;
  let report = await runReport(ctx, campaignId, allowed);
  await until(ctx, sendLimitMs, 'the campaign to be sent', async () => {
    report = await runReport(ctx, campaignId, allowed);
    terminal.progress({
      done: report.planned - report.queued - report.sending,
      of: report.planned,
      // counted second by second, so that one may hold the end of the one before
      perSecond: Math.min(report.rate_per_second, report.rate_limit_per_second ?? allowed),
      finishAt: report.finish_at ? new Date(report.finish_at) : null,
    });
    return report.finished_at !== null;
  });
  terminal.endProgress();
  return report;
}
