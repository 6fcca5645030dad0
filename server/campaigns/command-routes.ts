// The commands on a campaign: preview, test, launch and what can happen to it afterwards.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  type CampaignKind,
  campaign,
  campaignCancel,
  campaignKind,
  campaignTest,
  launched,
  tested,
} from '../../contract/campaigns.ts';
import type { Channel } from '../../contract/connections.ts';
import { wireId } from '../../contract/ids.ts';
import {
  type Content,
  contentInput,
  type PlatformPreview,
  previewSubject,
  type RenderedMessage,
} from '../../contract/message.ts';
import { reschedule } from '../../contract/schedules.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { route } from '../platform/http/route.ts';
import { type Preview, previewMessage } from '../templates/preview.ts';
import { templateOf } from '../whatsapp-templates/message-place.ts';
import {
  archiveCampaign,
  cancelCampaign,
  pauseCampaign,
  restoreCampaign,
  resumeCampaign,
  retryFailedOf,
} from './control.ts';
import { duplicateCampaign } from './create.ts';
import { toggleCampaign } from './edit.ts';
import { launchCampaign, rescheduleCampaign, sendNow } from './launch.ts';
import { testCampaign } from './message/test-message.ts';
import { getCampaign } from './store.ts';

const preview = z
  .object({
    contact: z.object({ id: wireId('cnt'), name: z.string() }).nullable(),
    about: previewSubject
      .nullable()
      .meta({ description: 'Of an automation: what the message is shown with; null: nothing' }),
    rendered: z
      .custom<RenderedMessage>()
      .nullable()
      .meta({ type: 'object', description: 'Markup, plain text, spans, length, limit, image, buttons' }),
    problems: z.array(z.object({ pointer: z.string(), detail: z.string() })),
    warnings: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    platforms: z.custom<Record<Channel, PlatformPreview>>().meta({
      type: 'object',
      description: 'telegram, whatsapp, website: rendered, problems, notes [{ tone: ok | warn, words }]',
    }),
    hints: z
      .array(
        z.object({
          key: z.string(),
          pointer: z.string(),
          words: z.string(),
          count: z.number().int().nullable(),
        }),
      )
      .meta({ description: 'Worth a look before sending, and no reason to stop' }),
  })
  .meta({ id: 'Preview' });

async function previewFor(
  ctx: Ctx,
  content: Content,
  connection?: string | null,
  contact?: string | null,
  kind?: CampaignKind | null,
): Promise<Preview> {
  const connectionId = connection ? uuidOf('con', connection) : null;
  return previewMessage(ctx, {
    content,
    connectionId,
    contactId: contact ? uuidOf('cnt', contact) : null,
    template: await templateOf(ctx, content, connectionId),
    kind: kind ?? null,
  });
}

export function commandRoutes(app: FastifyInstance): void {
  const tag = 'campaigns';
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/preview',
    access: 'campaigns:read',
    tag,
    summary: 'What an unsaved message would look like for one contact',
    body: z.strictObject({
      content: contentInput,
      connection_id: wireId('con').nullish(),
      contact_id: wireId('cnt').nullish(),
      kind: campaignKind.nullish().meta({
        description: 'Of the campaign that it is for; absent: carts and orders may be read alike',
      }),
    }),
    response: preview,
    handler: ({ ctx, body }) => previewFor(ctx, body.content, body.connection_id, body.contact_id, body.kind),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/:id/preview',
    access: 'campaigns:read',
    tag,
    summary: 'What one contact would be sent',
    ids: { id: 'cmp' },
    // without a body: an example contact
    body: z.strictObject({ contact_id: wireId('cnt').nullish() }).nullish(),
    response: preview,
    handler: async ({ ctx, ids, body }) => {
      const plan = await getCampaign(ctx, ids.id as string);
      return previewFor(ctx, plan.content, plan.connection_id, body?.contact_id, plan.kind);
    },
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/:id/test',
    access: 'campaigns:send',
    tag,
    summary: 'Send the message to chosen contacts only',
    ids: { id: 'cmp' },
    body: campaignTest,
    response: tested,
    status: 202,
    handler: async ({ ctx, ids, body }) => ({
      delivery_ids: await testCampaign(ctx, ids.id as string, body),
    }),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/:id/launch',
    access: 'campaigns:send',
    tag,
    summary: 'Send the campaign, or schedule it where it has a time',
    ids: { id: 'cmp' },
    response: launched,
    status: 202,
    handler: ({ ctx, ids }) => launchCampaign(ctx, ids.id as string),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/:id/send_now',
    access: 'campaigns:send',
    tag,
    summary:
      'Send a scheduled or held campaign at once; of a repeating one this is its next date, sent now instead',
    ids: { id: 'cmp' },
    response: launched,
    status: 202,
    handler: ({ ctx, ids }) => sendNow(ctx, ids.id as string),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/:id/reschedule',
    access: 'campaigns:send',
    tag,
    summary: 'Give a scheduled or held campaign another time',
    ids: { id: 'cmp' },
    body: reschedule,
    response: launched,
    status: 202,
    handler: ({ ctx, ids, body }) => rescheduleCampaign(ctx, ids.id as string, body),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/:id/resume',
    access: 'campaigns:send',
    tag,
    summary: 'Go on; `left` people will be messaged, none of them twice',
    ids: { id: 'cmp' },
    response: campaign
      .extend({
        left: z.number().int(),
        detail: z
          .string()
          .meta({ description: 'What resuming does, in words; a stopped canary is overridden' }),
      })
      .meta({ id: 'ResumedCampaign' }),
    status: 202,
    handler: async ({ ctx, ids }) => {
      const { left, detail } = await resumeCampaign(ctx, ids.id as string);
      return { ...(await getCampaign(ctx, ids.id as string)), left, detail };
    },
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/:id/duplicate',
    access: 'campaigns:write',
    tag,
    summary: 'Copy the plan into a new draft',
    ids: { id: 'cmp' },
    response: campaign,
    status: 201,
    handler: async ({ ctx, ids }) => getCampaign(ctx, await duplicateCampaign(ctx, ids.id as string)),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/campaigns/:id/cancel',
    access: 'campaigns:send',
    tag,
    summary: 'Stop for good; those still waiting are not messaged',
    ids: { id: 'cmp' },
    // without a body: with all later dates
    body: campaignCancel.nullish(),
    response: campaign,
    status: 202,
    handler: async ({ ctx, ids, body }) => {
      await cancelCampaign(ctx, ids.id as string, body?.scope);
      return getCampaign(ctx, ids.id as string);
    },
  });
  for (const { verb, access, summary, act } of commands)
    route(app, {
      method: 'POST',
      url: `/api/v1/campaigns/:id/${verb}`,
      access,
      tag,
      summary,
      ids: { id: 'cmp' },
      response: campaign,
      status: 202,
      handler: async ({ ctx, ids }) => {
        await act(ctx, ids.id as string);
        return getCampaign(ctx, ids.id as string);
      },
    });
}

const commands: {
  verb: string;
  access: 'campaigns:send' | 'campaigns:write';
  summary: string;
  act: (ctx: Ctx, id: string) => Promise<void>;
}[] = [
  {
    verb: 'pause',
    access: 'campaigns:send',
    summary: 'Stop for now; nobody gets it twice when it goes on',
    act: pauseCampaign,
  },
  {
    verb: 'retry_failed',
    access: 'campaigns:send',
    summary: 'Send again to those whose send failed',
    act: retryFailedOf,
  },
  { verb: 'archive', access: 'campaigns:write', summary: 'Take it out of the list', act: archiveCampaign },
  {
    verb: 'restore',
    access: 'campaigns:write',
    summary: 'Take it out of the archive, as what it was',
    act: restoreCampaign,
  },
  {
    verb: 'enable',
    access: 'campaigns:send',
    summary: 'Switch an automated campaign on',
    act: (ctx, id) => toggleCampaign(ctx, id, true),
  },
  {
    verb: 'disable',
    access: 'campaigns:send',
    summary: 'Switch an automated campaign off',
    act: (ctx, id) => toggleCampaign(ctx, id, false),
  },
];
