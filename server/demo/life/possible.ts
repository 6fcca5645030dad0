// Whether the demo shop may live here: simulated customers belong to simulated phones, and never beside a real platform.
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { demoWorkspace } from '../owner.ts';

/** Null: it may. Else what keeps it, in words that say what to do. */
export async function whyNotAlive(ctx: Ctx): Promise<string | null> {
  if ((await demoWorkspace(ctx)) !== ctx.actor.workspaceId)
    return 'Only the demo shop lives by itself, and this workspace is not one. A first start of Carillon on an empty data folder makes it.';
  return whyNotHere(ctx);
}

export async function whyNotHere(base: BaseCtx): Promise<string | null> {
  if (!base.config.sandboxOn)
    return 'The sandbox is off, and the demo shop lives on simulated phones alone. Start with SANDBOX=on.';
  if (await hasRealConnection(base))
    return 'A real bot or number is connected in this installation, so the simulated customers stay away. Remove that connection, or look at the demo in an installation of its own.';
  return null;
}

async function hasRealConnection(base: BaseCtx): Promise<boolean> {
  const row = await base.db
    .selectFrom('connections')
    .select('id')
    .where('sandbox', '=', false)
    .where('deleted_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
