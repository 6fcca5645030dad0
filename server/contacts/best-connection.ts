// Where an automation reaches a person: through its own connection, or of all that work through the one on which they wrote last,
// else the oldest. For its check, and for whoever shows beforehand what the check will do.
import { type RawBuilder, sql } from 'kysely';
import type { Channel } from '../../contract/connections.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';

export interface Reached {
  connection_id: string;
  channel: Channel;
}
/** The connection that the automation names, as it stands on the wire. */
interface Own {
  connection_id: string | null;
}

/** The `events` (a SELECT with contact_id), each with connection_id and channel; without any connection there is no row. */
export const withConnection = (ctx: Ctx, own: Own, events: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`SELECT e.*, best.connection_id, best.channel FROM (${events}) e ${bestConnection(ctx, own)}`;

/** Of the person of `e`: the connection that reaches them, as `best`. */
export function bestConnection(ctx: Ctx, own: Own): RawBuilder<unknown> {
  const { connections, best } = connectionsOf(ctx, own);
  return sql`
    CROSS JOIN LATERAL (
      SELECT n.id AS connection_id, n.channel FROM ${connections} ORDER BY ${best} LIMIT 1
    ) best`;
}

/** The same of very many `people` (a SELECT of contact_id, each once), by joining all with all instead of looking each up. */
export function withConnections(ctx: Ctx, own: Own, people: RawBuilder<unknown>): RawBuilder<unknown> {
  const { connections, best } = connectionsOf(ctx, own, sql`(${people}) e CROSS JOIN`);
  return sql`
    SELECT DISTINCT ON (e.contact_id) e.contact_id, n.id AS connection_id, n.channel FROM ${connections}
    ORDER BY e.contact_id, ${best}`;
}

/** One person (null: nobody yet): on each channel the connection that reaches them, the best of all first. */
export async function connectionsByChannel(ctx: Ctx, contactId: string | null): Promise<Reached[]> {
  const person = sql`(SELECT ${contactId}::uuid AS contact_id) e CROSS JOIN`;
  const { connections, best } = connectionsOf(ctx, { connection_id: null }, person);
  const { rows } = await sql<Reached>`
    SELECT connection_id, channel FROM (
      SELECT DISTINCT ON (channel) * FROM (
        SELECT n.id AS connection_id, n.channel, row_number() OVER (ORDER BY ${best}) AS place FROM ${connections}
      ) placed ORDER BY channel, place
    ) first ORDER BY place`.execute(ctx.db);
  return rows;
}

function connectionsOf(ctx: Ctx, { connection_id: own }: Own, of: RawBuilder<unknown> = sql``) {
  return {
    connections: sql`${of} connections n
      LEFT JOIN identities i ON i.workspace_id = n.workspace_id AND i.connection_id = n.id AND i.contact_id = e.contact_id
      LEFT JOIN consents k ON k.workspace_id = n.workspace_id AND k.contact_id = e.contact_id AND k.channel = n.channel AND k.purpose = 'marketing'
      LEFT JOIN conversations v ON v.workspace_id = n.workspace_id AND v.contact_id = e.contact_id AND v.connection_id = n.id
      WHERE n.workspace_id = ${ctx.actor.workspaceId} AND n.deleted_at IS NULL AND ${own ? sql`n.id = ${uuidOf('con', own)}` : sql`true`}`,
    best: sql`i.id IS NOT NULL AND i.reachable AND k.state IS DISTINCT FROM 'opted_out' DESC, n.status = 'connected' DESC,
      v.last_inbound_at DESC NULLS LAST, n.created_at, n.id`,
  };
}
