// A person opts out, or back in, by a command in the chat. Their own words are kept as proof.
import type { Channel } from '../../contract/connections.ts';
import { recordConsent } from '../contacts/consent.ts';
import { enqueueDelivery } from '../deliveries/sending/enqueue.ts';
import { messageBody } from '../deliveries/sending/record.ts';
import type { Ctx } from '../platform/context.ts';
import { insertMessage, type Thread } from './store.ts';

/** The one sentence a person gets after "/stop". */
export const optOutConfirmation =
  'You will not get any more promotions from us. To get them again, send /start.';
const maxWordingLength = 500;

/** Takes the person off every campaign of this channel. */
export async function optOut(ctx: Ctx, of: Thread & { channel: Channel }, words: string): Promise<void> {
  await record(ctx, of, 'opted_out', words);
}

/** Says so, each time they ask; `askedAt` is their message's place in the thread, which the answer stands below. */
export async function confirmOptOut(ctx: Ctx, of: Thread, askedAt: Date): Promise<void> {
  const delivery = await enqueueDelivery(ctx, {
    source: 'reply',
    contactId: of.contactId,
    connectionId: of.connectionId,
    content: { text: optOutConfirmation },
    authorId: null,
  });
  await insertMessage(ctx, of, {
    direction: 'out',
    deliveryId: delivery.id,
    body: messageBody(delivery.rendered),
    at: new Date(Math.max(askedAt.getTime(), ctx.clock.now().getTime())),
  });
}

/** "/start" after "/stop" is an act of the person's own; without a "/stop" before, it says nothing about consent. */
export async function optBackIn(ctx: Ctx, of: Thread & { channel: Channel }, words: string): Promise<void> {
  const present = await ctx.db
    .selectFrom('consents')
    .select('state')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', of.contactId)
    .where('channel', '=', of.channel)
    .where('purpose', '=', 'marketing')
    .executeTakeFirst();
  if (present?.state === 'opted_out') await record(ctx, of, 'opted_in', words);
}

async function record(
  ctx: Ctx,
  of: Thread & { channel: Channel },
  state: 'opted_in' | 'opted_out',
  words: string,
): Promise<void> {
  await recordConsent(ctx, of.contactId, {
    channel: of.channel,
    purpose: 'marketing',
    state,
    source: 'message',
    wording: words.slice(0, maxWordingLength),
  });
}
