// What the platform says of the account that is to send it, as it was last asked (channels/health.ts). Warnings only: the
// platform itself decides at each message, and may think otherwise by then.
import type { AccountHealth } from '../../../contract/connections.ts';
import type { Ctx } from '../../platform/context.ts';
import { type Finding, finding, type Sendable } from './finding.ts';

/** Null: the platform tells nothing of its accounts, or was not asked yet. */
export async function healthOf(ctx: Ctx, { connection }: Sendable): Promise<AccountHealth | null> {
  const row = await ctx.db
    .selectFrom('connections')
    .select('health')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', connection.id)
    .executeTakeFirst();
  return (row?.health ?? null) as AccountHealth | null;
}

/** What stops or slows its messages; what may only come to that stands on the connection's card. */
export function adviceOnHealth(health: AccountHealth | null): Finding[] {
  return (health?.problems ?? [])
    .filter(({ severity }) => severity !== 'warns')
    .map(({ severity, detail, solution }) =>
      finding(
        severity === 'blocks' ? 'account_blocked' : 'account_limited',
        'warning',
        '/connection_id',
        [detail, solution].filter(Boolean).join(' '),
        { words: 'Open Connections', href: '/connections' },
      ),
    );
}

/** Answers within 24 hours do not count against the limit, and are all that goes without a template. */
export function adviceOnMessagingLimit(
  health: AccountHealth | null,
  { campaign }: Pick<Sendable, 'campaign'>,
  reachable: number,
): Finding[] {
  const limit = health?.messaging_limit ?? null;
  if (typeof limit !== 'number' || !campaign.content.whatsapp?.template || reachable <= limit) return [];
  const [people, most] = [reachable, limit].map((count) => count.toLocaleString('en'));
  return [
    finding(
      'messaging_limit',
      'warning',
      '/audience',
      `This reaches ${people} people, and WhatsApp lets your business begin conversations with ${most} in 24 hours. Beyond that it refuses them: spread it over several days with a warm-up plan, or send it in parts.`,
      { words: 'See who it reaches' },
    ),
  ];
}
