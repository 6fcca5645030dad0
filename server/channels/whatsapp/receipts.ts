// One entry of a webhook's `statuses` → a receipt. Pure. Shapes: Cloud API, status messages webhook, read 2026-11-20.
import { Buffer } from 'node:buffer';
import type { Receipt } from '../channel.ts';
import { type Fields, fields, list, string, time } from '../fields.ts';
import { ruleOf } from './codes.ts';
import { toError } from './graph-error.ts';
import { detailOf } from './outcomes.ts';

/** A voice note that was played was surely read; "accepted", "deleted" and whatever comes next tell us nothing. */
const statuses: Record<string, Receipt['status']> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
};
/** What messageBody of request.ts writes. */
const ours = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.(\d{1,5})$/;
/** Longer is no id of theirs, and would not fit into an index. */
const longestId = 500;

export function receiptOf(value: unknown): Receipt | null {
  const status = fields(value);
  const externalId = string(status.id);
  const at = seconds(status.timestamp);
  const named = string(status.status);
  const known = named === null || !Object.hasOwn(statuses, named) ? undefined : statuses[named];
  if (!externalId || Buffer.byteLength(externalId) > longestId || !at || !known) return null;
  const [, deliveryId = null, attempt] = ours.exec(string(status.biz_opaque_callback_data) ?? '') ?? [];
  return {
    externalId,
    deliveryId,
    attempt: attempt === undefined ? null : Number(attempt),
    status: known,
    at,
    failure: known === 'failed' ? failureOf(status) : null,
  };
}

/** Timestamps are strings of seconds. */
export function seconds(value: unknown): Date | null {
  return time(typeof value === 'string' ? Number(value) : value);
}

function failureOf(status: Fields): Receipt['failure'] {
  const error = toError(list(status.errors)[0]);
  if (!error)
    return { reason: 'platform_unavailable', detail: 'WhatsApp could not deliver it and does not say why.' };
  const rule = ruleOf(error, null);
  const detail = detailOf(error, rule);
  return rule.does === 'stop'
    ? { reason: rule.reason, detail, stops: true }
    : { reason: rule.reason, detail };
}
