// What a bulk action does to a batch of people, in one statement each; erasing alone goes person by person.
import { type RawBuilder, sql } from 'kysely';
import type { BulkDeed } from '../../../contract/bulk.ts';
import { tagsAtMost } from '../../contacts/contact.ts';
import { eraseContacts } from '../../contacts/erase.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { AppError } from '../../platform/errors.ts';
import { changeList } from '../change-members.ts';
import type { Turn } from '../chosen-people.ts';

/** Of the people of one batch; the five add up to them. */
export interface Done {
  changed: number;
  unchanged: number;
  gone: number;
  refused: number;
  merged: number;
}

/** Who was merged meanwhile is meant as the person they became. */
export async function doDeed(ctx: Ctx, action: BulkDeed, { ids, became }: Turn): Promise<Done> {
  const now = (given: string[]) => [...new Set(given.map((id) => became.get(id)?.person ?? id))];
  if (action.do === 'erase') {
    // but who was not chosen is not erased because somebody became part of them
    const erasable = ids.filter((id) => became.get(id)?.speaker === became.get(id)?.person);
    const changed = await eraseContacts(ctx, now(erasable));
    const merged = ids.length - erasable.length;
    return { changed, unchanged: 0, gone: erasable.length - changed, refused: 0, merged };
  }
  const people = now(ids);
  // locked in one order, so that two at once on the same people do not wait for each other for ever
  const there = await lockThere(ctx, people);
  const changed = await change(ctx, action, there);
  const refused = action.do === 'add_tags' ? await overLimit(ctx, there, action.tags) : 0;
  const gone = people.length - there.length;
  // of two who became one the deed is done once
  return { changed, unchanged: ids.length - gone - changed - refused, gone, refused, merged: 0 };
}

async function lockThere(ctx: Ctx, ids: string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM contacts WHERE workspace_id = ${ctx.actor.workspaceId} AND id = ANY(${ids}::uuid[])
    ORDER BY id FOR NO KEY UPDATE`.execute(ctx.db);
  return rows.map((row) => row.id);
}

async function change(ctx: Ctx, action: Exclude<BulkDeed, { do: 'erase' }>, ids: string[]): Promise<number> {
  switch (action.do) {
    case 'add_tags':
      return retag(
        ctx,
        ids,
        withTags(action.tags),
        sql`AND cardinality(${withTags(action.tags)}) <= ${tagsAtMost}`,
      );
    case 'remove_tags': {
      const kept = sql`ARRAY(SELECT t FROM unnest(c.tags) WITH ORDINALITY AS own (t, n) WHERE t <> ALL(${action.tags}::text[]) ORDER BY n)`;
      return retag(ctx, ids, kept, sql``);
    }
    case 'add_to_segment':
      return changedList(ctx, action.segment_id, { add: ids, remove: [] });
    case 'remove_from_segment':
      return changedList(ctx, action.segment_id, { add: [], remove: ids });
  }
}

/** Those of `c` as they are, then the new ones, each once. */
const withTags = (tags: string[]) => sql`(c.tags || ARRAY(
  SELECT t FROM unnest(${[...new Set(tags)]}::text[]) WITH ORDINALITY AS new (t, n) WHERE t <> ALL(c.tags) ORDER BY n))`;

async function retag(
  ctx: Ctx,
  ids: string[],
  tags: RawBuilder<unknown>,
  and: RawBuilder<unknown>,
): Promise<number> {
  const result = await sql`
    UPDATE contacts c SET tags = ${tags}, version = c.version + 1, updated_at = ${ctx.clock.now()}
    WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.id = ANY(${ids}::uuid[]) AND c.tags <> ${tags} ${and}`.execute(
    ctx.db,
  );
  return Number(result.numAffectedRows ?? 0);
}

async function overLimit(ctx: Ctx, ids: string[], tags: string[]): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*) AS n FROM contacts c
    WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.id = ANY(${ids}::uuid[])
      AND cardinality(${withTags(tags)}) > ${tagsAtMost}`.execute(ctx.db);
  return rows[0]?.n ?? 0;
}

/** Ends the work where the list was deleted. */
async function changedList(
  ctx: Ctx,
  wireId: string,
  change: { add: string[]; remove: string[] },
): Promise<number> {
  const changed = await changeList(ctx, uuidOf('seg', wireId), change);
  if (!changed)
    throw new AppError('NOT_FOUND', 'The list was deleted meanwhile. Choose another one and start again.');
  return changed.added + changed.removed;
}
