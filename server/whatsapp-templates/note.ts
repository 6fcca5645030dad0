// What a webhook says of a template: taken at its word where it is newer than what we know, and the platform is asked once more
// in either case, because webhooks come late, twice and in any order.
import type { TemplateEvent } from '../channels/channel.ts';
import type { ConnectionRef } from '../channels/connection.ts';
import type { Ctx } from '../platform/context.ts';
import { announceTemplates, applyFacts, type Facts, platformName } from './record.ts';
import { lockByExternalIds, noteChanges, rowNamed, type TemplateRow } from './store.ts';

/** Two clocks, and the way between them. */
const toleranceMs = 2 * 60_000;

export async function noteTemplate(ctx: Ctx, connection: ConnectionRef, event: TemplateEvent): Promise<void> {
  // its id is a number of JSON, which rounds long ones: name and language are sure
  const named = await rowNamed(ctx, connection.id, event.name, event.language);
  const externalId = named && named.status !== 'DELETED' ? named.external_id : event.externalId;
  // every number of the account in this workspace knows the template, and one webhook tells of it
  for (const row of await lockByExternalIds(ctx, [externalId])) {
    if (isOld(row, event.at)) continue;
    const changes = await applyFacts(ctx, row, factsOf(event), { toldAt: event.at });
    await noteChanges(ctx, changes, platformName);
    if (changes.length > 0) await announceTemplates(ctx, row.connection_id);
  }
  const job = { workspaceId: ctx.actor.workspaceId, connectionId: connection.id, externalId };
  await ctx.jobs.enqueue(ctx, 'whatsapp_templates.read', job, { key: `${connection.id} ${externalId}` });
}

function isOld(row: TemplateRow, at: Date): boolean {
  if (row.told_at && row.told_at > at) return true;
  return row.synced_at.getTime() - toleranceMs > at.getTime();
}

function factsOf({ status, quality, category, reason }: TemplateEvent): Facts {
  return {
    ...(status === undefined ? {} : { status, reason: reason ?? null }),
    ...(quality === undefined ? {} : { quality }),
    ...(category === undefined ? {} : { category }),
  };
}
