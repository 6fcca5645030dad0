// A person opts out by a command or a sentence, or back in by /start, on WhatsApp by START. Their own words are kept as proof. What may be an
// opt-out is asked about: the conversation is marked until somebody decides (decide-opt-out.ts, docs/decisions/0018).
import { sql } from 'kysely';
import type { Channel } from '../../contract/connections.ts';
import { changesOfConsent, isOldNews, lockContact, recordConsent } from '../contacts/consent.ts';
import { enqueueDelivery } from '../deliveries/sending/enqueue.ts';
import { messageBody } from '../deliveries/sending/record.ts';
import type { Ctx } from '../platform/context.ts';
import { confirmationFor } from './opt-out/confirmations.ts';
import { insertMessage, type Thread } from './store.ts';

const maxWordingLength = 500;

/** Whose thread, from which of their addresses they wrote, as far as it is known, and when by the platform's time (default: now). */
type Saying = Thread & { channel: Channel; address?: string; at?: Date };

/**
 * Takes the person off every campaign of this channel. `undoable`: it was understood from a sentence. False: it came late, and
 * they have come back since.
 */
export async function optOut(ctx: Ctx, of: Saying, words: string, undoable: boolean): Promise<boolean> {
  if (await isLate(ctx, of, false)) return false;
  await record(ctx, of, 'opted_out', words, undoable);
  await setQuestion(ctx, of, null);
  return true;
}

async function isLate(ctx: Ctx, of: Saying, isYes: boolean): Promise<boolean> {
  const { contactId, channel, at } = of;
  // two connections of the channel may speak of one person at once
  await lockContact(ctx, contactId);
  const changes = await changesOfConsent(ctx, contactId, { channel, purpose: 'marketing' });
  return isOldNews(changes, { channel, isYes, at });
}

/** Nothing is changed, but a person is asked. Whoever is out already needs no decision. */
export async function askAboutOptOut(
  ctx: Ctx,
  of: Thread & { channel: Channel },
  words: string,
): Promise<void> {
  if ((await presentState(ctx, of)) === 'opted_out') return;
  await setQuestion(ctx, of, words.slice(0, maxWordingLength));
}

/** The first words that were asked about stay until somebody decides. Null: no question is left. */
export async function setQuestion(ctx: Ctx, of: Thread, wording: string | null): Promise<void> {
  let row = ctx.db
    .updateTable('conversations')
    .set({ opt_out_asked_at: wording === null ? null : ctx.clock.now(), opt_out_wording: wording })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', of.contactId)
    .where('connection_id', '=', of.connectionId);
  if (wording !== null) row = row.where('opt_out_asked_at', 'is', null);
  await row.execute();
}

/** Whoever is out already is told so once a day: two machines would answer each other for ever. */
const confirmedForMs = 24 * 60 * 60_000;

/**
 * Says so in the language of their `words`. `askedAt` is their message's place in the thread, which the answer stands below;
 * `wasOut`: they were out before they wrote.
 */
export async function confirmOptOut(
  ctx: Ctx,
  of: Thread & { channel: Channel },
  words: string,
  askedAt: Date,
  wasOut = false,
): Promise<void> {
  const person = await ctx.db
    .selectFrom('contacts')
    .select('language')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', of.contactId)
    .executeTakeFirst();
  const text = confirmationFor(words, person?.language ?? null, of.channel);
  if (wasOut && (await isSaidToday(ctx, of, text))) return;
  const delivery = await enqueueDelivery(ctx, {
    source: 'reply',
    contactId: of.contactId,
    connectionId: of.connectionId,
    content: { text },
    authorId: null,
  });
  await insertMessage(ctx, of, {
    direction: 'out',
    deliveryId: delivery.id,
    body: messageBody(delivery.rendered),
    at: new Date(Math.max(askedAt.getTime(), ctx.clock.now().getTime())),
  });
}

async function isSaidToday(ctx: Ctx, of: Thread, text: string): Promise<boolean> {
  const said = await ctx.db
    .selectFrom('messages')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', of.contactId)
    .where('connection_id', '=', of.connectionId)
    .where('at', '>', new Date(ctx.clock.now().getTime() - confirmedForMs))
    .where('direction', '=', 'out')
    .where(sql<boolean>`body->>'text' = ${text}`)
    .limit(1)
    .executeTakeFirst();
  return said !== undefined;
}

/** "/start" after "/stop" is an act of the person's own; without a "/stop" before, or told later than it, it says nothing about consent. */
export async function optBackIn(ctx: Ctx, of: Saying, words: string): Promise<void> {
  if ((await presentState(ctx, of)) === 'opted_out') {
    if (await isLate(ctx, of, true)) return;
    await record(ctx, of, 'opted_in', words);
  }
  await setQuestion(ctx, of, null);
}

export async function isOptedOut(ctx: Ctx, of: Thread & { channel: Channel }): Promise<boolean> {
  return (await presentState(ctx, of)) === 'opted_out';
}

async function presentState(ctx: Ctx, of: Thread & { channel: Channel }): Promise<string | undefined> {
  const present = await ctx.db
    .selectFrom('consents')
    .select('state')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', of.contactId)
    .where('channel', '=', of.channel)
    .where('purpose', '=', 'marketing')
    .executeTakeFirst();
  return present?.state;
}

async function record(
  ctx: Ctx,
  of: Saying,
  state: 'opted_in' | 'opted_out',
  words: string,
  undoable = true,
): Promise<void> {
  await recordConsent(ctx, of.contactId, {
    channel: of.channel,
    purpose: 'marketing',
    state,
    source: 'message',
    wording: words.slice(0, maxWordingLength),
    undoable,
    from: { connectionId: of.connectionId, address: of.address },
    at: of.at,
  });
}
