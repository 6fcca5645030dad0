// One part of a webhook (split.ts) → what it means to us. Pure, and it never throws: whatever the platform invents next is simply
// nothing. Messages are read in parse-message.ts. Shapes: Cloud API, webhooks, read 2026-11-20.
import type { AccountEvent, InboundEvent, TemplateEvent } from '../channel.ts';
import { type Fields, fields, list, string, time } from '../fields.ts';
import { addressOf } from './address.ts';
import { ruleOf } from './codes.ts';
import { toError } from './graph-error.ts';
import { detailOf } from './outcomes.ts';
import { parseMessage, person } from './parse-message.ts';
import { seconds } from './receipts.ts';

export function parsePart(raw: unknown): InboundEvent[] {
  const part = fields(raw);
  const field = string(part.field);
  const value = fields(part.value);
  if (!field) return [];
  if (field === 'messages') return parseMessage(fields(value.message), fields(value.contact));
  if (field === 'user_preferences')
    return some(marketing(fields(value.preference), fields(value.contact), time(part.time)));
  if (field === 'user_id_update') return userIds(value, time(part.time));
  const at = seconds(part.time);
  // without a time it is older than anything: nobody believes it, and whoever cares asks
  if (Object.hasOwn(templateFields, field)) return some(template(field, value, at ?? new Date(0)));
  if (!at) return [];
  if (field === 'trouble') return some(trouble(value, at));
  if (Object.hasOwn(accountWords, field)) return some(account(field, value, at));
  return [];
}

/** The fields of a webhook that parsePart and split.ts read: what an app must be subscribed to. */
export const webhookFields = [
  'messages',
  'user_preferences',
  'user_id_update',
  'message_template_status_update',
  'message_template_quality_update',
  'template_category_update',
  'account_update',
  'account_alerts',
  'account_review_update',
  'phone_number_quality_update',
  'phone_number_name_update',
  'business_capability_update',
] as const;

function some<T>(event: T | null): T[] {
  return event ? [event] : [];
}

/** "Offers and announcements: stop" in WhatsApp itself (user_preferences webhook, 2026-11-20). */
function marketing(preference: Fields, contact: Fields, entryTime: Date | null): InboundEvent | null {
  const address = addressOf(preference.wa_id) ?? addressOf(preference.user_id);
  const at = seconds(preference.timestamp) ?? entryTime;
  const { value, category } = preference;
  if (!address || !at || category !== 'marketing_messages' || (value !== 'stop' && value !== 'resume'))
    return null;
  const words = string(preference.detail) ?? (value === 'stop' ? 'Stopped marketing' : 'Resumed marketing');
  return { kind: 'marketing', address, person: person(contact), wanted: value === 'resume', words, at };
}

/** An id that stands for a person changed, as it does with their number. */
function userIds(value: Fields, entryTime: Date | null): InboundEvent[] {
  return list(value.user_id_update).flatMap((one): InboundEvent[] => {
    const { user_id, timestamp } = fields(one);
    const { previous, current } = fields(user_id);
    const [from, to, at] = [addressOf(previous), addressOf(current), seconds(timestamp) ?? entryTime];
    return from && to && at ? [{ kind: 'moved', from, to, at }] : [];
  });
}

type Change = Pick<TemplateEvent, 'status' | 'quality' | 'category' | 'reason'>;
const templateFields: Record<string, (value: Fields) => Change> = {
  message_template_status_update: (value) => ({
    ...named('status', value.event),
    ...named('category', value.message_template_category),
    reason: reasonOf(value),
  }),
  message_template_quality_update: (value) => named('quality', value.new_quality_score),
  template_category_update: (value) => named('category', value.new_category),
};

function named(name: 'status' | 'quality' | 'category', value: unknown): Change {
  const text = string(value);
  return text ? { [name]: text } : {};
}

/** The id is a number of JSON, and rounded where it is longer than 2^53: name and language are sure. */
function template(field: string, value: Fields, at: Date): TemplateEvent | null {
  const { message_template_id: id, message_template_name, message_template_language } = value;
  const name = string(message_template_name);
  const language = string(message_template_language);
  const change = templateFields[field]!(value);
  const isNews = Object.values(change).some((one) => one !== null && one !== undefined);
  if (!name || !language || !isNews) return null;
  const externalId = typeof id === 'number' ? String(id) : (string(id) ?? '');
  return { kind: 'template', externalId, name, language, ...change, at };
}

/** Of a pause it stands in other_info: FIRST_PAUSE, SECOND_PAUSE, DISABLED. */
function reasonOf(value: Fields): string | null {
  const reason = string(fields(value.other_info).title) ?? string(value.reason);
  return reason === 'NONE' ? null : reason;
}

const accountWords: Record<string, (value: Fields) => string | null> = {
  account_update: (value) => `WhatsApp changed this account: ${asWords(value.event)}${detailsOf(value)}`,
  account_alerts: (value) =>
    string(value.alert_description) ??
    `WhatsApp warns: ${asWords(value.alert_type ?? fields(value.alert_info).alert_type)}`,
  account_review_update: (value) => `The review of the account ended: ${asWords(value.decision)}`,
  phone_number_quality_update: (value) => `The number’s standing changed: ${asWords(value.event)}`,
  phone_number_name_update: (value) => `The display name was reviewed: ${asWords(value.decision)}`,
  business_capability_update: () => 'The limits of the business changed',
};

/** Banned, deleted, or not even answers are let through: nothing leaves this account any more. */
function account(field: string, value: Fields, at: Date): AccountEvent | null {
  const words = accountWords[field]!(value);
  if (!words) return null;
  const restrictions = list(value.restriction_info).map((one) => fields(one).restriction_type);
  const stops =
    field === 'account_update' &&
    (value.event === 'ACCOUNT_DELETED' ||
      (value.event === 'DISABLED_UPDATE' && fields(value.ban_info).waba_ban_state === 'DISABLE') ||
      restrictions.includes('RESTRICTED_CUSTOMER_INITIATED_MESSAGING'));
  return { kind: 'account', stops, words, at };
}

function detailsOf(value: Fields): string {
  const kinds = [
    string(fields(value.ban_info).waba_ban_state),
    string(fields(value.violation_info).violation_type),
    ...list(value.restriction_info).map((one) => string(fields(one).restriction_type)),
  ].filter((kind) => kind !== null);
  return kinds.length > 0 ? ` (${kinds.map(asWords).join(', ')})` : '';
}

/** "FIRST_PAUSE" → "first pause". */
function asWords(value: unknown): string {
  return (string(value) ?? 'something').toLowerCase().replaceAll('_', ' ');
}

/** A failure of a message that would meet everybody who is still to come. */
function trouble(value: Fields, at: Date): AccountEvent | null {
  const error = toError(value.error);
  if (!error) return null;
  const rule = ruleOf(error, null);
  return { kind: 'account', stops: rule.does === 'break', words: detailOf(error, rule), at };
}
