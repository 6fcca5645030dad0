// SQL of templates: the latest version of each, and as the wire shows it.
import { sql } from 'kysely';
import { toWireId } from '../../../contract/ids.ts';
import type { Page, PageQuery } from '../../../contract/lists.ts';
import type { Template, TemplateCategory, TemplateVersion } from '../../../contract/templates.ts';
import type { Ctx } from '../../platform/context.ts';
import { containing, fetchPage } from '../../platform/db/pages.ts';
import { notFound } from '../../platform/errors.ts';
import { purposeOf } from '../library.ts';

const latest = (ctx: Ctx) =>
  ctx.db
    .selectFrom('message_templates as t')
    .innerJoin('message_template_versions as v', (join) =>
      join
        .onRef('v.workspace_id', '=', 't.workspace_id')
        .onRef('v.template_id', '=', 't.id')
        .onRef('v.version', '=', 't.version'),
    )
    .where('t.workspace_id', '=', ctx.actor.workspaceId)
    .selectAll('t')
    .select(['v.type', 'v.content', 'v.variables', 'v.made_by'])
    .select(
      sql<number>`(SELECT count(*) FROM campaigns c WHERE c.workspace_id = t.workspace_id AND c.template_id = t.id)`.as(
        'used_by',
      ),
    );
type Row = Awaited<ReturnType<ReturnType<typeof latest>['executeTakeFirstOrThrow']>>;

function shown(row: Pick<Row, 'name' | 'category' | 'type' | 'content' | 'variables'>) {
  const category = row.category as TemplateCategory;
  const type = row.type as Template['type'];
  return {
    name: row.name,
    category,
    type,
    purpose: purposeOf({ category, type }),
    content: row.content as Template['content'],
    variables: row.variables as Template['variables'],
  };
}

function toWire(row: Row): Template {
  return {
    id: toWireId('tpl', row.id),
    ...shown(row),
    version: row.version,
    archived: row.archived,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    by: row.made_by,
    used_by: row.used_by,
  };
}

/** Throws NOT_FOUND. */
export async function readTemplate(ctx: Ctx, id: string): Promise<Template> {
  const row = await latest(ctx).where('t.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('template');
  return toWire(row);
}

/** Newest first. `search`: part of the name. */
export function listTemplates(
  ctx: Ctx,
  page: PageQuery & {
    search?: string | undefined;
    category?: TemplateCategory | undefined;
    archived: boolean;
  },
): Promise<Page<Template>> {
  let query = latest(ctx).select('t.id as _id').where('t.archived', '=', page.archived);
  if (page.search) query = query.where('t.name', 'ilike', containing(page.search));
  if (page.category) query = query.where('t.category', '=', page.category);
  const order = { column: 't.created_at', id: 't.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(query, page, order, toWire);
}

const versionsOf = (ctx: Ctx, id: string) =>
  ctx.db
    .selectFrom('message_template_versions as v')
    .selectAll()
    .where('v.workspace_id', '=', ctx.actor.workspaceId)
    .where('v.template_id', '=', id);

/** From the latest back. */
export function listVersions(ctx: Ctx, id: string, page: PageQuery): Promise<Page<TemplateVersion>> {
  const query = versionsOf(ctx, id).select('v.template_id as _id');
  const order = { column: 'v.version', id: 'v.template_id', direction: 'desc', type: 'bigint' } as const;
  return fetchPage(query, page, order, (row) => ({
    version: row.version,
    ...shown(row),
    by: row.made_by,
    at: row.created_at.toISOString(),
  }));
}

/** Throws NOT_FOUND for a version that never was. */
export async function readVersion(ctx: Ctx, id: string, version: number) {
  const row = await versionsOf(ctx, id).where('v.version', '=', version).executeTakeFirst();
  if (!row) throw notFound('version of this template');
  return shown(row);
}
