// The workspace itself: reading and editing its name, its time zone, its currency and its contact pressure.
import type { Updateable } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Workspace, WorkspacePatch } from '../../contract/workspaces.ts';
import type { Ctx } from '../platform/context.ts';
import { inTransaction } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import type { Workspace as WorkspaceRow } from '../platform/db/tables.gen.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import { audit } from './audit.ts';
import { workspaceToWire } from './store.ts';

export async function showWorkspace(ctx: Ctx): Promise<Workspace> {
  const row = await ctx.db
    .selectFrom('workspaces')
    .selectAll()
    .where('id', '=', ctx.actor.workspaceId)
    .executeTakeFirstOrThrow();
  return workspaceToWire(row);
}

/** `version`: the one that was read; without it the last writer wins. Throws VERSION_CONFLICT. */
export function editWorkspace(ctx: Ctx, patch: WorkspacePatch): Promise<Workspace> {
  const { version, frequency_caps, quiet_hours, test_contact_ids, ...named } = patch;
  const changes: Updateable<WorkspaceRow> = {
    ...named,
    ...(frequency_caps === undefined ? {} : { frequency_caps: JSON.stringify(frequency_caps) }),
    ...(quiet_hours === undefined ? {} : { quiet_hours: quiet_hours && JSON.stringify(quiet_hours) }),
  };
  return inTransaction(ctx, async (trx) => {
    if (test_contact_ids) changes.test_contact_ids = await knownContacts(trx, test_contact_ids);
    let update = trx.db
      .updateTable('workspaces')
      .set((eb) => ({ ...changes, version: eb('version', '+', 1) }))
      .where('id', '=', trx.actor.workspaceId);
    if (version !== undefined) update = update.where('version', '=', version);
    const row = await update.returningAll().executeTakeFirst();
    if (!row)
      throw new AppError(
        'VERSION_CONFLICT',
        'Load the workspace again, look at what changed, and save your change once more.',
      );
    const subject = { type: 'workspace', id: toWireId('wsp', row.id) };
    const tests = test_contact_ids && { test_contacts: row.test_contact_ids.length };
    await audit(trx, 'workspace.changed', subject, { ...named, frequency_caps, quiet_hours, ...tests });
    // what waits for the end of other quiet hours, or of hours in another zone, is looked at again
    if (quiet_hours !== undefined || named.time_zone !== undefined)
      await trx.jobs.enqueue(trx, 'deliveries.rejudge', { workspaceId: row.id }, { key: row.id });
    // what people spent is summed up anew
    if (named.currency !== undefined)
      await trx.jobs.enqueue(trx, 'shop.recount', { workspaceId: row.id }, { key: row.id });
    return workspaceToWire(row);
  });
}

/** Each once, as uuids. Throws VALIDATION_FAILED at the first that is not a contact of this workspace. */
async function knownContacts(ctx: Ctx, wireIds: string[]): Promise<string[]> {
  const ids = [...new Set(wireIds)].map((id) => uuidOf('cnt', id));
  if (ids.length === 0) return [];
  const rows = await ctx.db
    .selectFrom('contacts')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', 'in', ids)
    .execute();
  const there = new Set(rows.map(({ id }) => id));
  const gone = wireIds.findIndex((id) => !there.has(uuidOf('cnt', id)));
  if (gone >= 0)
    throw invalidField(
      `/test_contact_ids/${gone}`,
      'This contact is not there any more. Choose another one.',
    );
  return ids;
}
