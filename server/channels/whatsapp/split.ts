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
/**
 * Things in one webhook. The platform batches 1,000 (Graph API, webhooks, from memory); whoever has an app secret of their own may
 * write millions into three megabytes, and what is taken apart here keeps everybody else waiting.
 */
export const mostThings = 10_000;
const lists = ['statuses', 'messages', 'errors', 'user_preferences'];

interface Split extends Webhook {
  troubles: Set<string>;
}

/** Null where the body is none of WhatsApp's. */
export function splitWebhook(raw: unknown): Webhook | null {
  const { object, entry } = fields(raw);
  if (object !== 'whatsapp_business_account' || !Array.isArray(entry)) return null;
  const split: Split = { updates: [], receipts: [], troubles: new Set() };
  let things = 0;
  for (const one of entry.map(fields))
    for (const change of list(one.changes).map(fields)) {
      const value = fields(change.value);
      things += Math.max(1, ...lists.map((name) => list(value[name]).length));
      if (things > mostThings) return null;
      splitChange(split, one, change);
    }
  return { updates: split.updates, receipts: split.receipts };
}

function splitChange(webhook: Split, entry: Fields, change: Fields): void {
  const field = string(change.field);
  const value = fields(change.value);
  if (!field) return;
  const account = string(fields(value.metadata).phone_number_id) ?? string(entry.id);
  const part = (of: Fields): Part => ({ field, time: entry.time, account, value: of });
  if (field === 'messages') {
    const contactOf = contactsOf(value);
    for (const status of list(value.statuses)) addStatus(webhook, status, account, part);
    for (const message of list(value.messages).map(fields)) {
      const raw = part({ message, contact: contactOf(message) });
      add(webhook, string(message.id) ?? keyOf(raw), raw);
    }
    for (const error of list(value.errors)) addTrouble(webhook, fields(error), entry.time, part);
  } else if (field === 'user_preferences') {
    const contactOf = contactsOf(value);
    for (const preference of list(value.user_preferences).map(fields)) {
      const raw = part({ preference, contact: contactOf(preference) });
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
  webhook: Split,
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
function addTrouble(webhook: Split, value: Fields, at: unknown, part: (of: Fields) => Part): void {
  const error = toError(value);
  if (!error || !['break', 'stop'].includes(ruleOf(error, null).does)) return;
  const raw = { ...part({ error: value }), field: 'trouble', time: at };
  const span = Math.floor((Number(at) * 1000) / troubleEveryMs);
  const key = `trouble ${error.code} ${span}`;
  if (webhook.troubles.has(key)) return;
  webhook.troubles.add(key);
  add(webhook, key, raw);
}

/** The same for a repetition, another for the same event at another time. */
function keyOf(raw: Part): string {
  return `${raw.field} ${createHash('sha256').update(JSON.stringify(raw)).digest('base64url')}`;
}

/** Of the people named beside the messages, the one whose each is; the first of several. */
function contactsOf(value: Fields): (of: Fields) => Fields {
  const contacts = list(value.contacts).map(fields);
  const byNumber = new Map<unknown, number>();
  const byUser = new Map<unknown, number>();
  for (const [place, { wa_id, user_id }] of contacts.entries()) {
    if (wa_id !== undefined && !byNumber.has(wa_id)) byNumber.set(wa_id, place);
    if (user_id !== undefined && !byUser.has(user_id)) byUser.set(user_id, place);
  }
  return (of) => {
    const numbers = [of.from, of.wa_id].map((id) => byNumber.get(id));
    const users = [of.from_user_id, of.user_id, of.from].map((id) => byUser.get(id));
    const places = [...numbers, ...users].filter((place) => place !== undefined);
    return contacts[Math.min(...places)] ?? (contacts.length === 1 ? contacts[0]! : {});
  };
}
