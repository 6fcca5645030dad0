// Writes down what WhatsApp says of templates, whoever heard it: a look at all of them, a webhook, the answer to an edit. What
// changed is noted in their history, told to the panel, and stops the runs that cannot go on with them.
import { toWireId } from '../../contract/ids.ts';
import { whyUnsendable } from '../../contract/whatsapp-templates.ts';
import type { PlatformTemplate } from '../channels/channel.ts';
import type { Ctx } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { lockByExternalIds, type NewChange, noteChanges, type TemplateRow } from './store.ts';
import { isSameContent, stateOf, stopsRuns } from './template.ts';

/** Who is named in the history for what the platform decided. */
export const platformName = 'WhatsApp';

/** What is told of one; what is absent did not change. */
export type Facts = Partial<Omit<PlatformTemplate, 'externalId' | 'name' | 'language'>>;
/** `toldAt`: the platform's time of the news; null: it was asked. */
interface Telling {
  toldAt: Date | null;
}

/** Of one row that is locked. Returns what changed. */
export async function applyFacts(
  ctx: Ctx,
  row: TemplateRow,
  facts: Facts,
  { toldAt }: Telling,
): Promise<NewChange[]> {
  const status = facts.status === undefined ? row.status : stateOf(facts.status);
  const next = {
    status,
    quality: facts.quality ?? row.quality,
    category: facts.category ?? row.category,
    // a list knows less than a webhook: it names no reason of a pause
    reason: !stopsRuns(status) ? null : (facts.reason ?? (status === row.status ? row.reason : null)),
  };
  const components = facts.components ?? row.components;
  const isOther = !isSameContent(components, row.components);
  const changes: NewChange[] = [];
  const note = (what: NewChange['what'], was: string | null, isNow: string | null) =>
    changes.push({ templateId: row.id, what, was, isNow, reason: what === 'status' ? next.reason : null });
  if (next.status !== row.status) note('status', row.status, next.status);
  if (next.quality !== row.quality) note('quality', row.quality, next.quality);
  if (next.category !== row.category) note('category', row.category, next.category);
  if (isOther) note('content', null, null);
  await ctx.db
    .updateTable('whatsapp_templates')
    .set({
      ...next,
      previous_category:
        facts.previousCategory ?? (next.category === row.category ? row.previous_category : row.category),
      parameter_format: facts.parameterFormat ?? row.parameter_format,
      // written though the content is the same: the address of its sample ends
      components: JSON.stringify(components),
      buildable: whyUnsendable(components) === null,
      synced_at: ctx.clock.now(),
      ...(toldAt ? { told_at: toldAt } : {}),
      ...(isOther || next.category !== row.category ? { version: row.version + 1 } : {}),
    })
    .where('workspace_id', '=', row.workspace_id)
    .where('id', '=', row.id)
    .execute();
  if (next.status !== row.status && stopsRuns(next.status)) await stopRuns(ctx, row);
  return changes;
}

/** The engine stands higher on the ladder: it is told by a job, and asks again whether it is so. */
export async function stopRuns(
  ctx: Ctx,
  { connection_id, name, language }: Pick<TemplateRow, 'connection_id' | 'name' | 'language'>,
): Promise<void> {
  const job = { workspaceId: ctx.actor.workspaceId, connectionId: connection_id, name, language };
  const key = `${connection_id} ${name} ${language}`;
  await ctx.jobs.enqueue(ctx, 'deliveries.hold_template', job, { key });
}

/** Of the whole list or a page of it, as it was at `askedAt`: what was heard since is newer. Returns whether anything changed. */
export async function recordListed(
  ctx: Ctx,
  connectionId: string,
  listed: PlatformTemplate[],
  askedAt: Date,
): Promise<boolean> {
  if (listed.length === 0) return false;
  const ids = listed.map(({ externalId }) => externalId);
  const rows = new Map(
    (await lockByExternalIds(ctx, ids, connectionId)).map((row) => [row.external_id, row]),
  );
  const changes: NewChange[] = [];
  for (const template of listed) {
    const row = rows.get(template.externalId);
    if (!row) changes.push(...(await insertListed(ctx, connectionId, template)));
    else if (row.synced_at <= askedAt)
      changes.push(...(await applyFacts(ctx, row, template, { toldAt: null })));
  }
  await noteChanges(ctx, changes, platformName);
  return changes.length > 0;
}

async function insertListed(
  ctx: Ctx,
  connectionId: string,
  template: PlatformTemplate,
): Promise<NewChange[]> {
  const id = await insertTemplate(ctx, connectionId, template, null);
  return id ? [{ templateId: id, what: 'found', isNow: stateOf(template.status) }] : [];
}

/** Null: somebody else was faster. */
export async function insertTemplate(
  ctx: Ctx,
  connectionId: string,
  template: PlatformTemplate,
  sampleMediaId: string | null,
): Promise<string | null> {
  const now = ctx.clock.now();
  const row = await ctx.db
    .insertInto('whatsapp_templates')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id: newId(),
      connection_id: connectionId,
      external_id: template.externalId,
      name: template.name,
      language: template.language,
      category: template.category,
      previous_category: template.previousCategory,
      status: stateOf(template.status),
      quality: template.quality,
      parameter_format: template.parameterFormat,
      components: JSON.stringify(template.components),
      buildable: whyUnsendable(template.components) === null,
      reason: template.reason,
      sample_media_id: sampleMediaId,
      synced_at: now,
      created_at: now,
    })
    .onConflict((on) => on.columns(['workspace_id', 'connection_id', 'external_id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** The platform's list was read to its end and these were not in it. Returns whether any was there. */
export async function recordMissing(
  ctx: Ctx,
  connectionId: string,
  seen: Set<string>,
  askedAt: Date,
): Promise<boolean> {
  const rows = await ctx.db
    .selectFrom('whatsapp_templates')
    .select(['external_id', 'synced_at'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connection_id', '=', connectionId)
    .where('status', '<>', 'DELETED')
    .execute();
  const missing = rows.filter((row) => !seen.has(row.external_id) && row.synced_at <= askedAt);
  if (missing.length === 0) return false;
  const changes: NewChange[] = [];
  for (const row of await lockByExternalIds(
    ctx,
    missing.map((one) => one.external_id),
    connectionId,
  ))
    changes.push(...(await applyFacts(ctx, row, { status: 'DELETED', reason: null }, { toldAt: null })));
  await noteChanges(ctx, changes, platformName);
  return changes.length > 0;
}

/** News to the panel. */
export async function announceTemplates(ctx: Ctx, connectionId: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  const frame = { type: 'whatsapp_templates.changed' as const, connection_id: toWireId('con', connectionId) };
  await ctx.hub.publish(ctx, { topic: 'live', workspaceId, frame });
}
