// The offer once more, on WhatsApp: an approved template to those who are on it. What became of each message is what the
// emulator told by webhook; who reads, answers or has the phone switched off stands in people.ts.
import { campaignCreate, type Report } from '../../contract/campaigns.ts';
import { toWireId } from '../../contract/ids.ts';
import { createCampaign } from '../campaigns/create.ts';
import { launchCampaign } from '../campaigns/launch.ts';
import { adapterOf } from '../channels/registry.ts';
import { runReport } from '../deliveries/reports/report.ts';
import type { Ctx } from '../platform/context.ts';
import { offerReply, offerTemplate } from './approved.ts';
import { letThemWrite, type OpenNumber, withPhone } from './number.ts';
import { fedUpOnWhatsApp, notOnWhatsApp, phoneOff, readersOnWhatsApp, whatsappAnswers } from './people.ts';
import type { SandboxClient } from './sandbox-client.ts';
import { whatsappSegment } from './segments.ts';
import { until } from './until.ts';

export const whatsappOfferName = 'Flash Offer on WhatsApp';
const limitMs = 60_000;
const failed = notOnWhatsApp.length + fedUpOnWhatsApp.length;
const delivered = withPhone.length - failed - phoneOff.length;

/** Safe to repeat. Resolves once all that WhatsApp will tell has been told, and the answers are in the inbox. */
export async function offerOnWhatsApp(
  ctx: Ctx,
  sandbox: SandboxClient,
  open: OpenNumber,
  pictureId: string,
): Promise<string> {
  const known = await ctx.db
    .selectFrom('campaigns')
    .select(['id', 'status'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('name', '=', whatsappOfferName)
    .executeTakeFirst();
  const id = known?.id ?? (await write(ctx, open.connection.wireId, pictureId));
  if (!known || known.status === 'draft') await launchCampaign(ctx, id);
  const perSecond = adapterOf('whatsapp').pace.perSecond;
  const told = async (what: string, isSo: (report: Report) => boolean) => {
    let report = await runReport(ctx, id, perSecond);
    await until(ctx, limitMs, what, async () => {
      report = await runReport(ctx, id, perSecond);
      return isSo(report);
    });
    return report;
  };
  await told(
    'WhatsApp to deliver the offer',
    (report) =>
      report.finished_at !== null && report.failed >= failed && (report.delivered ?? 0) >= delivered,
  );
  for (const { phone } of readersOnWhatsApp) await sandbox.openChat(open.number.id, phone!);
  await letThemWrite(
    ctx,
    sandbox,
    open,
    whatsappAnswers.map(({ person, text = offerReply }) => ({ person, text })),
    (person, text) =>
      text === offerReply
        ? sandbox.pressButton(open.number.id, person.phone!, text)
        : sandbox.writeToNumber(open.number.id, person.phone!, text),
  );
  const report = await told(
    'the offer to be read on WhatsApp',
    ({ read }) => (read ?? 0) >= readersOnWhatsApp.length,
  );
  return `On WhatsApp, too: ${report.sent} sent + ${report.failed} failed = ${report.planned} planned; ${report.delivered} delivered, ${report.read} of them read, ${whatsappAnswers.length} answers.`;
}

async function write(ctx: Ctx, connectionWireId: string, pictureId: string): Promise<string> {
  const segment = await ctx.db
    .selectFrom('segments')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('name', '=', whatsappSegment)
    .executeTakeFirstOrThrow();
  return createCampaign(
    ctx,
    campaignCreate.parse({
      name: whatsappOfferName,
      type: 'promotional',
      connection_id: connectionWireId,
      audience: { segment_ids: [toWireId('seg', segment.id)] },
      content: {
        media: [{ media_id: pictureId }],
        whatsapp: {
          template: { ...offerTemplate, body: { '1': '{{ contact.first_name | default: "there" }}' } },
        },
      },
    }),
  );
}
