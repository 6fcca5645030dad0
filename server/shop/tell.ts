// News for the modules above, in the transaction of the write: automations look when the next of them is due (triggers/check.ts).
import type { Ctx } from '../platform/context.ts';

export async function tellOfEvents(ctx: Ctx): Promise<void> {
  const { workspaceId } = ctx.actor;
  await ctx.jobs.enqueue(ctx, 'triggers.match', { workspaceId }, { key: workspaceId });
}
