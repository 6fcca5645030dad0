// Payloads as Meta documents them and as production sent them (Cloud API, webhooks, 2026-11-20).
import { expect, test } from 'vitest';
import { parsePart, webhookFields } from './parse.ts';
import { mostThings, splitWebhook } from './split.ts';

const metadata = { display_phone_number: '15550783881', phone_number_id: '106540352242922' };
const contacts = [{ profile: { name: 'Sheena van Nelson', username: '@sheena' }, wa_id: '16505551234' }];
function webhook(field: string, value: object, time: number | undefined = 1_750_000_000) {
  return { object: 'whatsapp_business_account', entry: [{ id: '9001', time, changes: [{ field, value }] }] };
}
const inbound = (message: object, more: object = { contacts }) =>
  webhook('messages', {
    messaging_product: 'whatsapp',
    metadata,
    ...more,
    messages: [{ from: '16505551234', id: 'wamid.IN', timestamp: '1749416383', ...message }],
  });
const status = (given: object) =>
  webhook('messages', { metadata, statuses: [{ id: 'wamid.OUT', timestamp: '1750030073', ...given }] });
const events = (raw: object) => (splitWebhook(raw)?.updates ?? []).flatMap((update) => parsePart(update.raw));
const receipts = (raw: object) => splitWebhook(raw)!.receipts;

const person = { firstName: 'Sheena', lastName: 'van Nelson', username: 'sheena', language: null };
const common = { kind: 'message', address: '16505551234', person, externalId: 'wamid.IN' };

test('a text is a message of that person, under its own id, for the number it came to', () => {
  const raw = inbound({ type: 'text', text: { body: 'Another color?' }, context: { id: 'wamid.Q' } });
  expect(splitWebhook(raw)!.updates).toMatchObject([{ key: 'wamid.IN', account: '106540352242922' }]);
  const at = new Date('2025-06-08T20:59:43Z');
  expect(events(raw)).toEqual([{ ...common, text: 'Another color?', at, inReplyTo: 'wamid.Q' }]);
});

test.each([
  [{ type: 'button', button: { payload: 'STOP_PROMO', text: 'Unsubscribe' } }, 'Unsubscribe', 'STOP_PROMO'],
  [
    { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'yes', title: 'Yes' } } },
    'Yes',
    'yes',
  ],
  [
    { type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: 'x', title: 'Express' } } },
    'Express',
    'x',
  ],
])('a press tells what was seen and what we called it: %j', (message, text, pressed) => {
  expect(events(inbound(message))).toMatchObject([{ ...common, text, pressed }]);
});

test.each([
  [{ type: 'image', image: { id: '100', mime_type: 'image/jpeg', caption: '?' } }, '?', 'image'],
  [{ type: 'image', image: { id: '100', mime_type: 'image/jpeg' } }, '', 'image'],
  [{ type: 'video', video: { id: '100', mime_type: 'video/mp4' } }, '', 'video'],
  [{ type: 'audio', audio: { id: '100', mime_type: 'audio/ogg', voice: true } }, '', 'audio'],
  [{ type: 'document', document: { id: '100', filename: 'a.pdf' } }, '', 'document'],
  [{ type: 'sticker', sticker: { id: '100', animated: false } }, '', 'sticker'],
  [{ type: 'document', document: { id: '100', filename: 'a.pdf', caption: 'Mine' } }, 'Mine', 'document'],
])('a file is named to be fetched: %j', (message, text, kind) => {
  expect(events(inbound(message))).toMatchObject([{ ...common, text, media: { kind, handle: '100' } }]);
});

test.each([
  [
    {
      type: 'location',
      location: { latitude: 37.4, longitude: -122.1, name: 'HQ', address: '1 Hacker Way' },
    },
    '[Location] HQ, 1 Hacker Way (37.4, -122.1)',
  ],
  [
    { type: 'contacts', contacts: [{ name: { formatted_name: 'Ann Lee' }, phones: [{ phone: '+1650' }] }] },
    '[Contact] Ann Lee, +1650',
  ],
  [
    {
      type: 'order',
      order: {
        text: 'Soon',
        product_items: [{ product_retailer_id: 'di9', quantity: 2, item_price: 30, currency: 'USD' }],
      },
    },
    '[Order] 2 × di9 at 30 USD\nSoon',
  ],
  [
    { type: 'unsupported', unsupported: { type: 'poll_update' }, errors: [{ code: 131051 }] },
    '[A message of a kind that WhatsApp does not pass on: poll_update]',
  ],
  [
    {
      type: 'edit',
      edit: { original_message_id: 'wamid.Q', message: { type: 'text', text: { body: 'Blue' } } },
    },
    'Blue',
  ],
  [{ type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: { body: 'Sent' } } }, 'Sent'],
])('what has no text of its own is told in words: %j', (message, text) => {
  expect(events(inbound(message))).toMatchObject([{ ...common, text }]);
});

test('a reaction is put on its message, and taken back by an empty one', () => {
  const reacted = (reaction: object) => events(inbound({ type: 'reaction', reaction }));
  expect(reacted({ message_id: 'wamid.T', emoji: '👍' })).toMatchObject([
    { kind: 'reacted', to: 'wamid.T', emoji: '👍' },
  ]);
  expect(reacted({ message_id: 'wamid.T', emoji: '' })).toMatchObject([{ emoji: null }]);
  expect(reacted({ message_id: 'wamid.T' })).toMatchObject([{ emoji: null }]);
});

test('somebody without a phone number is known by the id that stands for them', () => {
  const id = 'US.13491208655302741918';
  const hidden = { contacts: [{ profile: { name: 'Ann' }, user_id: id }] };
  for (const from of [{ from: undefined, from_user_id: id }, { from: id }])
    expect(events(inbound({ ...from, type: 'text', text: { body: 'Hi' } }, hidden))).toMatchObject([
      { address: id, person: { firstName: 'Ann', lastName: null } },
    ]);
});

test('of who shows their number the id is told as well', () => {
  const id = 'US.13491208655302741918';
  expect(events(inbound({ from_user_id: id, type: 'text', text: { body: 'Hi' } }))).toMatchObject([
    { address: '16505551234', alsoAt: id },
  ]);
});

test('a changed number moves the address, and it needs no contacts', () => {
  const system = { body: 'User changed', wa_id: '12195555358', type: 'user_changed_number' };
  expect(events(inbound({ type: 'system', system }, {}))).toMatchObject([
    { kind: 'moved', from: '16505551234', to: '12195555358' },
  ]);
});

test('every status is a receipt with our own id in it, and none is an update', () => {
  const deliveryId = '0192c0de-0000-7000-8000-000000000001';
  const raw = status({ status: 'delivered', biz_opaque_callback_data: `${deliveryId}.3` });
  expect(splitWebhook(raw)).toEqual({
    updates: [],
    receipts: [
      {
        externalId: 'wamid.OUT',
        deliveryId,
        attempt: 3,
        status: 'delivered',
        at: new Date('2025-06-15T23:27:53Z'),
        failure: null,
        account: '106540352242922',
      },
    ],
  });
  for (const foreign of ['c42:r7', `${deliveryId}`, `${deliveryId}.x`, undefined, 7])
    expect(receipts(status({ status: 'sent', biz_opaque_callback_data: foreign }))).toMatchObject([
      { deliveryId: null, attempt: null },
    ]);
  expect(receipts(status({ status: 'played' }))).toMatchObject([{ status: 'read' }]);
});

test.each([
  { status: 'accepted' },
  { status: 'toString' },
  { status: 'sent', timestamp: 'soon' },
  { status: 'sent', id: 'x'.repeat(501) },
  { status: 'sent', id: null },
])('a status that says nothing is none: %j', (given) => {
  expect(receipts(status(given))).toEqual([]);
});

test('a failure says why from the same table as an answer', () => {
  const errors = [
    { code: 131049, title: 'Not delivered', message: 'Not delivered', error_data: { details: 'Healthy' } },
  ];
  expect(splitWebhook(status({ status: 'failed', errors }))).toMatchObject({
    updates: [],
    receipts: [{ failure: { reason: 'marketing_capped', detail: expect.stringContaining('131049') } }],
  });
  expect(receipts(status({ status: 'failed' }))).toMatchObject([
    { failure: { reason: 'platform_unavailable' } },
  ]);
});

test('a failure that would meet everybody is told of the account, once in ten minutes', () => {
  const failed = (id: string, timestamp: string) => ({
    id,
    status: 'failed',
    timestamp,
    errors: [{ code: 131042, title: 'Business eligibility payment issue' }],
  });
  const many = webhook('messages', {
    metadata,
    statuses: [failed('a', '1750030073'), failed('b', '1750030075'), failed('c', '1750031000')],
  });
  const { updates, receipts: told } = splitWebhook(many)!;
  expect(told.length).toBe(3);
  expect(updates.map(({ key }) => key)).toEqual(['trouble 131042 29167167', 'trouble 131042 29167183']);
  expect(parsePart(updates[0]!.raw)).toMatchObject([
    { kind: 'account', stops: true, words: expect.stringContaining('payment') },
  ]);
});

test('a limit told by webhook is news of the account and does not break it', () => {
  const errors = [{ code: 131048, title: 'Spam rate limit hit' }];
  expect(events(status({ status: 'failed', errors }))).toMatchObject([{ kind: 'account', stops: false }]);
});

test('stop and resume in WhatsApp itself are no consent of ours to change', () => {
  const preference = {
    wa_id: '16505551234',
    detail: 'User requested to stop',
    category: 'marketing_messages',
    timestamp: 1_731_705_721,
  };
  const told = (value: string) =>
    events(webhook('user_preferences', { metadata, contacts, user_preferences: [{ ...preference, value }] }));
  expect(told('stop')).toMatchObject([
    { kind: 'marketing', address: '16505551234', wanted: false, words: 'User requested to stop', person },
  ]);
  expect(told('resume')).toMatchObject([{ wanted: true }]);
  expect(told('maybe')).toEqual([]);
});

test.each([
  [
    'message_template_status_update',
    { event: 'REJECTED', reason: 'INVALID_FORMAT', message_template_category: 'MARKETING' },
    { status: 'REJECTED', reason: 'INVALID_FORMAT', category: 'MARKETING' },
  ],
  [
    'message_template_status_update',
    { event: 'APPROVED', reason: 'NONE' },
    { status: 'APPROVED', reason: null },
  ],
  [
    'message_template_quality_update',
    { previous_quality_score: 'GREEN', new_quality_score: 'YELLOW' },
    { quality: 'YELLOW' },
  ],
  ['template_category_update', { new_category: 'MARKETING' }, { category: 'MARKETING' }],
])('%s is news of a template, for all numbers of the account', (field, value, expected) => {
  const raw = webhook(field, {
    ...value,
    message_template_id: 1689556908129835,
    message_template_name: 'cart',
    message_template_language: 'en',
  });
  expect(splitWebhook(raw)!.updates).toMatchObject([{ account: '9001' }]);
  expect(events(raw)).toMatchObject([
    {
      kind: 'template',
      externalId: '1689556908129835',
      name: 'cart',
      language: 'en',
      ...expected,
      at: new Date(1.75e12),
    },
  ]);
});

test.each([
  ['account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } }, true],
  ['account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'REINSTATE' } }, false],
  [
    'account_update',
    {
      event: 'ACCOUNT_RESTRICTION',
      restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING' }],
    },
    false,
  ],
  ['account_alerts', { alert_type: 'OBA_APPROVED' }, false],
  ['phone_number_quality_update', { event: 'FLAGGED' }, false],
  ['business_capability_update', { max_daily_conversations_per_business: 2000 }, false],
])('%s %j is news of the account', (field, value, stops) => {
  expect(events(webhook(field, value))).toMatchObject([{ kind: 'account', stops, words: /./ }]);
});

test('the same thing twice has one key, another time of it another', () => {
  const keys = [1, 1, 2].map(
    (time) => splitWebhook(webhook('account_alerts', { alert_type: 'X' }, time))!.updates[0]!.key,
  );
  expect(keys[0]).toBe(keys[1]);
  expect(keys[0]).not.toBe(keys[2]);
});

test('what is stored and read again means the same', () => {
  const raw = inbound({ type: 'text', text: { body: 'Hi' } });
  const stored = splitWebhook(raw)!.updates.map((update) => JSON.parse(JSON.stringify(update.raw)));
  expect(stored.flatMap(parsePart)).toEqual(events(raw));
});

test('shapes of nobody throw nothing and mean nothing', () => {
  const odd = [null, 7, 'x', [], {}, { a: [null] }, { id: {} }, [[[]]]];
  for (const field of [...webhookFields, 'history', 'toString', '__proto__'])
    for (const value of odd) {
      const raw = {
        object: 'whatsapp_business_account',
        entry: [null, 3, { id: '1', time: 1, changes: [null, { field, value }] }],
      };
      expect(() => (splitWebhook(raw)?.updates ?? []).map((update) => parsePart(update.raw))).not.toThrow();
    }
  for (const type of [
    'text',
    'image',
    'interactive',
    'contacts',
    'order',
    'edit',
    'system',
    'reaction',
    'constructor',
  ])
    for (const value of odd) expect(() => events(inbound({ type, [type]: value }))).not.toThrow();
  expect(events(webhook('smb_message_echoes', { x: 1 }))).toEqual([]);
});

test('whose a message is, is said by number or by user, the first of several; nobody’s where none fits', () => {
  const named = (name: string, more: object) => ({ profile: { name }, ...more });
  const several = {
    contacts: [named('Other', { wa_id: '1' }), named('Ann', { user_id: 'U1' }), named('Bea', { wa_id: '16505551234' }), named('Cleo', { wa_id: '16505551234' })],
  }; // biome-ignore format: one line each
  const whose = (message: object) =>
    events(inbound({ type: 'text', text: { body: 'Hi' }, ...message }, several));
  expect(whose({})).toMatchObject([{ person: { firstName: 'Bea' } }]);
  expect(whose({ from_user_id: 'U1' })).toMatchObject([{ person: { firstName: 'Ann' } }]);
  expect(whose({ from: '16505559999' })).toMatchObject([{ person: { firstName: null } }]);
});

test('more in one webhook than the platform ever batches is none of it, whichever list it is in', () => {
  const many = (field: string, list: string, length: number) =>
    splitWebhook(webhook(field, { metadata, contacts, [list]: Array.from({ length }, () => ({})) }));
  expect(many('messages', 'messages', mostThings)!.updates).toHaveLength(mostThings);
  for (const list of ['statuses', 'messages', 'errors'])
    expect(many('messages', list, mostThings + 1)).toBeNull();
  expect(many('user_preferences', 'user_preferences', mostThings + 1)).toBeNull();
});

test('values that cannot be written as words do no harm', () => {
  const odd = { toString: 1 };
  const items = [
    { product_retailer_id: odd, quantity: odd, item_price: odd, currency: odd },
    { quantity: 2 },
  ];
  expect(events(inbound({ type: 'order', order: { product_items: items } }))).toMatchObject([
    { ...common, text: '[Order] 1 × ? at ?; 2 × ? at ?' },
  ]);
  const place = { type: 'location', location: { latitude: '4\u00001', longitude: 2 } };
  expect(events(inbound(place))).toMatchObject([{ ...common, text: '[Location] (41, 2)' }]);
});
