// Events: what people did, told by the shop. All of a request or none of it; the same event twice is one.
import { sql } from 'kysely';
import type { EventCreate } from '../../contract/shop.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { storableJson } from '../platform/db/storable.ts';
import { contactsOf } from './people.ts';
import { happenedAt } from './times.ts';

/** Throws VALIDATION_FAILED, with nothing written, that names each row whose contact is not here or whose time cannot be. */
export function recordEvents(
  ctx: Ctx,
  events: EventCreate[],
  pointerOf: (index: number) => string,
): Promise<{ recorded: number; known: number }> {
  const rows = events.map((event, index) => ({
    id: newId(),
    name: event.name,
    at: happenedAt(ctx, event.at, `${pointerOf(index)}/at`),
    properties: event.properties,
    event_id: event.event_id ?? null,
  }));
  return inTransaction(ctx, async (ctx) => {
    const about = events.map(({ contact }, index) => ({ contact, pointer: pointerOf(index) }));
    const contacts = await contactsOf(ctx, about);
    const given = storableJson(rows.map((row, index) => ({ ...row, contact_id: contacts[index] })));
    // in the order of their ids: two requests with the same events do not wait for each other in a circle
    const written = await sql`
      INSERT INTO events (workspace_id, id, contact_id, name, at, properties, event_id)
      SELECT ${ctx.actor.workspaceId}::uuid, r.id, r.contact_id, r.name, r.at, r.properties, r.event_id
      FROM jsonb_to_recordset(${given}::jsonb)
        AS r(id uuid, contact_id uuid, name text, at timestamptz, properties jsonb, event_id text)
      ORDER BY r.event_id, r.id
      ON CONFLICT (workspace_id, event_id) WHERE event_id IS NOT NULL DO NOTHING`.execute(ctx.db);
    const recorded = Number(written.numAffectedRows);
    return { recorded, known: events.length - recorded };
  });
}

/** The names of events there are, each with the last of them: jumps from name to name through the index. */
export async function eventNames(ctx: Ctx): Promise<{ name: string; last_at: string }[]> {
  const { workspaceId } = ctx.actor;
  const next = (after: ReturnType<typeof sql>) => sql`
    (SELECT e.name FROM events e WHERE e.workspace_id = ${workspaceId} AND e.name > ${after} ORDER BY e.name LIMIT 1)`;
  const { rows } = await sql<{ name: string; last_at: Date }>`
    WITH RECURSIVE names AS (
      SELECT ${next(sql`''`)} AS name
      UNION ALL
      SELECT ${next(sql`names.name`)} FROM names WHERE names.name IS NOT NULL
    )
    SELECT n.name, (SELECT max(e.at) FROM events e WHERE e.workspace_id = ${workspaceId} AND e.name = n.name) AS last_at
    FROM names n WHERE n.name IS NOT NULL LIMIT 1000`.execute(ctx.db);
  return rows.map((row) => ({ name: row.name, last_at: row.last_at.toISOString() }));
}
