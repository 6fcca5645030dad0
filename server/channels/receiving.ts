// Settles how messages of a connection come in: webhook where the world can reach us by https, else polling. Asked after
// connecting and by whoever takes over the inbound work, because PUBLIC_URL may have changed between two starts.
import { asSystem, type BaseCtx } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { announce, openAccount } from './accounts.ts';
import { webhookUrl } from './connection.ts';
import { changeRow, findAnywhere } from './store.ts';

/**
 * Tells the platform and the row. A refused webhook address falls back to polling and says so as the connection's problem.
 * Throws AppError when the platform cannot be asked.
 */
export async function settleReceiving(base: BaseCtx, connectionId: string): Promise<'webhook' | 'polling'> {
  const row = await findAnywhere(base, connectionId);
  const open = await openAccount(base, connectionId);
  if (!row || !open) return 'polling';
  const url = webhookUrl(base.config, row);
  let receivesBy: 'webhook' | 'polling' = url ? 'webhook' : 'polling';
  let problem = row.status === 'error' ? row.problem : null;
  try {
    await open.adapter.receiveBy(open.account, url ? { url, secret: row.webhook_secret } : null);
  } catch (error) {
    if (!url || !(error instanceof AppError) || error.code !== 'PLATFORM_REFUSED') throw error;
    await open.adapter.receiveBy(open.account, null);
    receivesBy = 'polling';
    problem = `${error.message}. Messages are fetched by polling instead; check PUBLIC_URL to use the webhook.`;
  }
  if (receivesBy !== row.receives_by || problem !== row.problem) {
    const ctx = asSystem(base, row.workspace_id);
    await changeRow(ctx, connectionId, { receives_by: receivesBy, problem });
    await announce(ctx, connectionId);
  }
  return receivesBy;
}
