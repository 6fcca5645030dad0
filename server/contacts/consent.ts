// Consent of a person on a channel: the present state, and the history of every change with who, when, from where and the
// words. Opting out is honoured by every send. Decided: it holds for the channel it was said on, as a yes does, because that is
// what the person was asked or answered and what the confirmation tells them; the panel says where they are still reached, and
// "every" is one act. Erased people leave their address barred (migrations/0063).
import type { Selectable } from 'kysely';
import { type Channel, channel as channels } from '../../contract/connections.ts';
import type { ConsentChanged, ConsentRecord, ConsentUndo } from '../../contract/consent.ts';
import type { Contact } from '../../contract/contacts.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { fetchPage } from '../platform/db/pages.ts';
import type { DB } from '../platform/db/tables.gen.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { loadContact } from './store.ts';

export interface ConsentChange {
  channel: Channel;
  purpose: 'marketing';
  state: 'opted_in' | 'opted_out';
  /** Where it came from: "message", "operator", "import", "api", or the platform that the person told it. */
  source: string;
  /** The person's own words or the form's text, as proof. */
  wording: string | null;
  /** False: the person said it so plainly that it cannot be a misunderstanding. */
  undoable?: boolean;
  /** When the person said it, as the platform tells; default: now, and never later. */
  at?: Date;
  /** Where it was said, if by a message; the address as far as it is known. */
  from?: { connectionId: string; address?: string };
}

/**
 * Repeating the present state keeps its first time and wording; a no said again is written down with the time of it. `changed`
 * says whether another state holds now.
 */
export async function recordConsent(
  given: Ctx,
  contactId: string,
  change: ConsentChange,
): Promise<{ changed: boolean }> {
  return inTransaction(given, async (ctx) => {
    const { channel, purpose, state, source, wording } = change;
    const at = saidAt(ctx, change.at);
    const row = await ctx.db
      .insertInto('consents')
      .values({
        workspace_id: ctx.actor.workspaceId,
        contact_id: contactId,
        channel,
        purpose,
        state,
        source,
        wording,
        at,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['workspace_id', 'contact_id', 'channel', 'purpose'])
          .doUpdateSet({ state, source, wording, at, repeated_at: null })
          .where('consents.state', '!=', state),
      )
      .returning('contact_id')
      .executeTakeFirst();
    if (!row && state === 'opted_out') await repeat(ctx, contactId, change, at);
    if (row || state === 'opted_out') await keepChange(ctx, contactId, { ...change, at });
    return { changed: row !== undefined };
  });
}

const saidAt = (ctx: Ctx, at: Date | undefined): Date => {
  const now = ctx.clock.now();
  return at && at < now ? at : now;
};

async function repeat(ctx: Ctx, contactId: string, { channel, purpose }: ConsentChange, at: Date) {
  await ctx.db
    .updateTable('consents')
    .set((eb) => ({ repeated_at: eb.fn('greatest', ['repeated_at', eb.val(at)]) }))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', contactId)
    .where('channel', '=', channel)
    .where('purpose', '=', purpose)
    .execute();
}

async function keepChange(
  ctx: Ctx,
  contactId: string,
  change: Omit<ConsentChange, 'state'> & { state: ConsentChanged['state']; reason?: string; at: Date },
): Promise<void> {
  await ctx.db
    .insertInto('consent_changes')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id: newId(),
      contact_id: contactId,
      channel: change.channel,
      purpose: change.purpose,
      state: change.state,
      source: change.source,
      wording: change.wording,
      reason: change.reason ?? null,
      undoable: change.undoable ?? true,
      actor_kind: ctx.actor.kind,
      actor_name: ctx.actor.name,
      at: change.at,
      connection_id: change.from?.connectionId ?? null,
      address: change.from?.address ?? null,
    })
    .execute();
}

const sourceOf = (ctx: Ctx) => (ctx.actor.kind === 'user' ? 'operator' : 'api');

/**
 * What an operator or a program states about a person; opting in only with proof (the schema asks for the wording). On every
 * channel: whoever is out on one of them already has said so in their own words, which stay.
 */
export async function stateConsent(given: Ctx, contactId: string, record: ConsentRecord): Promise<Contact> {
  return inTransaction(given, async (ctx) => {
    await lockContact(ctx, contactId);
    const { channel, ...said } = record;
    if (channel !== 'every') await stateOn(ctx, contactId, { ...said, channel });
    else
      for (const one of channels.options)
        if (!(await isOptedOut(ctx, contactId, { ...said, channel: one })))
          await stateOn(ctx, contactId, { ...said, channel: one });
    return loadContact(ctx, contactId);
  });
}

type Stated = Omit<ConsentRecord, 'channel'> & { channel: Channel };

async function stateOn(ctx: Ctx, contactId: string, { wording, ...said }: Stated): Promise<void> {
  const { state, channel } = said;
  if (state === 'opted_in' && noesOf(await changesOfConsent(ctx, contactId, said)).noes.some(isOfPlatform))
    throw stoppedThere();
  const change = { ...said, source: sourceOf(ctx), wording: wording || null };
  const { changed } = await recordConsent(ctx, contactId, change);
  if (changed)
    await audit(ctx, `contact.${state}`, { type: 'contact', id: toWireId('cnt', contactId) }, { channel });
}

async function isOptedOut(ctx: Ctx, contactId: string, { channel, purpose }: Stated): Promise<boolean> {
  const row = await ctx.db
    .selectFrom('consents')
    .select('state')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', contactId)
    .where('channel', '=', channel)
    .where('purpose', '=', purpose)
    .executeTakeFirst();
  return row?.state === 'opted_out';
}

/** Takes back an opt-out that was a misunderstanding: what held before holds again. Throws ILLEGAL_MOVE. */
export async function undoOptOut(given: Ctx, contactId: string, undo: ConsentUndo): Promise<Contact> {
  return inTransaction(given, async (ctx) => {
    await lockContact(ctx, contactId);
    const { channel, purpose, reason } = undo;
    const { noes, before } = noesOf(await changesOfConsent(ctx, contactId, undo));
    if (noes.length === 0)
      throw new AppError(
        'ILLEGAL_MOVE',
        'This person is not opted out on that channel: nothing is to be undone.',
      );
    if (noes.some(isOfPlatform)) throw stoppedThere();
    // one of them by a command, and none is a misunderstanding
    if (noes.some((no) => !no.undoable))
      throw new AppError(
        'ILLEGAL_MOVE',
        'This person opted out by a command of their own. They come back by /start, or you record that they opted in, with their words as proof.',
      );
    await restoreConsent(ctx, contactId, { channel, purpose, source: 'undo', reason, before });
    await audit(
      ctx,
      'contact.opt_out_undone',
      { type: 'contact', id: toWireId('cnt', contactId) },
      { channel },
    );
    return loadContact(ctx, contactId);
  });
}

/** Puts back what held before an opt-out, or nothing, and writes that down. */
export async function restoreConsent(
  ctx: Ctx,
  contactId: string,
  given: Pick<ConsentChange, 'channel' | 'purpose' | 'source' | 'from'> & {
    reason?: string;
    before: ChangeRow | undefined;
    at?: Date;
  },
): Promise<void> {
  const { channel, purpose, before, ...told } = given;
  const at = saidAt(ctx, given.at);
  const restored = before?.state === 'opted_in' ? before : null;
  await ctx.db
    .deleteFrom('consents')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', contactId)
    .where('channel', '=', channel)
    .where('purpose', '=', purpose)
    .execute();
  if (restored) {
    const { workspace_id, state, source, wording } = restored;
    await ctx.db
      .insertInto('consents')
      .values({
        workspace_id,
        contact_id: contactId,
        channel,
        purpose,
        state,
        source,
        wording,
        at: restored.at,
      })
      .execute();
  }
  const state = restored ? ('opted_in' as const) : ('not_asked' as const);
  await keepChange(ctx, contactId, {
    channel,
    purpose,
    state,
    wording: restored?.wording ?? null,
    ...told,
    at,
  });
}

export type ChangeRow = Selectable<DB['consent_changes']>;

/** What was written down last comes first: what a platform told late may have been said earlier. */
export function changesOfConsent(
  ctx: Ctx,
  contactId: string,
  { channel, purpose }: Pick<ConsentChange, 'channel' | 'purpose'>,
): Promise<ChangeRow[]> {
  return ctx.db
    .selectFrom('consent_changes')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', contactId)
    .where('channel', '=', channel)
    .where('purpose', '=', purpose)
    .orderBy('id', 'desc')
    .execute();
}

/**
 * Whether what a person said is old news: WhatsApp delivers in any order and repeats for 7 days (Cloud API, webhooks, 2026-11-20).
 * A yes needs to be later than every no. A no gives way only to what the person said later: who wrote down a yes for them may
 * not have known of it. At the same moment the no holds.
 */
export function isOldNews(
  changes: ChangeRow[],
  said: { channel: Channel; isYes: boolean; at: Date | undefined },
): boolean {
  const { channel, isYes, at } = said;
  if (!at) return false;
  return changes.some((one) =>
    isYes
      ? one.state === 'opted_out' && one.at >= at
      : one.state !== 'opted_out' && [channel, 'message'].includes(one.source) && one.at > at,
  );
}

/** All the noes said since something else held, and what that was. */
export function noesOf(changes: ChangeRow[]): { noes: ChangeRow[]; before: ChangeRow | undefined } {
  const other = changes.findIndex((one) => one.state !== 'opted_out');
  const noes = changes.slice(0, other === -1 ? changes.length : other);
  return { noes, before: changes[noes.length] };
}

/** Said to the platform, not to us (platform-consent.ts). */
const isOfPlatform = ({ source }: ChangeRow) => source === 'whatsapp';
const stoppedThere = () =>
  new AppError(
    'ILLEGAL_MOVE',
    'This person told WhatsApp to stop marketing messages from here, and WhatsApp delivers none to them. Only they can change that: in the chat, under the business’s name, “Offers and announcements”.',
  );

/** Two changes at once are one after the other. Throws NOT_FOUND. */
export async function lockContact(ctx: Ctx, contactId: string): Promise<void> {
  const found = await ctx.db
    .selectFrom('contacts')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', contactId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!found) throw notFound('contact');
}

/** Newest first. */
export function consentHistory(ctx: Ctx, contactId: string, page: PageQuery): Promise<Page<ConsentChanged>> {
  const query = ctx.db
    .selectFrom('consent_changes as h')
    .selectAll()
    .select(['h.at as _sort', 'h.id as _id'])
    .where('h.workspace_id', '=', ctx.actor.workspaceId)
    .where('h.contact_id', '=', contactId);
  const order = { column: 'h.at', id: 'h.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(query, page, order, (row) => ({
    channel: row.channel as ConsentChanged['channel'],
    purpose: 'marketing' as const,
    state: row.state as ConsentChanged['state'],
    source: row.source,
    wording: row.wording,
    reason: row.reason,
    by: row.actor_kind === 'system' ? null : row.actor_name,
    at: row.at.toISOString(),
  }));
}
