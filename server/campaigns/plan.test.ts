// The plan of a campaign: what a new shop starts with, numbering, every bad input, two tabs.
import { beforeAll, describe, expect, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { newId } from '../platform/db/ids.ts';
import { aContact } from '../testing/context.ts';
import { createWorkspace } from '../workspaces/create-workspace.ts';
import { codeOf } from '../workspaces/testing-visitor.ts';
import { createDefaultCampaigns } from './create.ts';
import { aHouse, type House, type Shop } from './testing-shop.ts';

let house: House;
let shop: Shop;
let stranger: Shop;
beforeAll(async () => {
  house = await aHouse();
  [shop, stranger] = [await house.shop(2), await house.shop(1)];
});
const errorsOf = (answer: { json(): { errors?: { pointer: string; detail: string }[] } }) =>
  answer.json().errors ?? [];

test('SC1: a new shop has abandoned cart, back in stock, post-purchase and a promotion, all off and unsent', async () => {
  const owner = { name: 'Nora', email: 'nora@shop.example', password: 'correct horse battery' };
  const { workspaceId } = await createWorkspace(
    house.base,
    { name: 'New', timeZone: 'UTC', owner },
    createDefaultCampaigns,
  );
  const rows = await house.base.db
    .selectFrom('campaigns')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('number')
    .execute();
  expect(
    rows.map(({ number, kind, status, trigger }) => ({
      number,
      kind,
      status,
      enabled: (trigger as { enabled: boolean } | null)?.enabled ?? null,
    })),
  ).toEqual([
    { number: 1, kind: 'abandoned_cart', status: 'draft', enabled: false },
    { number: 2, kind: 'back_in_stock', status: 'draft', enabled: false },
    { number: 3, kind: 'post_purchase', status: 'draft', enabled: false },
    { number: 4, kind: 'broadcast', status: 'draft', enabled: null },
  ]);
});

test('numbers have no gaps: not when many are created at once, not when some are refused', async () => {
  const there = await house.shop();
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      there.call('POST', '/campaigns', {
        name: `C${i}`,
        connection_id: i % 3 ? there.connection : stranger.connection,
      }),
    ),
  );
  expect(answers.filter(({ statusCode }) => statusCode === 422)).toHaveLength(10);
  const numbers = answers
    .filter(({ statusCode }) => statusCode === 201)
    .map((answer) => answer.json().number);
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
});

test('a draft needs a name only and starts with sound defaults', async () => {
  const { json, statusCode } = await shop.call('POST', '/campaigns', { name: '  Sale  ' });
  expect(statusCode).toBe(201);
  expect(json()).toMatchObject({
    name: 'Sale',
    kind: 'broadcast',
    status: 'draft',
    connection_id: null,
    channel: null,
    audience: { all: true },
    trigger: null,
    version: 1,
    featured: false,
    settings: { silent: false, link_preview: true, messages_per_minute: null },
  });
});

test('a plan comes back as it was given', async () => {
  const given = {
    name: 'Sale 🎉',
    type: 'engagement',
    connection_id: shop.connection,
    audience: { contact_ids: shop.people },
    content: {
      text: 'Hi\n*you*',
      media: [{ url: 'https://shop.example/a.png' }],
      buttons: [{ text: 'Go', url: '{{ contact.attributes.cart_url }}' }],
    },
    settings: {
      messages_per_minute: 60,
      silent: true,
      link_preview: false,
      unknown: { resend_after_seconds: 900 },
    },
  };
  const { id } = await shop.draft(given);
  expect(await shop.read(id)).toMatchObject({ ...given, channel: 'telegram' });
});

describe.each(['POST', 'PATCH'])('%s refuses, pointing at the field', (method) => {
  const foreign = (prefix: 'med' | 'cnt' | 'con') => toWireId(prefix, newId());
  const cases: [string, () => object, string][] = [
    ['an empty name', () => ({ name: '  ' }), '/name'],
    ['a name too long', () => ({ name: 'x'.repeat(121) }), '/name'],
    ['a name that cannot be stored', () => ({ name: 'x\0' }), '/name'],
    ['an unknown type', () => ({ type: 'spam' }), '/type'],
    ['an audience of nothing', () => ({ audience: {} }), '/audience'],
    ['an audience of nobody', () => ({ audience: { contact_ids: [] } }), '/audience/contact_ids'],
    [
      'an audience with nonsense in it',
      () => ({ audience: { contact_ids: ['x'] } }),
      '/audience/contact_ids/0',
    ],
    [
      'contacts of another shop',
      () => ({ audience: { contact_ids: [...shop.people, ...stranger.people] } }),
      '/audience/contact_ids',
    ],
    ['a connection of another shop', () => ({ connection_id: stranger.connection }), '/connection_id'],
    ['a connection that never was', () => ({ connection_id: foreign('con') }), '/connection_id'],
    ['an id of another noun', () => ({ connection_id: shop.people[0] }), '/connection_id'],
    [
      'a picture that never was',
      () => ({ content: { media: [{ media_id: foreign('med') }] } }),
      '/content/media/0/media_id',
    ],
    ['a picture that is neither', () => ({ content: { media: [{ file: 'x' }] } }), '/content/media/0/file'],
    [
      'a picture by a file address',
      () => ({ content: { media: [{ url: 'file:///etc/passwd' }] } }),
      '/content/media/0/url',
    ],
    [
      'eleven pictures',
      () => ({
        content: { media: Array.from({ length: 11 }, (_, n) => ({ url: `https://a.example/${n}` })) },
      }),
      '/content/media',
    ],
    ['a text beyond any message', () => ({ content: { text: 'x'.repeat(16_385) } }), '/content/text'],
    ['half an emoji', () => ({ content: { text: '\ud83d' } }), '/content/text'],
    [
      'a button without a text',
      () => ({ content: { buttons: [{ text: ' ', url: 'https://a.example' }] } }),
      '/content/buttons/0/text',
    ],
    [
      'a button to a script',
      () => ({ content: { buttons: [{ text: 'x', url: 'javascript:alert(1)' }] } }),
      '/content/buttons/0/url',
    ],
    [
      'nine buttons',
      () => ({
        content: { buttons: Array.from({ length: 9 }, () => ({ text: 'x', url: 'https://a.example' })) },
      }),
      '/content/buttons',
    ],
    [
      'a series without a start',
      () => ({ schedule: { mode: 'recurring', time_zone: 'UTC' } }),
      '/schedule/local',
    ],
    ['a pace of nothing', () => ({ settings: { messages_per_minute: 0 } }), '/settings/messages_per_minute'],
    [
      'resending at once',
      () => ({ settings: { unknown: { resend_after_seconds: 1 } } }),
      '/settings/unknown/resend_after_seconds',
    ],
    ['a delay below zero', () => ({ trigger: { delay_minutes: -1 } }), '/trigger/delay_minutes'],
  ];
  test.each(cases)('%s', async (_, body, pointer) => {
    const { id } = await shop.draft();
    const before = await shop.read(id);
    const answer =
      method === 'POST'
        ? await shop.call('POST', '/campaigns', { name: 'x', ...body() })
        : await shop.call('PATCH', `/campaigns/${id}`, body());
    expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
    expect(errorsOf(answer).map((error) => error.pointer)).toEqual([pointer]);
    expect(errorsOf(answer)[0]?.detail).not.toMatch(/^Invalid|expected/);
    expect(await shop.read(id)).toEqual(before);
  });
});

describe('what a draft may hold but nobody may be sent', () => {
  test.each<[string, object, string, string, RegExp]>([
    [
      'a syntax error',
      { text: 'Hi\n{% if contact.first_name %}x' },
      'TEMPLATE_INVALID',
      '/content/text',
      /[Ll]ine 2/,
    ],
    [
      'an unknown variable',
      { text: 'Hi\n\n{{ contact.nonsense }}' },
      'TEMPLATE_INVALID',
      '/content/text',
      /[Ll]ine 3/,
    ],
    ['more than Telegram shows', { text: 'x'.repeat(4097) }, 'CONTENT_TOO_LONG', '/content/text', /4,?096/],
    ['nothing at all', { text: '  ' }, 'TEMPLATE_INVALID', '/content/text', /\w/],
  ])(
    '%s is kept, shown by the preview, and refused by test and launch',
    async (_, content, code, pointer, words) => {
      const { id } = await shop.draft({ content });
      const preview = (await shop.call('POST', `/campaigns/${id}/preview`)).json();
      for (const [verb, body] of [
        ['test', { contact_ids: shop.people }],
        ['launch', undefined],
      ] as const) {
        const answer = await shop.call('POST', `/campaigns/${id}/${verb}`, body);
        expect(answer.json().code, `${verb} ${answer.body}`).toBe(code);
        expect(errorsOf(answer)[0]).toMatchObject({ pointer, detail: expect.stringMatching(words) });
      }
      if (code !== 'TEMPLATE_INVALID' || (content as { text: string }).text.trim())
        expect(preview.problems[0]).toMatchObject({ pointer });
      expect(await shop.read(id)).toMatchObject({ status: 'draft', version: 1 });
    },
  );
});

describe('two tabs', () => {
  test('the second to save is told, and nothing of the first is lost', async () => {
    const { id, version } = await shop.draft();
    expect((await shop.call('PATCH', `/campaigns/${id}`, { name: 'First', version })).json()).toMatchObject({
      name: 'First',
      version: version + 1,
    });
    const second = await shop.call('PATCH', `/campaigns/${id}`, { name: 'Second', version });
    expect(codeOf(second)).toBe('409 VERSION_CONFLICT');
    expect(second.json().detail).toContain(`version ${version + 1}`);
    expect((await shop.read(id)).name).toBe('First');
  });

  test('of ten at once exactly one saves', async () => {
    const { id, version } = await shop.draft();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        shop.call('PATCH', `/campaigns/${id}`, { name: `Tab ${i}`, version }),
      ),
    );
    expect(answers.map(codeOf).sort()).toEqual(['200', ...Array(9).fill('409 VERSION_CONFLICT')]);
    expect((await shop.read(id)).version).toBe(version + 1);
  });
});

describe('switching an automated campaign on', () => {
  test('one that is added has the usual text and delay of its kind, and says since when it is off', async () => {
    const added = await shop.call('POST', '/campaigns', { name: 'Thanks', kind: 'post_purchase' });
    expect(added.json()).toMatchObject({
      type: 'follow_up',
      content: { text: expect.stringContaining('{{ order.number }}') },
      trigger: { enabled: false, delay_minutes: 1440 },
      off_since: null,
    });
    const blank = { name: 'x', kind: 'post_purchase', content: { text: 'Own' } };
    expect((await shop.call('POST', '/campaigns', blank)).json().content).toMatchObject({
      text: 'Own',
      buttons: [],
    });
    const { id } = added.json();
    expect((await shop.call('POST', `/campaigns/${id}/enable`)).json().off_since).toBeNull();
    const off = (await shop.call('POST', `/campaigns/${id}/disable`)).json();
    expect(off.off_since).toBe(off.updated_at);
    expect((await shop.call('POST', '/campaigns', { name: 'Broadcast' })).json().content.text).toBe('');
  });

  test('what a change of it leaves out stays as it is: on or off, delay, exceptions, who is told', async () => {
    const own = { delay_minutes: 30, unless: { sold_out: false }, cool_down_hours: 5, waiting: ['carted'] };
    const { id, trigger } = await shop.draft({ kind: 'back_in_stock', trigger: own });
    const saved = {
      ...own,
      enabled: false,
      unless: { bought: true, sold_out: false, messaged_today: false },
    };
    expect(trigger).toEqual(saved);
    const change = async (trigger: object) =>
      (await shop.call('PATCH', `/campaigns/${id}`, { trigger })).json().trigger;
    expect(await change({ enabled: true })).toEqual({ ...saved, enabled: true });
    expect(await change({ delay_minutes: 1 })).toEqual({ ...saved, enabled: true, delay_minutes: 1 });
    expect(await change({ unless: { messaged_today: true } })).toEqual({
      ...saved,
      enabled: true,
      delay_minutes: 1,
      unless: { bought: true, sold_out: false, messaged_today: true },
    });
    // null is the default, of the delay that of its kind
    expect(await change({ delay_minutes: null, unless: { sold_out: null }, waiting: null })).toEqual({
      ...saved,
      enabled: true,
      delay_minutes: 0,
      unless: { bought: true, sold_out: true, messaged_today: true },
      waiting: ['subscribed', 'viewed', 'carted'],
    });
    // a new one that names none has the delay of its kind
    const thanks = await shop.draft({ kind: 'post_purchase', trigger: { cool_down_hours: 5 } });
    expect(thanks.trigger).toMatchObject({ enabled: false, delay_minutes: 1440 });
  });

  test('is what has a trigger: of another campaign it is refused, and not passed over', async () => {
    const refused = async (method: 'POST' | 'PATCH', path: string, trigger: object) => {
      const answer = await shop.call(method, path, { ...(method === 'POST' && { name: 'x' }), trigger });
      const { pointer, detail } = answer.json().errors[0];
      expect([answer.statusCode, pointer, detail]).toEqual([422, '/trigger', expect.stringMatching(/leave it out/)]); // biome-ignore format: one line
    };
    await refused('POST', '/campaigns', { enabled: true });
    await refused('POST', '/campaigns', { delay_minutes: 30 });
    // as the published example has it
    const { id, trigger } = await shop.draft({ trigger: { enabled: false, delay_minutes: 60 } });
    expect(trigger).toBeNull();
    await refused('PATCH', `/campaigns/${id}`, { enabled: false });
    await refused('PATCH', `/campaigns/${id}`, { delay_minutes: 60 });
  });

  test('needs the scope to send, by whatever door', async () => {
    const writer = await shop.as(['campaigns:read', 'campaigns:write']);
    const on = { enabled: true, delay_minutes: 5 };
    expect(
      codeOf(await writer.call('POST', '/campaigns', { name: 'x', kind: 'abandoned_cart', trigger: on })),
    ).toBe('403 FORBIDDEN');
    const { id } = await shop.draft({ kind: 'abandoned_cart' });
    expect(codeOf(await writer.call('POST', `/campaigns/${id}/enable`))).toBe('403 FORBIDDEN');
    expect(codeOf(await writer.call('PATCH', `/campaigns/${id}`, { trigger: on }))).toBe('403 FORBIDDEN');
    expect(
      (
        await writer.call('PATCH', `/campaigns/${id}`, { trigger: { enabled: false, delay_minutes: 5 } })
      ).json(),
    ).toMatchObject({ trigger: { enabled: false, delay_minutes: 5 } });
    expect((await shop.call('POST', `/campaigns/${id}/enable`)).json()).toMatchObject({
      trigger: { enabled: true, delay_minutes: 5 },
    });
    expect(codeOf(await writer.call('PATCH', `/campaigns/${id}`, { trigger: { enabled: false } }))).toBe(
      '403 FORBIDDEN',
    );
  });
});

describe('a copy', () => {
  test('is a draft with the same plan, a number of its own, switched off', async () => {
    const original = await shop.draft({
      kind: 'post_purchase',
      name: `${'x'.repeat(112)}🎉`,
      settings: { silent: true },
    });
    await shop.call('POST', `/campaigns/${original.id}/enable`);
    const answer = await shop.call('POST', `/campaigns/${original.id}/duplicate`);
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      name: `${'x'.repeat(112)} (copy)`,
      status: 'draft',
      version: 1,
      settings: { silent: true },
      trigger: { enabled: false },
      content: original.content,
    });
    expect(answer.json().number).toBeGreaterThan(original.number);
  });

  test('leaves out what was removed since: connection and contacts', async () => {
    const there = await house.shop(2);
    const gone = toWireId('cnt', await aContact(there.ctx));
    const { id } = await there.draft({ audience: { contact_ids: [...there.people, gone] } });
    expect((await there.call('DELETE', `/contacts/${gone}`)).statusCode).toBe(204);
    expect((await there.call('DELETE', `/connections/${there.connection}`)).statusCode).toBe(204);
    const copy = await there.call('POST', `/campaigns/${id}/duplicate`);
    expect(copy.statusCode).toBe(201);
    expect(copy.json().connection_id).toBeNull();
    expect([...copy.json().audience.contact_ids].sort()).toEqual([...there.people].sort());
  });
});

test('edits of one sitting are one event in the audit log, which names the fields and never what they say', async () => {
  const { id } = await shop.draft();
  await shop.call('PATCH', `/campaigns/${id}`, { name: 'Spring' });
  await shop.call('PATCH', `/campaigns/${id}`, { content: { text: 'Secret offer' }, name: 'Spring offer' });
  const events = async () =>
    (await shop.call('GET', '/audit_events?action=campaign.edited'))
      .json<{ data: { subject_id: string; detail: { fields: string[] } }[] }>()
      .data.filter((event) => event.subject_id === id);
  expect((await events()).map(({ detail }) => detail.fields)).toEqual([['content', 'name']]);
  expect(JSON.stringify(await events())).not.toContain('Secret');
  // what is sent again unchanged is no edit
  await shop.call('PATCH', `/campaigns/${id}`, { name: 'Spring offer', type: 'promotional' });
  expect((await events()).map(({ detail }) => detail.fields)).toEqual([['content', 'name']]);
  // somebody else's edit, and one after another deed, are events of their own
  const other = await shop.as(['campaigns:read', 'campaigns:write']);
  await other.call('PATCH', `/campaigns/${id}`, { name: 'Autumn' });
  expect(await events()).toHaveLength(2);
});
