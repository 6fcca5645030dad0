// Consent in a merge: the stricter of the two holds. The history of both is kept as it was said, and what the merge itself
// changed stands in it as well, with who merged.
import { sql } from 'kysely';
import type { Ctx } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { type ConsentRow, consentOf, stricterConsents } from './merge-values.ts';
import { putBack, rowsOf } from './move-rows.ts';

export interface MovedConsent {
  mine: ConsentRow[];
  theirs: ConsentRow[];
  merged: ConsentRow[];
}

const consentsOf = async (ctx: Ctx, contactId: string) =>
  (await rowsOf(ctx, 'consents', contactId)) as ConsentRow[];

export async function moveConsent(ctx: Ctx, given: { from: string; to: string }): Promise<MovedConsent> {
  const mine = await consentsOf(ctx, given.to);
  const theirs = await consentsOf(ctx, given.from);
  const merged = stricterConsents(mine, theirs).map((row) => ({ ...row, contact_id: given.to }));
  await writeConsents(ctx, given.to, merged);
  return { mine, theirs, merged };
}

async function writeConsents(ctx: Ctx, contactId: string, rows: ConsentRow[]): Promise<void> {
  await ctx.db
    .deleteFrom('consents')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', contactId)
    .execute();
  await putBack(ctx, 'consents', rows);
}

/**
 * The history of `contactId` ends with what holds now, wherever the last thing said in it is something else: so that the page
 * shows it, and an opt-out can be taken back by who may. To be called when all changes of both are theirs.
 */
export async function tellConsent(
  ctx: Ctx,
  contactId: string,
  source: 'merge' | 'merge_undone',
): Promise<void> {
  await sql`
    INSERT INTO consent_changes (workspace_id, id, contact_id, channel, purpose, state, source, wording, undoable, actor_kind, actor_name, at)
    SELECT h.workspace_id, new_id(), h.contact_id, h.channel, h.purpose, coalesce(k.state, 'not_asked'), ${source}, k.wording,
      coalesce(said.undoable, true), ${ctx.actor.kind}, ${ctx.actor.name}, ${ctx.clock.now()}
    FROM (
      SELECT DISTINCT ON (channel, purpose) * FROM consent_changes
      WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${contactId}
      ORDER BY channel, purpose, at DESC, id DESC
    ) h
    LEFT JOIN consents k ON k.workspace_id = h.workspace_id AND k.contact_id = h.contact_id AND k.channel = h.channel AND k.purpose = h.purpose
    -- what somebody said plainly does not become a misunderstanding by a merge
    LEFT JOIN LATERAL (
      SELECT o.undoable FROM consent_changes o
      WHERE o.workspace_id = h.workspace_id AND o.contact_id = h.contact_id AND o.channel = h.channel AND o.purpose = h.purpose AND o.state = k.state
      ORDER BY o.at DESC, o.id DESC LIMIT 1) said ON true
    WHERE h.state IS DISTINCT FROM coalesce(k.state, 'not_asked')`.execute(ctx.db);
}

/** On which channels which of the two has an address, after the addresses went back. */
interface Reach {
  from: Set<string>;
  to: Set<string>;
}

/**
 * Both have again what they had, unless something was said since: that is of whoever alone has an address on the channel;
 * where that cannot be told, a no holds for both and a yes for the survivor.
 */
export async function takeBackConsent(
  ctx: Ctx,
  given: { from: string; to: string; was: MovedConsent; since: string },
): Promise<void> {
  const now = await consentsOf(ctx, given.from);
  const reach = await reachOf(ctx, given);
  const mine: ConsentRow[] = [];
  const theirs: ConsentRow[] = [];
  let spread = false;
  for (const like of allKeys(now, given.was.mine, given.was.theirs)) {
    const present = consentOf(now, like);
    const merged = consentOf(given.was.merged, like);
    const before = { mine: consentOf(given.was.mine, like), theirs: consentOf(given.was.theirs, like) };
    const untouched = JSON.stringify(present) === JSON.stringify(merged);
    const onlyTo = reach.to.has(like.channel) && !reach.from.has(like.channel);
    const onlyFrom = reach.from.has(like.channel) && !reach.to.has(like.channel);
    const isNo = present?.state === 'opted_out';
    push(mine, untouched || onlyTo ? before.mine : present);
    push(theirs, !untouched && (onlyTo || (isNo && !onlyFrom)) ? present : before.theirs);
    spread ||= !untouched && isNo && !onlyTo && !onlyFrom;
    if (!untouched && onlyTo) await moveSaid(ctx, given, like);
  }
  await writeConsents(
    ctx,
    given.from,
    mine.map((row) => ({ ...row, contact_id: given.from })),
  );
  await writeConsents(
    ctx,
    given.to,
    theirs.map((row) => ({ ...row, contact_id: given.to })),
  );
  if (spread) await addUnsaid(ctx, given.to);
  await tellConsent(ctx, given.from, 'merge_undone');
  await tellConsent(ctx, given.to, 'merge_undone');
}

const push = (to: ConsentRow[], row: ConsentRow | undefined) => row && to.push(row);

const allKeys = (...lists: ConsentRow[][]) =>
  lists.flat().filter((row, n, all) => all.findIndex((one) => consentOf([one], row)) === n);

async function reachOf(ctx: Ctx, given: { from: string; to: string }): Promise<Reach> {
  const channels = async (contactId: string) => {
    const { rows } = await sql<{ channel: string }>`
      SELECT channel FROM identities WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${contactId}`.execute(
      ctx.db,
    );
    return new Set(rows.map((row) => row.channel));
  };
  return { from: await channels(given.from), to: await channels(given.to) };
}

/** What was said since on this channel goes with whom it is of. */
async function moveSaid(
  ctx: Ctx,
  given: { from: string; to: string; since: string },
  like: ConsentRow,
): Promise<void> {
  await sql`
    UPDATE consent_changes SET contact_id = ${given.to}
    WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${given.from} AND channel = ${like.channel}
      AND purpose = ${like.purpose} AND id > ${given.since} AND source <> 'merge'`.execute(ctx.db);
}

/** A no that holds for both, and was said to the one, begins a history of the other where there was none. */
async function addUnsaid(ctx: Ctx, contactId: string): Promise<void> {
  const { rows } = await sql<ConsentRow>`
    SELECT k.* FROM consents k
    WHERE k.workspace_id = ${ctx.actor.workspaceId} AND k.contact_id = ${contactId} AND NOT EXISTS (
      SELECT 1 FROM consent_changes h WHERE h.workspace_id = k.workspace_id AND h.contact_id = k.contact_id
        AND h.channel = k.channel AND h.purpose = k.purpose)`.execute(ctx.db);
  for (const { channel, purpose, state, wording } of rows)
    await ctx.db
      .insertInto('consent_changes')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id: newId(),
        contact_id: contactId,
        channel,
        purpose,
        state,
        source: 'merge_undone',
        wording: wording as string | null,
        undoable: true,
        actor_kind: ctx.actor.kind,
        actor_name: ctx.actor.name,
        at: ctx.clock.now(),
      })
      .execute();
}
