// What one receipt means to its row. Pure, and the same whatever order receipts come in, early, late or twice: statuses of the
// Cloud API are "concurrent, unordered" and repeated for up to seven days (Cloud API, webhooks, 2026-11-20).
import { countedAsSent, type DeliveryState } from '../../../contract/deliveries.ts';
import { settledByReceipt } from '../../../contract/receipts.ts';
import type { Receipt } from '../../channels/channel.ts';
import { mayMove } from '../delivery.ts';

/** The part of a row that receipts read and write. */
export interface Told {
  state: DeliveryState;
  attempts: number;
  externalId: string | null;
  reason: string | null;
  detail: string | null;
  deliveredAt: Date | null;
  readAt: Date | null;
  /** It was not known once whether it had left. */
  wasUnknown: boolean;
}

/** Where the same message failed and went, the failure is looked at first: what was told to be delivered then wins. */
const order: Receipt['status'][] = ['failed', 'sent', 'delivered', 'read'];

/** The row after all these receipts. */
export function settled(row: Told, receipts: readonly Receipt[]): Told {
  return receipts.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status)).reduce(afterOne, row);
}

function afterOne(row: Told, receipt: Receipt): Told {
  const { status, at } = receipt;
  if (status === 'failed') return afterFailure(row, receipt);
  // told again, or told late of a message that has failed since: it proves nothing
  if (status === 'sent' && row.externalId === receipt.externalId) return row;
  const next = proven(row, receipt, status);
  if (!went(next.state) || status === 'sent') return next;
  // read without a receipt of the delivery: the platform leaves it out at times, and it arrived all the same
  const deliveredAt = earlier(next.deliveredAt, at);
  return { ...next, deliveredAt, readAt: status === 'read' ? earlier(next.readAt, at) : next.readAt };
}

/** It left. The row goes to `state`, or stays where it is further already. */
function proven(row: Told, receipt: Receipt, state: 'sent' | 'delivered' | 'read'): Told {
  const moves = mayMove(row.state, state);
  if (!moves && !went(row.state)) return row;
  // what a person only counted as sent is proven now
  const isKnown = went(row.state) && row.reason !== countedAsSent;
  return {
    ...row,
    state: moves ? state : row.state,
    externalId: went(row.state) ? (row.externalId ?? receipt.externalId) : receipt.externalId,
    reason: isKnown ? row.reason : row.wasUnknown ? settledByReceipt : null,
    detail: isKnown ? row.detail : null,
  };
}

function afterFailure(row: Told, receipt: Receipt): Told {
  const { externalId } = receipt;
  // it is to be sent again anyway; a late "sent" of what failed proves nothing any more
  if (row.state === 'queued') return { ...row, externalId };
  if (!mayMove(row.state, 'failed') || !isOfThisTry(row, receipt)) return row;
  return {
    ...row,
    state: 'failed',
    externalId,
    reason: receipt.failure?.reason ?? 'platform_unavailable',
    detail: receipt.failure?.detail ?? null,
  };
}

/** Before its answer a row carries no id of the try under way, at most that of an earlier one, which failed. */
function isOfThisTry(row: Told, { externalId, attempt }: Receipt): boolean {
  if (row.state === 'sent' && row.externalId !== null) return row.externalId === externalId;
  return attempt === row.attempts && row.externalId !== externalId;
}

const went = (state: DeliveryState) => state === 'sent' || state === 'delivered' || state === 'read';
const earlier = (a: Date | null, b: Date) => (a && a <= b ? a : b);

/** Whether anything is to be written. */
export function differs(a: Told, b: Told): boolean {
  return (
    a.state !== b.state ||
    a.externalId !== b.externalId ||
    a.reason !== b.reason ||
    a.deliveredAt?.getTime() !== b.deliveredAt?.getTime() ||
    a.readAt?.getTime() !== b.readAt?.getTime()
  );
}
