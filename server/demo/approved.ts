// The templates of the demo's WhatsApp number, handed in as a shop would: three that WhatsApp approved, one that it is still
// judging, one that it rejected. The verdicts are the emulator's, spoken by hand so that they are the same at every first start.

import { toWireId } from '../../contract/ids.ts';
import {
  type WhatsAppTemplateCreate,
  whatsappTemplateCreate,
} from '../../contract/whatsapp-template-draft.ts';
import { storeMedia } from '../media/store-media.ts';
import type { Ctx } from '../platform/context.ts';
import { createTemplate } from '../whatsapp-templates/submit.ts';
import { syncTemplates } from '../whatsapp-templates/sync.ts';
import { drawPicture } from './picture.ts';
import type { SandboxClient, SandboxNumber } from './sandbox-client.ts';
import { until } from './until.ts';

const limitMs = 30_000;
const language = 'en';
export const offerTemplate = { name: 'flash_offer', language };
/** What stands on the offer's button that people answer with. */
export const offerReply = 'Tell me more';

type Wish = Pick<WhatsAppTemplateCreate, 'name' | 'category' | 'body'> &
  Partial<WhatsAppTemplateCreate> & { verdict: 'APPROVED' | 'PENDING' | 'REJECTED'; reason?: string };

const wishes = (pictureId: string): Wish[] => [
  {
    name: 'winter_sale',
    category: 'MARKETING',
    body: {
      text: 'Hello {{1}}, our winter sale opens on Friday at nine. With the code below you are in the evening before.',
      examples: { '1': 'Ann' },
    },
    buttons: [{ kind: 'copy_code', example: 'EARLYBIRD' }],
    verdict: 'PENDING',
  },
  {
    name: 'parcel_news',
    category: 'UTILITY',
    body: {
      text: 'Hello {{1}}, your parcel is packed. While you wait: this week everything in the shop is 20% off.',
      examples: { '1': 'Ann' },
    },
    verdict: 'REJECTED',
    reason: 'INCORRECT_CATEGORY',
  },
  {
    name: 'workshop_place',
    category: 'UTILITY',
    header: { kind: 'text', text: 'Throwing workshop', example: '' },
    body: {
      text: 'Hello {{1}}, we have kept a place for you on {{2}} at ten, aprons and coffee are here. Are you coming?',
      examples: { '1': 'Ann', '2': 'Saturday' },
    },
    buttons: [
      { kind: 'quick_reply', text: 'I am coming' },
      { kind: 'quick_reply', text: 'Not this time' },
    ],
    verdict: 'APPROVED',
  },
  {
    name: 'order_on_its_way',
    category: 'UTILITY',
    body: {
      text: 'Hello {{1}}, your order {{2}} has left the pottery this morning and will be with you in two or three days.',
      examples: { '1': 'Ann', '2': 'MC-2455' },
    },
    footer: 'Marlow Ceramics',
    buttons: [
      {
        kind: 'url',
        text: 'Follow the parcel',
        url: 'https://marlow.example/parcels/{{1}}',
        example: 'https://marlow.example/parcels/MC-2455',
      },
    ],
    verdict: 'APPROVED',
  },
  {
    ...offerTemplate,
    category: 'MARKETING',
    header: { kind: 'image', media_id: pictureId },
    body: {
      text: 'Hi {{1}}, the kiln is full and the shelves have to be cleared: until midnight everything in the shop is *50% off*.',
      examples: { '1': 'Ann' },
    },
    footer: 'Marlow Ceramics',
    buttons: [
      { kind: 'url', text: 'Shop the offer', url: 'https://marlow.example/flash-offer', example: '' },
      { kind: 'quick_reply', text: offerReply },
    ],
    verdict: 'APPROVED',
  },
];

/** Safe to repeat: what was handed in is not handed in again. Returns the wire id of the offer's picture. */
export async function handInTemplates(
  ctx: Ctx,
  sandbox: SandboxClient,
  number: SandboxNumber,
  connection: { id: string; wireId: string },
): Promise<string> {
  const account = number.credentials.waba_id ?? '';
  const picture = await pictureOf(ctx);
  const all = wishes(picture);
  const known = await statesOf(ctx, connection.id);
  await sandbox.reviews(account, false);
  for (const { verdict: _, reason: __, ...wish } of all)
    if (!known.has(wish.name))
      await createTemplate(
        ctx,
        whatsappTemplateCreate.parse({ connection_id: connection.wireId, language, ...wish }),
      );
  for (const { name, verdict, reason } of all)
    if (verdict !== 'PENDING' && known.get(name) !== verdict)
      await sandbox.judge(account, name, verdict, reason);
  // what the newcomer hands in is judged at once
  await sandbox.reviews(account, true);
  await syncTemplates(ctx, connection.id);
  await until(ctx, limitMs, 'WhatsApp to judge the templates', async () => {
    const now = await statesOf(ctx, connection.id);
    return all.every(({ name, verdict }) => now.get(name) === verdict);
  });
  return picture;
}

async function statesOf(ctx: Ctx, connectionId: string): Promise<Map<string, string>> {
  const rows = await ctx.db
    .selectFrom('whatsapp_templates')
    .select(['name', 'status'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connection_id', '=', connectionId)
    .execute();
  return new Map(rows.map(({ name, status }) => [name, status]));
}

const fileName = 'flash-offer-whatsapp.png';
async function pictureOf(ctx: Ctx): Promise<string> {
  const known = await ctx.db
    .selectFrom('media')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('file_name', '=', fileName)
    .executeTakeFirst();
  return known
    ? toWireId('med', known.id)
    : (await storeMedia(ctx, { fileName, bytes: await drawPicture() })).id;
}
