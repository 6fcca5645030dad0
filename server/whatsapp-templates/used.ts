// Who sends which template: what campaigns ask before they send one, and which campaigns and runs name one.
import { type RawBuilder, sql } from 'kysely';
import type { TemplateComponent } from '../../contract/whatsapp-templates.ts';
import type { Ctx } from '../platform/context.ts';
import { rowNamed } from './store.ts';
import { cannotSend } from './template.ts';

export interface TemplateName {
  connectionId: string;
  name: string;
  language: string;
}

export interface FoundTemplate {
  id: string;
  name: string;
  language: string;
  /** MARKETING, UTILITY or AUTHENTICATION. */
  category: string;
  status: string;
  components: TemplateComponent[];
  /** Why it cannot be sent at present, in words; null: it can. */
  cannotSend: string | null;
}

/** What a message names by name and language; null: the connection has no such template. */
export async function approvedTemplate(
  ctx: Ctx,
  connectionId: string,
  name: string,
  language: string,
): Promise<FoundTemplate | null> {
  const row = await rowNamed(ctx, connectionId, name, language);
  if (!row) return null;
  const { id, category, status, components } = row;
  return { id, name, language, category, status, components, cannotSend: cannotSend(row) };
}

/** Whether `x`, a campaign or a run, says it, in its own wording or a variant's. */
export function saysTemplate(
  { name, language }: Pick<TemplateName, 'name' | 'language'>,
  x: string,
): RawBuilder<boolean> {
  const named = { name, language };
  const variants = { ab: { variants: [{ content: { whatsapp: { template: named } } }] } };
  return sql<boolean>`(${sql.ref(`${x}.content`)} #> '{whatsapp,template}' @> ${JSON.stringify(named)}::jsonb
    OR ${sql.ref(`${x}.settings`)} @> ${JSON.stringify(variants)}::jsonb)`;
}

/** Names of campaigns that would go out, or are going out, with it. */
export async function campaignsUnderWay(ctx: Ctx, template: TemplateName): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom('campaigns as c')
    .select('c.name')
    .where('c.workspace_id', '=', ctx.actor.workspaceId)
    .where('c.connection_id', '=', template.connectionId)
    .where('c.status', 'in', ['scheduled', 'sending', 'paused'])
    .where(saysTemplate(template, 'c'))
    .orderBy('c.number')
    .limit(5)
    .execute();
  return rows.map(({ name }) => name);
}

/** Runs under way with it. */
export async function runsUsing(ctx: Ctx, template: TemplateName): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom('runs as r')
    .select('r.id')
    .where('r.workspace_id', '=', ctx.actor.workspaceId)
    .where('r.connection_id', '=', template.connectionId)
    .where('r.status', '=', 'active')
    .where(saysTemplate(template, 'r'))
    .execute();
  return rows.map(({ id }) => id);
}
