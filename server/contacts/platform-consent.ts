// What people tell the platform and not us: WhatsApp's "Offers and announcements → Stop" under a message, and its way back
// ("user_preferences" webhooks and error 131050, Cloud API, 2026-11-20). Only the person can change it there, so nobody here
// takes it back for them.
import type { Channel } from '../../contract/connections.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import {
  type ConsentChange,
  changesOfConsent,
  isOldNews,
  lockContact,
  noesOf,
  recordConsent,
  restoreConsent,
} from './consent.ts';

export interface PlatformWish {
  channel: Channel;
  /** Whether they want marketing. */
  wanted: boolean;
  /** In the platform's words: the proof. */
  words: string;
  connectionId: string;
  address?: string;
  /** When they told it, as the platform says; default: now. */
  at?: Date;
}

/** Written down when two contacts became one: what each had said stands beside it. */
const ofMerges = new Set(['merge', 'merge_undone']);

/**
 * `wanted` restores what held before they stopped it there; who told us ourselves to stop as well stays out. `counts` is false
 * where it was old news.
 */
export async function recordPlatformWish(
  given: Ctx,
  contactId: string,
  { channel, wanted, words, connectionId, address, at }: PlatformWish,
): Promise<{ changed: boolean; counts: boolean }> {
  const from = { connectionId, ...(address === undefined ? {} : { address }) };
  const change: Omit<ConsentChange, 'state'> = {
    channel,
    purpose: 'marketing',
    source: channel,
    wording: words.slice(0, 500),
    undoable: false,
    from,
    at,
  };
  return inTransaction(given, async (ctx) => {
    await lockContact(ctx, contactId);
    const changes = await changesOfConsent(ctx, contactId, change);
    if (isOldNews(changes, { channel, isYes: wanted, at })) return { changed: false, counts: false };
    const { noes, before } = noesOf(changes);
    if (!wanted)
      return { ...(await recordConsent(ctx, contactId, { ...change, state: 'opted_out' })), counts: true };
    if (noes.length === 0 || !noes.every(({ source }) => source === channel || ofMerges.has(source)))
      return { changed: false, counts: true };
    await restoreConsent(ctx, contactId, { ...change, before });
    return { changed: true, counts: true };
  });
}

/** Messages that the platform refused because of it (131050). Whoever is out already is not written down again. */
export async function noteMarketingStopped(
  ctx: Ctx,
  channel: Channel,
  people: readonly { contactId: string; connectionId: string; address?: string; words: string }[],
): Promise<{ changed: string[] }> {
  if (people.length === 0) return { changed: [] };
  const out = await ctx.db
    .selectFrom('consents')
    .select('contact_id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where(
      'contact_id',
      'in',
      people.map(({ contactId }) => contactId),
    )
    .where('channel', '=', channel)
    .where('purpose', '=', 'marketing')
    .where('state', '=', 'opted_out')
    .execute();
  const known = new Set(out.map(({ contact_id }) => contact_id));
  const changed: string[] = [];
  // in one order, as everybody locks contacts
  for (const { contactId, ...of } of people.toSorted((a, b) => (a.contactId < b.contactId ? -1 : 1))) {
    if (known.has(contactId)) continue;
    known.add(contactId);
    await recordPlatformWish(ctx, contactId, { channel, wanted: false, ...of });
    changed.push(contactId);
  }
  return { changed };
}
