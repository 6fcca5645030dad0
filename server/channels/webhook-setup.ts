// What a person needs who sets the webhook up by hand in the platform's own pages.
import type { Channel, ConnectionWebhook } from '../../contract/connections.ts';
import type { Ctx } from '../platform/context.ts';
import { notFound } from '../platform/errors.ts';
import { openCredentials } from './accounts.ts';
import { webhookUrl } from './connection.ts';
import { adapterOf } from './registry.ts';
import { findAnywhere } from './store.ts';

/** Throws NOT_FOUND, CONNECTION_NOT_READY where the secrets do not open. */
export async function webhookSetup(ctx: Ctx, id: string): Promise<ConnectionWebhook> {
  const row = await findAnywhere(ctx, id);
  if (!row || row.workspace_id !== ctx.actor.workspaceId) throw notFound('connection');
  const adapter = adapterOf(row.channel as Channel);
  const { verify_token } = openCredentials(ctx, id, row.credentials);
  return {
    url: webhookUrl(ctx.config, row, adapter.poll !== undefined),
    verify_token: verify_token ?? null,
    fields: [...(adapter.webhookFields ?? [])],
    last_at: row.webhook_at?.toISOString() ?? null,
    refused_at: row.webhook_refused_at?.toISOString() ?? null,
  };
}
