// SQL of templates, their history and when they were last read: rows, and as the wire shows them.
import { type Selectable, sql } from 'kysely';
import { channelsWhere } from '../../contract/channel-facts.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type {
  TemplateComponent,
  WhatsAppTemplate,
  WhatsAppTemplateChange,
  WhatsAppTemplateSync,
} from '../../contract/whatsapp-templates.ts';
import type { Ctx } from '../platform/context.ts';
import { newId, uuidOf, wireOrNull } from '../platform/db/ids.ts';
import { containing, fetchPage } from '../platform/db/pages.ts';
import type { DB } from '../platform/db/tables.gen.ts';
import { notFound } from '../platform/errors.ts';
import { cannotSend, reasonOf, sendableStates } from './template.ts';

export type TemplateRow = Omit<Selectable<DB['whatsapp_templates']>, 'components' | 'parameter_format'> & {
  components: TemplateComponent[];
  parameter_format: 'POSITIONAL' | 'NAMED';
};

/** Campaigns that are not through and say it, in their own wording or in a variant's. */
const campaignsOf = sql<number>`(
  SELECT count(*) FROM campaigns c
  WHERE c.workspace_id = t.workspace_id AND c.connection_id = t.connection_id
    AND c.status IN ('draft', 'scheduled', 'sending', 'paused') AND c.content #>> '{whatsapp,template,name}' IS NOT NULL
    AND (c.content #> '{whatsapp,template}' @> w.named OR c.settings @> w.in_variant))`;

const select = (ctx: Ctx) =>
  ctx.db
    .selectFrom('whatsapp_templates as t')
    .innerJoin('connections as n', (join) =>
      join.onRef('n.workspace_id', '=', 't.workspace_id').onRef('n.id', '=', 't.connection_id'),
    )
    .innerJoinLateral(
      sql<{ named: unknown; in_variant: unknown }>`(SELECT o.named,
          jsonb_build_object('ab', jsonb_build_object('variants', jsonb_build_array(jsonb_build_object('content',
            jsonb_build_object('whatsapp', jsonb_build_object('template', o.named)))))) AS in_variant
        FROM (SELECT jsonb_build_object('name', t.name, 'language', t.language) AS named) o)`.as('w'),
      (join) => join.onTrue(),
    )
    .selectAll('t')
    .select(campaignsOf.as('campaigns'))
    .where('t.workspace_id', '=', ctx.actor.workspaceId)
    .where('n.deleted_at', 'is', null);

function toWire(found: Selectable<DB['whatsapp_templates']> & { campaigns: number }): WhatsAppTemplate {
  const row = found as TemplateRow & { campaigns: number };
  return {
    id: toWireId('wat', row.id),
    connection_id: toWireId('con', row.connection_id),
    external_id: row.external_id,
    name: row.name,
    language: row.language,
    category: row.category,
    previous_category: row.previous_category,
    status: row.status,
    quality: row.quality,
    parameter_format: row.parameter_format,
    components: row.components,
    sample_media_id: wireOrNull('med', row.sample_media_id),
    reason: reasonOf(row.reason),
    cannot_send: cannotSend(row),
    campaigns: Number(row.campaigns),
    synced_at: row.synced_at.toISOString(),
    version: row.version,
  };
}

/** Throws NOT_FOUND. */
export async function loadTemplate(ctx: Ctx, id: string): Promise<WhatsAppTemplate> {
  const row = await select(ctx).where('t.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('WhatsApp template');
  return toWire(row);
}

export interface TemplateFilter extends PageQuery {
  connection_id?: string | undefined;
  search?: string | undefined;
  status?: string | undefined;
  category?: string | undefined;
  language?: string | undefined;
  sendable?: boolean | undefined;
}

/** By name. Deleted ones only when asked for. */
export function listTemplates(ctx: Ctx, filter: TemplateFilter): Promise<Page<WhatsAppTemplate>> {
  let query = select(ctx).select('t.id as _id');
  if (filter.connection_id) query = query.where('t.connection_id', '=', uuidOf('con', filter.connection_id));
  if (filter.search) query = query.where('t.name', 'ilike', containing(filter.search));
  if (filter.category) query = query.where('t.category', '=', filter.category);
  if (filter.language) query = query.where('t.language', '=', filter.language);
  query = filter.status
    ? query.where('t.status', '=', filter.status.toUpperCase())
    : query.where('t.status', '<>', 'DELETED');
  if (filter.sendable !== undefined)
    query = query.where(
      sql<boolean>`(t.buildable AND t.status = ANY(${sendableStates})) = ${filter.sendable}`,
    );
  const order = { column: 't.name', id: 't.id', direction: 'asc', type: 'text' } as const;
  return fetchPage(query, filter, order, toWire);
}

/** Locked, to be changed. Throws NOT_FOUND. */
export async function lockTemplate(ctx: Ctx, id: string): Promise<TemplateRow> {
  const row = await ctx.db
    .selectFrom('whatsapp_templates')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('WhatsApp template');
  return row as TemplateRow;
}

/** Of one connection, or of every connection that knows it. Locked, in the order of their ids. */
export async function lockByExternalIds(
  ctx: Ctx,
  externalIds: string[],
  connectionId?: string,
): Promise<TemplateRow[]> {
  let query = ctx.db
    .selectFrom('whatsapp_templates')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('external_id', 'in', externalIds)
    .orderBy('id')
    .forUpdate();
  if (connectionId) query = query.where('connection_id', '=', connectionId);
  return (await query.execute()) as TemplateRow[];
}

/** The newest of that name and language on the connection; one that was deleted only where there is no other. */
export async function rowNamed(
  ctx: Ctx,
  connectionId: string,
  name: string,
  language: string,
): Promise<TemplateRow | null> {
  const row = await ctx.db
    .selectFrom('whatsapp_templates')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connection_id', '=', connectionId)
    .where('name', '=', name)
    .where('language', '=', language)
    .orderBy(sql`status = 'DELETED'`)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return (row as TemplateRow | undefined) ?? null;
}

export type ChangeKind = WhatsAppTemplateChange['what'];
export interface NewChange {
  templateId: string;
  what: ChangeKind;
  was?: string | null;
  isNow?: string | null;
  reason?: string | null;
}

/** `by` null: whoever acts. */
export async function noteChanges(ctx: Ctx, changes: NewChange[], by: string | null): Promise<void> {
  if (changes.length === 0) return;
  const at = ctx.clock.now();
  await ctx.db
    .insertInto('whatsapp_template_changes')
    .values(
      changes.map(({ templateId, what, was, isNow, reason }) => ({
        workspace_id: ctx.actor.workspaceId,
        id: newId(),
        template_id: templateId,
        at,
        what,
        was: was ?? null,
        is_now: isNow ?? null,
        reason: reason ?? null,
        by_name: by ?? ctx.actor.name,
      })),
    )
    .execute();
}

/** Newest first. */
export function listChanges(
  ctx: Ctx,
  templateId: string,
  page: PageQuery,
): Promise<Page<WhatsAppTemplateChange>> {
  const query = ctx.db
    .selectFrom('whatsapp_template_changes')
    .selectAll()
    .select('id as _id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('template_id', '=', templateId);
  const order = { column: 'id', id: 'id', direction: 'desc', type: 'uuid' } as const;
  return fetchPage(query, page, order, (row) => ({
    at: row.at.toISOString(),
    what: row.what as ChangeKind,
    was: row.was,
    is_now: row.is_now,
    reason: reasonOf(row.reason),
    by: row.by_name,
  }));
}

/** When somebody last changed it here while it was approved. */
export async function lastEditAt(ctx: Ctx, templateId: string): Promise<Date | null> {
  const row = await ctx.db
    .selectFrom('whatsapp_template_changes')
    .select('at')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('template_id', '=', templateId)
    .where('what', '=', 'edited')
    .where('was', '=', 'APPROVED')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.at ?? null;
}

export async function writeSync(
  ctx: Ctx,
  connectionId: string,
  outcome: { syncedAt: Date } | { problem: string },
): Promise<void> {
  const change =
    'problem' in outcome ? { problem: outcome.problem } : { synced_at: outcome.syncedAt, problem: null };
  const tried_at = ctx.clock.now();
  await ctx.db
    .insertInto('whatsapp_template_syncs')
    .values({ workspace_id: ctx.actor.workspaceId, connection_id: connectionId, tried_at, ...change })
    .onConflict((on) => on.columns(['workspace_id', 'connection_id']).doUpdateSet({ tried_at, ...change }))
    .execute();
}

/** One entry for each connected number, also for one that was never read. */
export async function listSyncs(ctx: Ctx): Promise<WhatsAppTemplateSync[]> {
  const rows = await ctx.db
    .selectFrom('connections as n')
    .leftJoin('whatsapp_template_syncs as s', (join) =>
      join.onRef('s.workspace_id', '=', 'n.workspace_id').onRef('s.connection_id', '=', 'n.id'),
    )
    .select(['n.id', 's.synced_at', 's.problem'])
    .select((eb) =>
      eb
        .selectFrom('whatsapp_templates as t')
        .select(sql<number>`count(*)`.as('n'))
        .whereRef('t.workspace_id', '=', 'n.workspace_id')
        .whereRef('t.connection_id', '=', 'n.id')
        .where('t.status', '<>', 'DELETED')
        .as('templates'),
    )
    .where('n.workspace_id', '=', ctx.actor.workspaceId)
    .where('n.channel', 'in', channelsWhere('takesTemplates'))
    .where('n.deleted_at', 'is', null)
    .orderBy('n.created_at')
    .execute();
  return rows.map((row) => ({
    connection_id: toWireId('con', row.id),
    synced_at: row.synced_at?.toISOString() ?? null,
    problem: row.problem,
    templates: Number(row.templates ?? 0),
  }));
}
