// Whom long work is about: counted when it is asked for, written down when it begins, then taken batch by batch.
import { type RawBuilder, sql } from 'kysely';
import type { ContactFilter } from '../../contract/contact-filter.ts';
import { mergedInto } from '../contacts/merge/follow.ts';
import { besideMerges } from '../contacts/merge/merge-lock.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { inTime, patienceSeconds, roomToCount } from '../platform/db/in-time.ts';
import { filteredContacts } from './filtered-contacts.ts';

/** As bulk actions take it; an export is a filter and nobody excepted. */
export type Chosen = { contact_ids: string[] } | { filter: ContactFilter; except?: string[] };

/** The condition on the contact `c`. Throws as filteredContacts. */
async function meant(ctx: Ctx, chosen: Chosen): Promise<RawBuilder<boolean>> {
  const ours = sql`c.workspace_id = ${ctx.actor.workspaceId}`;
  const uuids = (ids: string[]) => ids.map((id) => uuidOf('cnt', id));
  if ('contact_ids' in chosen)
    return sql<boolean>`${ours} AND c.id = ANY(${uuids(chosen.contact_ids)}::uuid[])`;
  const excepted = chosen.except?.length ? sql`AND c.id <> ALL(${uuids(chosen.except)}::uuid[])` : sql``;
  return sql<boolean>`${ours} AND ${await filteredContacts(ctx, chosen.filter)} ${excepted}`;
}

/**
 * How many they are now, for somebody who waits. Throws NOT_FOUND and VALIDATION_FAILED as filteredContacts, and UNAVAILABLE where it
 * takes too long.
 */
export function countChosen(ctx: Ctx, chosen: Chosen, seconds = patienceSeconds): Promise<number> {
  return inTime(
    ctx,
    roomToCount,
    async (ctx) => {
      const { rows } = await sql<{ n: number }>`
        SELECT count(*) AS n FROM contacts c WHERE ${await meant(ctx, chosen)}`.execute(ctx.db);
      return rows[0]?.n ?? 0;
    },
    seconds,
  );
}

/** Writes down who they are, in the transaction of the work's first batch. Returns how many. */
export async function writeDownChosen(ctx: Ctx, workId: string, chosen: Chosen): Promise<number> {
  const written = await sql`
    INSERT INTO work_people (workspace_id, work_id, contact_id)
    SELECT c.workspace_id, ${workId}::uuid, c.id FROM contacts c WHERE ${await meant(ctx, chosen)}`.execute(
    ctx.db,
  );
  return Number(written.numAffectedRows ?? 0);
}

export interface Turn {
  /** As they were written down (uuids), in this order. */
  ids: string[];
  /** By the id that was written down: what became of those who were merged since. */
  became: Map<string, Became>;
}
interface Became {
  person: string;
  /** Who of those written down stands for that person: the person themselves, else the first of those who became them. */
  speaker: string;
}

/**
 * The next of them behind the mark. To be called first in the transaction of a batch: until its end nobody becomes another.
 */
export async function nextChosen(
  ctx: Ctx,
  workId: string,
  after: string | null,
  most: number,
): Promise<Turn> {
  await besideMerges(ctx);
  const { rows } = await sql<{ contact_id: string }>`
    SELECT contact_id FROM work_people
    WHERE workspace_id = ${ctx.actor.workspaceId} AND work_id = ${workId} ${after ? sql`AND contact_id > ${after}` : sql``}
    ORDER BY contact_id LIMIT ${most}`.execute(ctx.db);
  const ids = rows.map((row) => row.contact_id);
  return { ids, became: await whatBecame(ctx, workId, ids) };
}

async function whatBecame(ctx: Ctx, workId: string, ids: string[]): Promise<Map<string, Became>> {
  const merged = await mergedInto(ctx, ids);
  if (merged.size === 0) return new Map();
  const people = [...new Set(merged.values())];
  const { workspaceId } = ctx.actor;
  const { rows } = await sql<Became>`
    SELECT DISTINCT ON (n.person) n.person, n.id AS speaker
    FROM (
      SELECT one AS person, one AS id FROM unnest(${people}::uuid[]) AS one
      UNION ALL SELECT contact_id, absorbed_id FROM contact_merges
      WHERE workspace_id = ${workspaceId} AND contact_id = ANY(${people}::uuid[]) AND undone_at IS NULL) n
    JOIN work_people p ON p.workspace_id = ${workspaceId} AND p.work_id = ${workId} AND p.contact_id = n.id
    ORDER BY n.person, n.id <> n.person, n.id`.execute(ctx.db);
  const speakers = new Map(rows.map((row) => [row.person, row]));
  return new Map([...merged].map(([id, person]) => [id, speakers.get(person) ?? { person, speaker: id }]));
}

/** The list is not needed any more: it is over. */
export async function forgetChosen(ctx: Ctx, workId: string): Promise<void> {
  await ctx.db
    .deleteFrom('work_people')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('work_id', '=', workId)
    .execute();
}
