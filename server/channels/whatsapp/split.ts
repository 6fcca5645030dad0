// The body of one webhook, taken apart: receipts at once, because they come in thousands, and one raw update for everything that
// people did or the platform decided. Pure; unknown fields mean nothing. Shapes: Cloud API, webhooks, read 2026-11-20.
import { createHash } from 'node:crypto';
import type { RawUpdate, Receipt, Webhook } from '../channel.ts';
import { type Fields, fields, list, string } from '../fields.ts';
import { ruleOf } from './codes.ts';
import { toError } from './graph-error.ts';
import { receiptOf } from './receipts.ts';

/** What split makes of a part of a webhook, and parse.ts reads. `time`: seconds, of the whole entry. */
export interface Part {
  field: string;
  time: unknown;
  /** The number it came to, or the WhatsApp account that it is about. */
  account: string | null;
  value: Fields;
}

/** A longer name is no id of theirs, and would not fit into an index. */
const longestKey = 500;

/** Null where the body is none of WhatsApp's. */
export function splitWebhook(raw: unknown): Webhook | null {
  const { object, entry } = fields(raw);
  if (object !== 'whatsapp_business_account' || !Array.isArray(entry)) return null;
  const webhook: Webhook = { updates: [], receipts: [] };
  for (const one of entry.map(fields))
    for (const change of list(one.changes).map(fields)) splitChange(webhook, one, change);
  return webhook;
}

function splitChange(webhook: Webhook, entry: Fields, change: Fields): void {
  const field = string(change.field);
  const value = fields(change.value);
  if (!field) return;
  const account = string(fields(value.metadata).phone_number_id) ?? string(entry.id);
  const part = (of: Fields): Part => ({ field, time: entry.time, account, value: of });
  if (field === 'messages') {
    for (const status of list(value.statuses)) addStatus(webhook, status, account, part);
    for (const message of list(value.messages).map(fields)) {
      const raw = part({ message, contact: contactOf(value, message) });
      add(webhook, string(message.id) ?? keyOf(raw), raw);
    }
    for (const error of list(value.errors)) addTrouble(webhook, fields(error), entry.time, part);
  } else if (field === 'user_preferences') {
    for (const preference of list(value.user_preferences).map(fields)) {
      const raw = part({ preference, contact: contactOf(value, preference) });
      add(webhook, keyOf(raw), raw);
    }
  } else {
    const raw = part(value);
    add(webhook, keyOf(raw), raw);
  }
}

function add(webhook: Webhook, key: string, raw: Part): void {
  const update: RawUpdate = { key: key.slice(0, longestKey), raw };
  webhook.updates.push(raw.account ? { ...update, account: raw.account } : update);
}

function addStatus(
  webhook: Webhook,
  status: unknown,
  account: string | null,
  part: (of: Fields) => Part,
): void {
  const receipt = receiptOf(status);
  if (!receipt) return;
  const told: Receipt = account ? { ...receipt, account } : receipt;
  webhook.receipts.push(told);
  if (receipt.status !== 'failed') return;
  for (const error of list(fields(status).errors).map(fields))
    addTrouble(webhook, error, fields(status).timestamp, part);
}

const troubleEveryMs = 60_000;

/** A failure that would meet everybody who is still to come is news of the account; at most once a minute for each code. */
function addTrouble(webhook: Webhook, value: Fields, at: unknown, part: (of: Fields) => Part): void {
  const error = toError(value);
  if (!error || !['break', 'stop'].includes(ruleOf(error, null).does)) return;
  const raw = { ...part({ error: value }), field: 'trouble', time: at };
  const span = Math.floor((Number(at) * 1000) / troubleEveryMs);
  const key = `trouble ${error.code} ${span}`;
  if (!webhook.updates.some((update) => update.key === key)) add(webhook, key, raw);
}

/** The same for a repetition, another for the same event at another time. */
function keyOf(raw: Part): string {
  return `${raw.field} ${createHash('sha256').update(JSON.stringify(raw)).digest('base64url')}`;
}

/** Of the people named beside the messages, the one whose it is. */
function contactOf(value: Fields, of: Fields): Fields {
  const contacts = list(value.contacts).map(fields);
  const isTheirs = ({ wa_id, user_id }: Fields) =>
    (wa_id !== undefined && (wa_id === of.from || wa_id === of.wa_id)) ||
    (user_id !== undefined && (user_id === of.from_user_id || user_id === of.user_id || user_id === of.from));
  return contacts.find(isTheirs) ?? (contacts.length === 1 ? contacts[0]! : {});
}
