// Who runs this installation, for owners and admins of any of its workspaces: of each node's lanes the names of their own
// connections, the others as a number.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { NodeList, NodeRole } from '../../contract/nodes.ts';
import type { Ctx } from '../platform/context.ts';
import { stateOf } from './node.ts';

/** `answeringId`: the node that answers. The longest running first, lost ones last. */
export async function listNodes(ctx: Ctx, answeringId: string | null): Promise<NodeList> {
  const result = await sql<Row>`
    SELECT n.id, n.host, n.pid, n.role, n.version, n.started_at, n.heartbeat_at, n.stopping_at, n.sends_per_second, n.memory_bytes,
      cardinality(n.lanes) AS lanes,
      greatest(0, extract(epoch FROM clock_timestamp() - n.heartbeat_at))::float8 AS age_seconds,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name) ORDER BY c.name, c.id), '[]')
        FROM connections c
        WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.id = ANY(n.lanes) AND c.deleted_at IS NULL) AS connections
    FROM nodes n ORDER BY n.started_at, n.id`.execute(ctx.db);
  const nodes = result.rows.map((row) => ({
    id: toWireId('nod', row.id),
    host: row.host,
    pid: row.pid,
    role: row.role,
    version: row.version,
    state: stateOf(row.age_seconds, row.stopping_at !== null),
    answers: row.id === answeringId,
    started_at: row.started_at.toISOString(),
    heartbeat_at: row.heartbeat_at.toISOString(),
    heartbeat_age_seconds: Math.round(row.age_seconds * 10) / 10,
    lanes: row.lanes,
    connections: row.connections.map(({ id, name }) => ({ id: toWireId('con', id), name })),
    sends_per_second: Math.round(row.sends_per_second * 10) / 10,
    memory_bytes: row.memory_bytes,
  }));
  const isLost = (node: { state: string }) => Number(node.state === 'lost');
  return { data: nodes.sort((a, b) => isLost(a) - isLost(b)) };
}

interface Row {
  id: string;
  host: string;
  pid: number;
  role: NodeRole;
  version: string;
  started_at: Date;
  heartbeat_at: Date;
  stopping_at: Date | null;
  sends_per_second: number;
  memory_bytes: number;
  lanes: number;
  age_seconds: number;
  connections: { id: string; name: string }[];
}
