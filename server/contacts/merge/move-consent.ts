// Consent in a merge: the stricter of the two holds. The history of both is kept as it was said, and what the merge itself
// changed stands in it as well, with who merged.
import { sql } from 'kysely';
import type { Ctx } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { type ConsentRow, saidAgain, stricterConsents } from './merge-values.ts';
import { moveRows, putBack, rowsOf } from './move-rows.ts';

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
      ORDER BY channel, purpose, id DESC
    ) h
    LEFT JOIN consents k ON k.workspace_id = h.workspace_id AND k.contact_id = h.contact_id AND k.channel = h.channel AND k.purpose = h.purpose
    -- what somebody said plainly does not become a misunderstanding by a merge
    LEFT JOIN LATERAL (
      SELECT bool_and(o.undoable) AS undoable FROM consent_changes o
      WHERE o.workspace_id = h.workspace_id AND o.contact_id = h.contact_id AND o.channel = h.channel AND o.purpose = h.purpose AND o.state = k.state
        AND o.at >= k.at) said ON true
    WHERE h.state IS DISTINCT FROM coalesce(k.state, 'not_asked')`.execute(ctx.db);
}

/** A change of consent since the merge, as PostgreSQL writes it. */
interface Said {
  workspace_id: string;
  id: string;
  channel: string;
  purpose: string;
  state: 'opted_in' | 'opted_out' | 'not_asked';
  source: string;
  wording: string | null;
  undoable: boolean;
  at: string;
  /** Who of the two has the address it came from, or any where it could have come from. */
  from_has: boolean;
  to_has: boolean;
}
const isOf = ({ from_has, to_has }: Said) => (from_has === to_has ? 'unclear' : from_has ? 'from' : 'to');

/**
 * Both have again what they had, and then what was said since, as far as it is theirs: of whoever alone has the address it came
 * from. Where that cannot be told, a no holds for both and a yes for the survivor. To be called when the addresses went back.
 */
export async function takeBackConsent(
  ctx: Ctx,
  given: { from: string; to: string; was: MovedConsent; since: string },
): Promise<void> {
  const { from, to, was } = given;
  const all = await saidSince(ctx, given);
  const said = withoutUndone(all);
  const mine = afterwards(
    was.mine,
    said.filter((one) => isOf(one) !== 'to'),
  );
  const theirs = afterwards(
    was.theirs,
    said.filter((one) => isOf(one) === 'to' || (isOf(one) === 'unclear' && one.state === 'opted_out')),
  );
  await writeConsents(
    ctx,
    from,
    mine.map((row) => ({ ...row, contact_id: from })),
  );
  await writeConsents(
    ctx,
    to,
    theirs.map((row) => ({ ...row, contact_id: to })),
  );
  const moved = all.filter((one) => isOf(one) === 'to').map(({ id }) => id);
  await moveRows(ctx, 'consent_changes', { from, to, ids: moved });
  await copyNoes(ctx, to, said.filter((one) => isOf(one) === 'unclear')); // biome-ignore format: one line
  await tellConsent(ctx, from, 'merge_undone');
  await tellConsent(ctx, to, 'merge_undone');
}

/** In the order it was written down, as it counted. What a later merge, undone again, passed on to the survivor is said too. */
async function saidSince(ctx: Ctx, given: { from: string; to: string; since: string }): Promise<Said[]> {
  const { workspaceId } = ctx.actor;
  const has = (contactId: string) => sql`EXISTS (
    SELECT 1 FROM (
      SELECT channel, connection_id, address FROM identities WHERE workspace_id = ${workspaceId} AND contact_id = ${contactId}
      UNION ALL
      SELECT channel, connection_id, address FROM spare_identities WHERE workspace_id = ${workspaceId} AND contact_id = ${contactId}
    ) a WHERE a.channel = h.channel AND a.connection_id = coalesce(h.connection_id, a.connection_id)
      AND a.address = coalesce(h.address, a.address))`;
  const { rows } = await sql<{ row: Said }>`
    SELECT to_jsonb(h) || jsonb_build_object('from_has', ${has(given.from)}, 'to_has', ${has(given.to)}) AS row
    FROM consent_changes h
    WHERE h.workspace_id = ${workspaceId} AND h.contact_id = ${given.from} AND h.id > ${given.since}
      AND h.source <> 'merge' AND (h.source <> 'merge_undone' OR h.state = 'opted_out')
    ORDER BY h.id`.execute(ctx.db);
  return rows.map(({ row }) => row);
}

/** A no that was taken back as a misunderstanding is nobody's. */
function withoutUndone(said: Said[]): Said[] {
  let kept: Said[] = [];
  for (const one of said) {
    if (one.source === 'undo') {
      const last = kept.findLastIndex((other) => sameKey(one, other) && other.state !== 'opted_out');
      kept = kept.filter((other, n) => n <= last || !sameKey(one, other));
    }
    kept.push(one);
  }
  return kept;
}

const sameKey = (a: Said, b: Said) => a.channel === b.channel && a.purpose === b.purpose;

/** What holds when this was said after that. */
function afterwards(before: ConsentRow[], said: Said[]): ConsentRow[] {
  let rows = before;
  for (const one of said) {
    const { workspace_id, channel, purpose, state, source, wording, at } = one;
    const row = rows.find((other) => other.channel === channel && other.purpose === purpose);
    const others = rows.filter((other) => other !== row);
    if (state === row?.state) rows = state === 'opted_out' ? [...others, saidAgain(row, at)] : rows;
    // an undo brings back what was before the no
    else if (state === 'not_asked') rows = row?.state === 'opted_out' ? others : rows;
    else
      rows = [...others, { workspace_id, channel, purpose, state, source, wording, at, repeated_at: null }];
  }
  return rows;
}

/** A no that holds for both, and was said to the one, stands in the history of the other too. */
async function copyNoes(ctx: Ctx, contactId: string, unclear: Said[]): Promise<void> {
  const noes = unclear.filter(({ state }) => state === 'opted_out');
  if (noes.length === 0) return;
  await ctx.db
    .insertInto('consent_changes')
    .values(
      noes.map(({ channel, purpose, state, wording, undoable }) => ({
        workspace_id: ctx.actor.workspaceId,
        id: newId(),
        contact_id: contactId,
        channel,
        purpose,
        state,
        source: 'merge_undone',
        wording,
        undoable,
        actor_kind: ctx.actor.kind,
        actor_name: ctx.actor.name,
        at: ctx.clock.now(),
      })),
    )
    .execute();
}
