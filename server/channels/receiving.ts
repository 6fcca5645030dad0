// Settles how messages of a connection come in: webhook where the platform can reach us, else polling where the platform
// has that. Asked after connecting and by whoever takes over the inbound work, because PUBLIC_URL may have changed since.
import type { Selectable } from 'kysely';
import { asSystem, type BaseCtx } from '../platform/context.ts';
import type { Connection } from '../platform/db/tables.gen.ts';
import { AppError } from '../platform/errors.ts';
import { announce, type OpenAccount, openAccount } from './accounts.ts';
import { webhookUrl } from './connection.ts';
import { changeRow, findAnywhere } from './store.ts';

type Row = Selectable<Connection>;
interface Settled {
  receivesBy: 'webhook' | 'polling';
  /** What a person should do about it; null: nothing. */
  problem: string | null;
}

/** Something that came in lately proves that the way is open, whatever the platform says of setting it. */
const provenMs = 24 * 3_600_000;

/** Tells the platform and the row. Throws AppError when the platform cannot be asked. */
export async function settleReceiving(
  base: BaseCtx,
  connectionId: string,
  asked: 'by_a_person' | 'by_itself' = 'by_itself',
): Promise<'webhook' | 'polling'> {
  const row = await findAnywhere(base, connectionId);
  const open = await openAccount(base, connectionId);
  if (!row || !open) return 'polling';
  const url = webhookUrl(base.config, row, open.adapter.poll !== undefined);
  const settled = open.adapter.poll
    ? await settleEither(open, row, url)
    : await settleWebhook(base, open, row, url, asked);
  const problem = row.status === 'error' ? row.problem : settled.problem;
  if (settled.receivesBy !== row.receives_by || problem !== row.problem) {
    const ctx = asSystem(base, row.workspace_id);
    await changeRow(ctx, connectionId, { receives_by: settled.receivesBy, problem });
    await announce(ctx, connectionId);
  }
  return settled.receivesBy;
}

/** A refused webhook address falls back to polling and says so. */
async function settleEither(
  { adapter, account }: OpenAccount,
  row: Row,
  url: string | null,
): Promise<Settled> {
  try {
    await adapter.receiveBy(account, url ? { url, secret: row.webhook_secret } : null);
    return { receivesBy: url ? 'webhook' : 'polling', problem: null };
  } catch (error) {
    if (!url || !(error instanceof AppError) || error.code !== 'PLATFORM_REFUSED') throw error;
    await adapter.receiveBy(account, null);
    return {
      receivesBy: 'polling',
      problem: `${error.message}. Messages are fetched by polling instead; check PUBLIC_URL to use the webhook.`,
    };
  }
}

/** A platform that only delivers: where it cannot, nobody else will fetch, and a person must know. */
async function settleWebhook(
  base: BaseCtx,
  { adapter, account }: OpenAccount,
  row: Row,
  url: string | null,
  asked: 'by_a_person' | 'by_itself',
): Promise<Settled> {
  const receivesBy = 'webhook';
  // a worker has no door of its own; the sandbox is told by a node that has one
  if (!url && row.sandbox) return { receivesBy, problem: null };
  const isProven =
    row.webhook_at !== null && base.clock.now().getTime() - row.webhook_at.getTime() < provenMs;
  // without an address of ours the app's own counts, or what somebody set there: asked for once, and then left alone
  if (!url && asked === 'by_itself') return { receivesBy, problem: isProven ? null : noAddress };
  try {
    await adapter.receiveBy(account, url ? { url, secret: row.webhook_secret } : null);
    return { receivesBy, problem: url || isProven ? null : noAddress };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'PLATFORM_REFUSED') throw error;
    const problem = `${error.message}. Copy the callback address and the verify token of this connection into the app dashboard instead.`;
    return { receivesBy, problem: isProven ? null : problem };
  }
}

const noAddress =
  'WhatsApp delivers to an https address only, and this installation knows of none: until a webhook comes in, no answer, no delivery and no reading is seen. Set PUBLIC_URL and start again, or enter the callback address in the app dashboard.';
