// The paid rate is the platform's to sell: a campaign that asks for it must go through a channel that has one.
import type { Channel } from '../../contract/connections.ts';
import { paceOf } from '../channels/registry.ts';
import type { Ctx } from '../platform/context.ts';
import { invalidField } from '../platform/errors.ts';

/** `connectionId`: uuid, null where none is chosen yet; then it is checked when one is. Throws VALIDATION_FAILED. */
export async function checkPaid(
  ctx: Ctx,
  connectionId: string | null,
  settings: { paid_broadcast: boolean } | undefined,
): Promise<void> {
  if (!settings?.paid_broadcast || !connectionId) return;
  const connection = await ctx.db
    .selectFrom('connections')
    .select(['channel', 'name'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', connectionId)
    .executeTakeFirst();
  if (connection && paceOf(connection.channel as Channel)?.paidPerSecond == null)
    throw invalidField(
      '/settings/paid_broadcast',
      `Only Telegram sells a higher rate, and "${connection.name}" is no Telegram bot. Leave paid_broadcast out, or choose a bot.`,
    );
}
