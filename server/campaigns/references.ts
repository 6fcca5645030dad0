// What a campaign points at must exist in its own workspace: connection, picture, chosen contacts. Checked when written, so
// that an id of another shop can never get in.

import { sql } from 'kysely';
import type { Audience, Exclusion } from '../../contract/audience.ts';
import type { Campaign, CampaignCreate, CampaignPatch } from '../../contract/campaigns.ts';
import { toWireId } from '../../contract/ids.ts';
import { mergedInto } from '../contacts/merge/follow.ts';
import { listOfImport } from '../imports/list-of.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import { ruleOfSegments } from '../segments/membership.ts';
import { missingNouns } from '../segments/nouns.ts';
import { templateShows } from '../templates/saved/use.ts';

/** As it is kept: the people of an import are those of the list it made. Throws VALIDATION_FAILED. */
export async function keptAudience(
  ctx: Ctx,
  given: NonNullable<CampaignPatch['audience']>,
): Promise<Audience> {
  if (!('import_id' in given)) return given;
  const { import_id, ...less } = given;
  return { segment_ids: [await listOfImport(ctx, import_id, '/audience/import_id')], ...less };
}

/** Throws VALIDATION_FAILED with a pointer to the id that is not there. `id`: the campaign itself (wire id), where it exists. */
export async function checkReferences(
  ctx: Ctx,
  given: Pick<CampaignCreate | CampaignPatch, 'connection_id' | 'content' | 'audience'> & { id?: string },
): Promise<void> {
  const { workspaceId } = ctx.actor;
  if (given.connection_id) {
    const found = await ctx.db
      .selectFrom('connections')
      .select('id')
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', uuidOf('con', given.connection_id))
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    if (!found)
      throw invalidField('/connection_id', 'This connection is not there any more. Choose another one.');
  }
  for (const [index, attachment] of (given.content?.media ?? []).entries()) {
    if (!('media_id' in attachment)) continue;
    const found = await ctx.db
      .selectFrom('media')
      .select('id')
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', uuidOf('med', attachment.media_id))
      .executeTakeFirst();
    if (!found)
      throw invalidField(
        `/content/media/${index}/media_id`,
        'This picture is not there any more. Upload it again.',
      );
  }
  if (given.audience && 'segment_ids' in given.audience)
    await checkSegments(ctx, given.audience.segment_ids, '/audience/segment_ids');
  if (given.audience?.exclude) await checkExclusion(ctx, given.audience.exclude, given.id);
  if (given.audience && 'contact_ids' in given.audience) {
    const { gone } = await chosenGone(ctx, given.audience.contact_ids);
    if (gone > 0)
      throw invalidField(
        '/audience/contact_ids',
        `${gone} of the chosen contacts are not there any more. Choose again.`,
      );
  }
}

/**
 * What of an audience must still be there when it is sent: its segments, and somebody of those chosen one by one. A person who was erased
 * and a draft that was deleted keep nobody else from the message. Throws VALIDATION_FAILED.
 */
export async function checkStillThere(ctx: Ctx, audience: Audience): Promise<void> {
  if ('segment_ids' in audience) await checkSegments(ctx, audience.segment_ids, '/audience/segment_ids');
  if (audience.exclude)
    await checkSegments(ctx, audience.exclude.segment_ids, '/audience/exclude/segment_ids');
  if ('contact_ids' in audience && (await chosenGone(ctx, audience.contact_ids)).left === 0)
    throw invalidField(
      '/audience/contact_ids',
      'None of the chosen contacts is there any more. Choose again.',
    );
}

/** Of contacts chosen one by one: how many are left, and how many are gone. */
export async function chosenGone(ctx: Ctx, wireIds: string[]): Promise<{ left: number; gone: number }> {
  const ids = await presentIds(ctx, wireIds);
  const found = await ctx.db
    .selectFrom('contacts')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', 'in', ids)
    .executeTakeFirstOrThrow();
  return { left: Number(found.n), gone: ids.length - Number(found.n) };
}

/** Which campaigns it leaves out the people of are not there any more: they leave out nobody. */
export async function goneExclusions(ctx: Ctx, audience: Audience): Promise<number> {
  const ids = audience.exclude?.campaign_ids ?? [];
  if (ids.length === 0) return 0;
  const found = await ctx.db
    .selectFrom('campaigns')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where(
      'id',
      'in',
      ids.map((id) => uuidOf('cmp', id)),
    )
    .executeTakeFirstOrThrow();
  return ids.length - Number(found.n);
}

async function checkSegments(ctx: Ctx, wireIds: string[], pointer: string): Promise<void> {
  if (wireIds.length === 0) return;
  const gone = await firstGone(ctx, 'segments', 'seg', wireIds);
  if (gone !== null)
    throw invalidField(`${pointer}/${gone}`, 'This segment is not there any more. Choose another one.');
  const missing = await missingNouns(ctx, [await ruleOfSegments(ctx, wireIds)]);
  // "not on a connection that was removed" would be everybody
  if (missing.size > 0)
    throw invalidField(
      pointer,
      'A segment of this audience asks for a connection, campaign or group that is not there any more. Mend its rule first.',
    );
}

async function checkExclusion(ctx: Ctx, exclude: Exclusion, own: string | undefined): Promise<void> {
  await checkSegments(ctx, exclude.segment_ids, '/audience/exclude/segment_ids');
  const pointer = '/audience/exclude/campaign_ids';
  const itself = own === undefined ? -1 : exclude.campaign_ids.indexOf(own);
  if (itself >= 0)
    throw invalidField(
      `${pointer}/${itself}`,
      'A campaign cannot leave out its own people. Choose another campaign.',
    );
  const gone = await firstGone(ctx, 'campaigns', 'cmp', exclude.campaign_ids);
  if (gone !== null)
    throw invalidField(
      `${pointer}/${gone}`,
      'This campaign is not there any more. Take it out of the exclusions, or choose another one.',
    );
}

/** The place in the list of the first that is not of this workspace, or not any more. */
async function firstGone(
  ctx: Ctx,
  table: 'segments' | 'campaigns',
  prefix: 'seg' | 'cmp',
  wireIds: string[],
): Promise<number | null> {
  if (wireIds.length === 0) return null;
  const found = await ctx.db
    .selectFrom(table)
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where(
      'id',
      'in',
      wireIds.map((id) => uuidOf(prefix, id)),
    )
    .execute();
  const there = new Set(found.map((row) => toWireId(prefix, row.id)));
  const gone = wireIds.findIndex((id) => !there.has(id));
  return gone < 0 ? null : gone;
}

/** An automated campaign that is on sends by itself: whoever switches it on or off needs the scope to send. Throws FORBIDDEN. */
export function maySwitch(ctx: Ctx): void {
  const { actor } = ctx;
  if (actor.kind !== 'system' && !actor.scopes.has('campaigns:send'))
    throw new AppError('FORBIDDEN', 'Switching a campaign on or off needs the scope "campaigns:send".', {
      errors: [{ pointer: '/trigger/enabled', detail: 'Leave it as it is, or ask somebody who may send.' }],
    });
}

/** What of a plan is still there: a copy starts without what was removed since. */
export async function withoutRemoved(ctx: Ctx, plan: Campaign): Promise<Campaign> {
  const stillThere = async (part: Parameters<typeof checkReferences>[1]) => {
    try {
      await checkReferences(ctx, part);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'VALIDATION_FAILED') return false;
      throw error;
    }
  };
  const { connection_id, content, audience, settings } = plan;
  const variants = [];
  for (const variant of settings.ab?.variants ?? [])
    variants.push(
      (await stillThere({ content: variant.content }))
        ? variant
        : { ...variant, content: { ...variant.content, media: [] } },
    );
  return {
    ...plan,
    settings: { ...settings, ab: settings.ab && { ...settings.ab, variants } },
    connection_id: (await stillThere({ connection_id })) ? connection_id : null,
    content: (await stillThere({ content })) ? content : { ...content, media: [] },
    audience: (await stillThere({ audience })) ? audience : await remaining(ctx, audience),
  };
}

async function remaining(ctx: Ctx, audience: Audience): Promise<Audience> {
  if (!('contact_ids' in audience)) return audience;
  const rows = await ctx.db
    .selectFrom('contacts')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', 'in', await presentIds(ctx, audience.contact_ids))
    .execute();
  // nobody left: the ids stay, and the copy says so when it is edited or sent; never widen to everybody
  return rows.length > 0 ? { ...audience, contact_ids: rows.map(({ id }) => toWireId('cnt', id)) } : audience;
}

/** Who was merged into somebody is meant as that one. */
async function presentIds(ctx: Ctx, wireIds: string[]): Promise<string[]> {
  const ids = wireIds.map((id) => uuidOf('cnt', id));
  const into = await mergedInto(ctx, ids);
  return [...new Set(ids.map((id) => into.get(id) ?? id))];
}

/** Whether a campaign that is not yet archived, or a template, shows the picture: then it cannot be deleted. */
export async function isMediaInUse(ctx: Ctx, mediaId: string): Promise<boolean> {
  const shown = JSON.stringify([{ media_id: toWireId('med', mediaId) }]);
  const found = await ctx.db
    .selectFrom('campaigns')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('status', '<>', 'archived')
    .where(
      sql<boolean>`(content -> 'media' @> ${shown}::jsonb
        OR jsonb_path_query_array(settings, '$.ab.variants[*].content.media[*]') @> ${shown}::jsonb)`,
    )
    .limit(1)
    .executeTakeFirst();
  return found !== undefined || templateShows(ctx, mediaId);
}
