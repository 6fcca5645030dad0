// What a campaign points at must exist in its own workspace: connection, picture, chosen contacts. Checked when written, so
// that an id of another shop can never get in.

import { sql } from 'kysely';
import type { CampaignCreate, CampaignPatch } from '../../contract/campaigns.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { invalidField } from '../platform/errors.ts';

/** Throws VALIDATION_FAILED with a pointer to the id that is not there. */
export async function checkReferences(
  ctx: Ctx,
  given: Pick<CampaignCreate | CampaignPatch, 'connection_id' | 'content' | 'audience'>,
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
  if (given.audience && 'contact_ids' in given.audience) {
    const ids = [...new Set(given.audience.contact_ids.map((id) => uuidOf('cnt', id)))];
    const found = await ctx.db
      .selectFrom('contacts')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('workspace_id', '=', workspaceId)
      .where('id', 'in', ids)
      .executeTakeFirstOrThrow();
    if (Number(found.n) !== ids.length)
      throw invalidField(
        '/audience/contact_ids',
        `${ids.length - Number(found.n)} of the chosen contacts are not there any more. Choose again.`,
      );
  }
}

/** Whether a campaign that is not yet archived shows the picture: then it cannot be deleted. */
export async function isMediaInUse(ctx: Ctx, mediaId: string): Promise<boolean> {
  const found = await ctx.db
    .selectFrom('campaigns')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('status', '<>', 'archived')
    .where(
      sql<boolean>`content -> 'media' @> ${JSON.stringify([{ media_id: toWireId('med', mediaId) }])}::jsonb`,
    )
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}
