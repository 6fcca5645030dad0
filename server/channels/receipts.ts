// Receipts as they come in: stored once before the webhook is answered, in one statement for all webhooks of the same few
// milliseconds. What they mean is decided in deliveries/receipts.
import { sql } from 'kysely';
import type { BaseCtx } from '../platform/context.ts';
import { storableText } from '../platform/db/storable.ts';
import { gather } from '../platform/gather.ts';
import type { Receipt } from './channel.ts';
import type { UpdatesOf } from './updates.ts';

type Incoming = UpdatesOf & { receipts: Receipt[] };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const dayMs = 86_400_000;
/** Webhooks of one statement. Some carry many receipts; the platform sends at most 3 MB in one. */
const webhooksAtOnce = 200;

const storing = new WeakMap<BaseCtx['db'], (incoming: Incoming) => Promise<number>>();

/** Resolves once they are safe. A receipt that waits already is not stored a second time. */
export async function storeReceipts(base: BaseCtx, of: UpdatesOf, receipts: Receipt[]): Promise<void> {
  if (receipts.length === 0) return;
  let store = storing.get(base.db);
  if (!store) {
    store = gather((all) => storeAll(base, all), webhooksAtOnce);
    storing.set(base.db, store);
  }
  await store({ ...of, receipts });
}

async function storeAll(base: BaseCtx, incoming: Incoming[]): Promise<number[]> {
  const now = base.clock.now();
  const rows = incoming.flatMap(({ receipts, ...of }) => receipts.map((receipt) => rowOf(of, receipt, now)));
  const column = <T>(value: (row: (typeof rows)[number]) => T) => rows.map(value);
  // in one order: two nodes that are told the same at once wait for each other, and never in a circle
  await sql`/* receipts in */
    INSERT INTO inbound_receipts (workspace_id, connection_id, key, external_id, delivery_id, attempt, status, at, reason, detail, stops, received_at)
    SELECT r.*, ${now}::timestamptz FROM unnest(
      ${column((row) => row.workspaceId)}::uuid[], ${column((row) => row.connectionId)}::uuid[], ${column((row) => row.key)}::text[],
      ${column((row) => row.externalId)}::text[], ${column((row) => row.deliveryId)}::uuid[], ${column((row) => row.attempt)}::int[],
      ${column((row) => row.status)}::text[], ${column((row) => row.at)}::timestamptz[], ${column((row) => row.reason)}::text[],
      ${column((row) => row.detail)}::text[], ${column((row) => row.stops)}::boolean[]
    ) AS r (workspace_id, connection_id, key) ORDER BY r.connection_id, r.key
    ON CONFLICT DO NOTHING`.execute(base.db);
  return incoming.map(() => 0);
}

/** Only what the table can hold: whatever a platform invents, the webhook is answered and the other receipts are kept. */
function rowOf(of: UpdatesOf, receipt: Receipt, now: Date) {
  const { deliveryId, attempt, status, failure } = receipt;
  const externalId = storableText(receipt.externalId).slice(0, 500);
  return {
    ...of,
    key: `${externalId}:${status}`,
    externalId,
    deliveryId: deliveryId && uuid.test(deliveryId) ? deliveryId : null,
    attempt: attempt !== null && attempt > 0 && attempt <= 0x7fff ? Math.trunc(attempt) : null,
    status,
    at: isPlausible(receipt.at, now) ? receipt.at : now,
    reason: failure?.reason ?? null,
    detail: failure ? storableText(failure.detail).slice(0, 500) : null,
    stops: failure?.stops ?? false,
  };
}

/** The platform repeats for a week; a clock may be a little ahead. NaN is neither. */
function isPlausible(at: Date, now: Date): boolean {
  return at.getTime() > now.getTime() - 60 * dayMs && at.getTime() < now.getTime() + dayMs;
}
