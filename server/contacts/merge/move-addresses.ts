// Addresses and threads in a merge. A person has one address per connection that we write to; a second one is put beside
// (spare_identities), and comes first as soon as the person writes from it.
import { sql } from 'kysely';
import type { Ctx } from '../../platform/context.ts';
import type { Row } from './merge-values.ts';
import { type Address, pairs } from './move-deliveries.ts';
import { moveRows, putBack, rowsOf } from './move-rows.ts';

interface Identity extends Row {
  id: string;
  connection_id: string;
  address: string;
}

export interface MovedAddresses {
  /** Identities and spare ones of the one who went, by id. */
  theirs: string[];
  /** What was the first address of each per connection, by id. */
  first: { mine: string[]; theirs: string[] };
  /** Threads that both had: both as they were, and what became of them. */
  threads: { kept: Row; merged: Row; gone: Row }[];
  /** Threads that only the one who went had. */
  moved: string[];
}

/** Locks the addresses of both, so that what comes in from them waits; to be called before the contacts are locked. */
export async function lockAddresses(ctx: Ctx, contactIds: string[]): Promise<void> {
  await sql`
    SELECT 1 FROM identities WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ANY(${contactIds}::uuid[])
    ORDER BY id FOR UPDATE`.execute(ctx.db);
}

export async function moveAddresses(ctx: Ctx, given: { from: string; to: string }): Promise<MovedAddresses> {
  const mine = (await rowsOf(ctx, 'identities', given.to)) as Identity[];
  const theirs = (await rowsOf(ctx, 'identities', given.from)) as Identity[];
  const taken = new Set(mine.map((one) => one.connection_id));
  const spare = await moveRows(ctx, 'spare_identities', given);
  await putBeside(
    ctx,
    theirs.filter((one) => taken.has(one.connection_id)),
    given.to,
  );
  await moveRows(ctx, 'identities', given);
  return {
    theirs: [...theirs.map((one) => one.id), ...spare],
    first: { mine: mine.map((one) => one.id), theirs: theirs.map((one) => one.id) },
    ...(await moveThreads(ctx, given)),
  };
}

const columns = sql`workspace_id, id, contact_id, connection_id, channel, address, username, reachable, unreachable_reason, created_at, country`;

/** First addresses that become second ones of `to`. */
async function putBeside(ctx: Ctx, identities: Identity[], to: string): Promise<void> {
  if (identities.length === 0) return;
  await sql`
    WITH gone AS (
      DELETE FROM identities WHERE workspace_id = ${ctx.actor.workspaceId} AND id = ANY(${identities.map((one) => one.id)}::uuid[])
      RETURNING *
    )
    INSERT INTO spare_identities (${columns})
    SELECT workspace_id, id, ${to}::uuid, connection_id, channel, address, username, reachable, unreachable_reason, created_at, country FROM gone`.execute(
    ctx.db,
  );
}

/** A second address of `contactId` comes first; the one that was first, if any, is put beside. */
export async function putFirst(ctx: Ctx, contactId: string, identityId: string): Promise<void> {
  const { rows } = await sql<{ row: Identity }>`
    DELETE FROM spare_identities s
    WHERE s.workspace_id = ${ctx.actor.workspaceId} AND s.contact_id = ${contactId} AND s.id = ${identityId} RETURNING to_jsonb(s) AS row`.execute(
    ctx.db,
  );
  const spare = rows[0]?.row;
  if (!spare) return;
  const first = await sql<Identity>`
    SELECT * FROM identities WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${contactId}
      AND connection_id = ${spare.connection_id} FOR UPDATE`.execute(ctx.db);
  await putBeside(ctx, first.rows, contactId);
  await sql`
    INSERT INTO identities (${columns})
    SELECT ${columns} FROM jsonb_populate_record(NULL::identities, ${JSON.stringify(spare)}::jsonb)`.execute(
    ctx.db,
  );
}

/** The survivor's entry in the inbox stays, with what both still wait for. */
async function moveThreads(
  ctx: Ctx,
  given: { from: string; to: string },
): Promise<Pick<MovedAddresses, 'threads' | 'moved'>> {
  const mine = await rowsOf(ctx, 'conversations', given.to);
  const theirs = await rowsOf(ctx, 'conversations', given.from);
  const threads: MovedAddresses['threads'] = [];
  for (const gone of theirs) {
    const kept = mine.find((one) => one.connection_id === gone.connection_id);
    if (!kept) continue;
    await sql`DELETE FROM conversations WHERE workspace_id = ${ctx.actor.workspaceId} AND id = ${gone.id}`.execute(
      ctx.db,
    );
    const { rows } = await sql<{ row: Row }>`
      UPDATE conversations v SET
        status = CASE WHEN 'open' IN (v.status, g.status) THEN 'open' ELSE v.status END,
        unread = v.unread + g.unread,
        created_at = least(v.created_at, g.created_at),
        updated_at = greatest(v.updated_at, g.updated_at),
        last_inbound_at = greatest(v.last_inbound_at, g.last_inbound_at),
        opt_out_wording = CASE WHEN v.opt_out_asked_at IS NULL THEN g.opt_out_wording ELSE v.opt_out_wording END,
        opt_out_asked_at = coalesce(v.opt_out_asked_at, g.opt_out_asked_at)
      FROM jsonb_populate_record(NULL::conversations, ${JSON.stringify(gone)}::jsonb) g
      WHERE v.workspace_id = ${ctx.actor.workspaceId} AND v.id = ${kept.id}
      RETURNING to_jsonb(v) AS row`.execute(ctx.db);
    threads.push({ kept, merged: rows[0]?.row ?? kept, gone });
  }
  return { threads, moved: await moveRows(ctx, 'conversations', given) };
}

/** Gives the addresses back. Returns them, and on which connections the survivor has one as well. */
export async function takeBackAddresses(
  ctx: Ctx,
  given: { from: string; to: string; was: MovedAddresses },
): Promise<{ theirs: Address[]; onBoth: string[] }> {
  const { workspaceId } = ctx.actor;
  const of = sql`workspace_id = ${workspaceId} AND contact_id = ${given.from} AND id = ANY(${given.was.theirs}::uuid[])`;
  const { rows: theirs } = await sql<Identity>`
    SELECT id, connection_id, address FROM identities WHERE ${of} UNION ALL
    SELECT id, connection_id, address FROM spare_identities WHERE ${of}`.execute(ctx.db);
  await moveRows(ctx, 'identities', { ...given, ids: given.was.theirs });
  await moveRows(ctx, 'spare_identities', { ...given, ids: given.was.theirs });
  // what was first is first again, where it still stands beside
  for (const id of given.was.first.theirs) await putFirst(ctx, given.to, id);
  for (const connectionId of new Set(theirs.map((one) => one.connection_id)))
    await firstOn(ctx, given.to, connectionId, given.was.theirs);
  for (const id of given.was.first.mine) await putFirst(ctx, given.from, id);
  const { rows } = await sql<{ connection_id: string }>`
    SELECT connection_id FROM identities WHERE workspace_id = ${workspaceId} AND contact_id = ${given.from}`.execute(
    ctx.db,
  );
  const mine = new Set(rows.map((row) => row.connection_id));
  return {
    theirs,
    onBoth: [...new Set(theirs.map((one) => one.connection_id))].filter((id) => mine.has(id)),
  };
}

/** Whoever has addresses on a connection has a first one: the first of `order` that stands beside. */
async function firstOn(ctx: Ctx, contactId: string, connectionId: string, order: string[]): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    SELECT s.id FROM spare_identities s
    WHERE s.workspace_id = ${ctx.actor.workspaceId} AND s.contact_id = ${contactId} AND s.connection_id = ${connectionId}
      AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.workspace_id = s.workspace_id AND i.contact_id = s.contact_id
        AND i.connection_id = s.connection_id)
    ORDER BY array_position(${order}::uuid[], s.id) LIMIT 1`.execute(ctx.db);
  if (rows[0]) await putFirst(ctx, contactId, rows[0].id);
}

/** Messages and threads: those that came over, and what came since from or to an address that goes back. */
export async function takeBackThreads(
  ctx: Ctx,
  given: {
    from: string;
    to: string;
    was: MovedAddresses;
    messages: string[];
    since: string;
    theirs: Address[];
    onBoth: string[];
  },
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const { from, to, since } = given;
  await moveRows(ctx, 'messages', { from, to, ids: given.messages });
  const alone = given.theirs.map((one) => one.connection_id).filter((id) => !given.onBoth.includes(id));
  // an inbound message has its own id since it came; an outbound one has its delivery's, which knows where it went
  await sql`
    UPDATE messages m SET contact_id = ${to}
    WHERE m.workspace_id = ${workspaceId} AND m.contact_id = ${from} AND (
      (m.direction = 'in' AND m.id > ${since} AND (m.connection_id = ANY(${alone}::uuid[])
        OR (m.connection_id, m.address) IN (${pairs(given.theirs)})))
      OR (m.direction = 'out' AND m.delivery_id IN (
        SELECT d.id FROM deliveries d WHERE d.workspace_id = ${workspaceId} AND d.contact_id = ${to})))`.execute(
    ctx.db,
  );
  await moveRows(ctx, 'conversations', { from, to, ids: given.was.moved });
  await splitThreads(ctx, given.was.threads);
  await sql`
    UPDATE conversations v SET contact_id = ${to}
    WHERE v.workspace_id = ${workspaceId} AND v.contact_id = ${from} AND v.connection_id = ANY(${alone}::uuid[]) AND v.id > ${since}
      AND NOT EXISTS (SELECT 1 FROM conversations k WHERE k.workspace_id = v.workspace_id AND k.contact_id = ${to}
        AND k.connection_id = v.connection_id)`.execute(ctx.db);
  await sql`
    INSERT INTO conversations (workspace_id, id, contact_id, connection_id, channel, status, created_at, updated_at, last_inbound_at)
    SELECT m.workspace_id, new_id(), ${to}::uuid, m.connection_id, n.channel, 'open', min(m.at), max(m.at), max(m.at) FILTER (WHERE m.direction = 'in')
    FROM messages m JOIN connections n ON n.workspace_id = m.workspace_id AND n.id = m.connection_id
    WHERE m.workspace_id = ${workspaceId} AND m.contact_id = ${to} AND m.connection_id = ANY(${given.onBoth}::uuid[]) AND m.id > ${since}
    GROUP BY m.workspace_id, m.connection_id, n.channel
    ON CONFLICT DO NOTHING`.execute(ctx.db);
}

/** Untouched since, both are as they were; else both are as the inbox shows the one, so that nothing unanswered is hidden. */
async function splitThreads(ctx: Ctx, threads: MovedAddresses['threads']): Promise<void> {
  for (const { kept, merged, gone } of threads) {
    const { rows } = await sql<{ row: Row }>`
      SELECT to_jsonb(v) AS row FROM conversations v WHERE v.workspace_id = ${ctx.actor.workspaceId} AND v.id = ${kept.id} FOR UPDATE`.execute(
      ctx.db,
    );
    const now = rows[0]?.row;
    const untouched = now && JSON.stringify(now) === JSON.stringify(merged);
    if (untouched)
      await sql`
        UPDATE conversations v SET status = k.status, unread = k.unread, created_at = k.created_at, updated_at = k.updated_at, last_inbound_at = k.last_inbound_at,
          opt_out_asked_at = k.opt_out_asked_at, opt_out_wording = k.opt_out_wording
        FROM jsonb_populate_record(NULL::conversations, ${JSON.stringify(kept)}::jsonb) k
        WHERE v.workspace_id = ${ctx.actor.workspaceId} AND v.id = ${kept.id}`.execute(ctx.db);
    await putBack(ctx, 'conversations', [untouched || !now ? gone : { ...gone, status: now.status }]);
  }
}
