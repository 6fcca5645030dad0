// A message that greets by name, and the people who have none; what the check says of the rest of it.
import { beforeAll, expect, test } from 'vitest';
import type { CampaignCheck } from '../../../contract/checks.ts';
import { aHouse, type House, type Shop } from '../testing-shop.ts';

let house: House;
let shop: Shop;
beforeAll(async () => {
  house = await aHouse();
  shop = await house.shop(3);
  await shop.ctx.db
    .updateTable('contacts')
    .set({ first_name: null, attributes: JSON.stringify({ city: '' }) })
    .where('workspace_id', '=', shop.ctx.actor.workspaceId)
    .execute();
});

const gapsOf = async (text: string, id: string, there = shop) =>
  there.call('POST', '/campaigns/preview/gaps', { content: { text }, audience_of: id });

test('people without a value are counted, with what they read instead', async () => {
  const { id } = await shop.draft();
  const text =
    'Hi {{ contact.first_name | default: "there" }} from {{ contact.attributes.city }} {{ contact.tags }} {{ connection.name }}';
  expect((await gapsOf(text, id)).json().data).toEqual([
    {
      variable: 'contact.first_name',
      missing: 3,
      words: '3 contacts have no first name. They read “there”.',
      fallback: 'there',
    },
    {
      variable: 'contact.attributes.city',
      missing: 3,
      words: '3 contacts have no “city”. Nothing stands there for them: add a default.',
      fallback: null,
    },
  ]);
  // the default of one place does not help in another
  const twice = '{{ contact.first_name | default: "you" }}, {{ contact.first_name }}';
  expect((await gapsOf(twice, id)).json().data).toMatchObject([{ fallback: null }]);
  expect((await gapsOf('Hello', id)).json().data).toEqual([]);
});

test('what is told of them is what they read, in whatever form it was cared for', async () => {
  const { id } = await shop.draft();
  const told = async (text: string) =>
    (await gapsOf(text, id)).json().data.map((gap: { words: string }) => gap.words);
  expect(
    await told('{% if contact.first_name %}Hi {{ contact.first_name }}{% else %}Hi there{% endif %}, news!'),
  ).toEqual(['3 contacts have no first name. They read “there”.']);
  const bare = ['3 contacts have no first name. Nothing stands there for them: add a default.'];
  expect(await told('Hi {{ contact["first_name"] }}')).toEqual(bare);
  expect(await told('{% assign name = contact.first_name %}Hi {{ name }}')).toEqual(bare);
  expect(await told('News{% if contact.first_name %}, {{ contact.first_name }}{% endif %}')).toEqual([]);
  // one of the three has a last name to be called by
  const [one, ...others] = await shop.ctx.db
    .selectFrom('contacts')
    .select('id')
    .where('workspace_id', '=', shop.ctx.actor.workspaceId)
    .execute();
  const rename = (ids: string[], last_name: string | null) =>
    shop.ctx.db
      .updateTable('contacts')
      .set({ last_name })
      .where('workspace_id', '=', shop.ctx.actor.workspaceId)
      .where('id', 'in', ids)
      .execute();
  await rename([one!.id], 'Quist');
  await rename(
    others.map((other) => other.id),
    null,
  );
  expect(await told('Hi {{ contact.first_name | default: contact.last_name }}')).toEqual([
    '3 contacts have no first name. Nothing stands there for 2 of them: add a default. 1 of them reads something else instead, like “Lee”.',
    '2 contacts have no last name. Nothing stands there for them: add a default.',
  ]);
});

test('where the language decides what is said, each language is looked at', async () => {
  const { id } = await shop.draft();
  const one = await shop.ctx.db
    .selectFrom('contacts')
    .select('id')
    .where('workspace_id', '=', shop.ctx.actor.workspaceId)
    .executeTakeFirstOrThrow();
  await shop.ctx.db
    .updateTable('contacts')
    .set((eb) => ({ language: eb.case().when('id', '=', one.id).then('de').else('fr').end() }))
    .where('workspace_id', '=', shop.ctx.actor.workspaceId)
    .execute();
  const text =
    '{% if contact.language == "de" %}Hallo {{ contact.first_name }}{% else %}Hi {{ contact.first_name | default: "you" }}{% endif %}';
  expect((await gapsOf(text, id)).json().data).toEqual([
    {
      variable: 'contact.first_name',
      missing: 3,
      words:
        '3 contacts have no first name. Nothing stands there for 1 of them: add a default. 2 of them read “you”.',
      fallback: null,
    },
  ]);
});

test('another workspace’s campaign is not there to be asked about', async () => {
  const other = await house.shop(1);
  const { id } = await other.draft();
  expect((await gapsOf('{{ contact.first_name }}', id)).statusCode).toBe(404);
});

test('the check warns of gaps, and hints at what the message lacks and at the hour it goes out', async () => {
  const check = async (given: object) => {
    const { id } = await shop.draft(given);
    const { problems } = (await shop.call('GET', `/campaigns/${id}/check`)).json() as CampaignCheck;
    return problems.map(({ key, severity }) => `${severity} ${key}`);
  };
  const at = (clock: string) => ({ mode: 'at', local: `2030-03-04T${clock}`, time_zone: 'Asia/Tokyo' });
  const bare = await check({ content: { text: 'Hi {{ contact.first_name }}' } });
  expect(bare).toEqual(
    expect.arrayContaining(['warning variable_gap', 'hint no_call_to_action', 'hint opt_out_missing']),
  );
  const whole = { text: 'New: https://shop.example . Send STOP to get no more.' };
  const hour = 'outside_business_hours';
  for (const [clock, expected] of [
    ['07:59', `warning ${hour}`],
    ['08:30', `hint ${hour}`],
    ['19:30', `hint ${hour}`],
    ['21:01', `warning ${hour}`],
  ] as const)
    expect(await check({ content: whole, schedule: at(clock) })).toContain(expected);
  expect(
    (await check({ content: whole, schedule: at('09:00') })).filter((one) => /hours|call|opt/.test(one)),
  ).toEqual([]);
});
