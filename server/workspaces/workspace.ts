// The workspace itself: reading and editing its name and time zone.
import { toWireId } from '../../contract/ids.ts';
import type { Workspace } from '../../contract/workspaces.ts';
import type { Ctx } from '../platform/context.ts';
import { inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
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
export function editWorkspace(
  ctx: Ctx,
  patch: { name?: string; time_zone?: string; version?: number },
): Promise<Workspace> {
  const { version, ...changes } = patch;
  return inTransaction(ctx, async (trx) => {
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
    await audit(trx, 'workspace.changed', subject, changes);
    return workspaceToWire(row);
  });
}
