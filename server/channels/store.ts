// SQL of connections. Deleted ones keep their row for the send log's sake and are never found here.
import { type RawBuilder, sql } from 'kysely';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { BaseCtx, Ctx } from '../platform/context.ts';
import { fetchPage } from '../platform/db/pages.ts';
import { notFound } from '../platform/errors.ts';
import type { ConnectionRow } from './connection.ts';

function select(ctx: Ctx) {
  return ctx.db
    .selectFrom('connections')
    .select([
      'workspace_id',
      'id',
      'channel',
      'name',
      'status',
      'problem',
      'account_id',
      'username',
      'receives_by',
      'sandbox',
      'learned_rate',
      'platform_rate',
      'health',
      'health_at',
      'webhook_at',
      'webhook_refused_at',
      'people_done',
      'people_total',
      'version',
      'created_at',
      'webhook_secret',
      'circuit',
      'circuit_since',
      'circuit_reason',
      'circuit_probe_at',
      'circuit_hold_at',
      'warm_up_day_limits',
      sql<string | null>`warm_up_started_on::text`.as('warm_up_started_on'),
    ])
    .select((eb) =>
      eb
        .selectFrom('identities')
        .select(sql<number>`count(*)`.as('n'))
        .whereRef('identities.workspace_id', '=', 'connections.workspace_id')
        .whereRef('identities.connection_id', '=', 'connections.id')
        .where('identities.reachable', '=', true)
        .$asScalar()
        .$notNull()
        .as('reachable_contacts'),
    )
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('deleted_at', 'is', null);
}

export function pageOfConnections<T>(
  ctx: Ctx,
  page: PageQuery,
  toWire: (row: ConnectionRow) => T,
): Promise<Page<T>> {
  const query = select(ctx).select(['created_at as _sort', 'id as _id']);
  return fetchPage(
    query,
    page,
    { column: 'created_at', id: 'id', direction: 'desc', type: 'timestamptz' },
    toWire,
  );
}

/** Throws NOT_FOUND. */
export async function readConnection(ctx: Ctx, id: string) {
  const row = await select(ctx).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('connection');
  return row;
}

export interface ConnectionChange {
  name?: string;
  status?: 'connected' | 'error';
  problem?: string | null;
  credentials?: Buffer;
  username?: string | null;
  receives_by?: 'webhook' | 'polling';
  webhook_secret?: string;
  deleted_at?: Date;
  parent_account_id?: string | null;
  warm_up_day_limits?: number[] | null;
  /** "2026-12-01". */
  warm_up_started_on?: RawBuilder<Date> | null;
}

/** `version`: only if the row still has it. Returns whether a row was changed. */
export async function changeRow(
  ctx: Ctx,
  id: string,
  change: ConnectionChange,
  version?: number,
): Promise<boolean> {
  // health comes and goes by itself: only a person's change makes another person's older page out of date
  const isEdit =
    change.name !== undefined || change.credentials !== undefined || change.warm_up_day_limits !== undefined;
  const mended = change.status === 'connected' ? { mended_at: ctx.clock.now() } : {};
  const bump = isEdit ? { version: sql<number>`version + 1` } : {};
  let query = ctx.db
    .updateTable('connections')
    .set({ ...change, ...mended, ...bump, updated_at: ctx.clock.now() })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .where('deleted_at', 'is', null);
  if (version !== undefined) query = query.where('version', '=', version);
  const result = await query.executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** What openAccount and the webhook door need, by id alone: neither knows the workspace yet. */
export function findAnywhere(base: BaseCtx, id: string) {
  return base.db
    .selectFrom('connections')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
}
