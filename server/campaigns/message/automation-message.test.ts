// The message of an automation before it is switched on: what the check says of it on each channel, and whom it can be looked at for.
import { beforeAll, expect, test } from 'vitest';
import type { CampaignCheck } from '../../../contract/checks.ts';
import type { PreviewPerson } from '../../../contract/message.ts';
import { aWhatsAppNumber } from '../../testing/context.ts';
import { insertTemplate } from '../../whatsapp-templates/record.ts';
import { aHouse, type Shop } from '../testing-shop.ts';

let shop: Shop;
let other: Shop;
beforeAll(async () => {
  const house = await aHouse({ work: false });
  shop = await house.shop(3);
  other = await house.shop(1);
});

const reminder = { kind: 'abandoned_cart', connection_id: null, content: { text: 'Hi:\n{{ cart_items }}' } };
async function findings(given: object): Promise<string[]> {
  const { id } = await shop.draft({ ...reminder, ...given });
  const { problems } = (await shop.call('GET', `/campaigns/${id}/check`)).json<CampaignCheck>();
  return problems
    .filter(({ severity }) => severity !== 'hint')
    .map(({ key, pointer }) => `${key} ${pointer}`);
}

test('it is judged on each channel that it may go out on', async () => {
  expect(await findings({})).toEqual([]);
  const number = await aWhatsAppNumber(shop.ctx);
  expect(await findings({})).toEqual(['window_closed /content/whatsapp/template']);
  expect(await findings({ connection_id: shop.connection })).toEqual([]);
  const buttons = [
    { text: 'One', url: 'https://a.b/1' },
    { text: 'Two', url: 'https://a.b/2' },
  ];
  expect(await findings({ content: { ...reminder.content, buttons } })).toContain(
    'message /content/buttons/1/text',
  );
  const loop = '{% for item in cart.items %}{{ item.name }}, {{ item.url }}\n{% endfor %}';
  expect(await findings({ connection_id: shop.connection, content: { text: loop } })).toEqual([
    'event_gap /content/text',
  ]);
  const components = [
    { type: 'HEADER', format: 'IMAGE' },
    { type: 'BODY', text: 'You left {{1}}' },
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Cart', url: 'https://example.com/{{1}}' }] },
  ];
  await insertTemplate(
    shop.ctx,
    number,
    {
      externalId: '1',
      name: 'cart',
      language: 'en',
      category: 'MARKETING',
      previousCategory: null,
      status: 'APPROVED',
      quality: 'GREEN',
      parameterFormat: 'POSITIONAL',
      components,
      reason: null,
    },
    null,
  );
  const template = (url: string) => ({
    content: {
      ...reminder.content,
      media: [{ url }],
      whatsapp: {
        template: {
          name: 'cart',
          language: 'en',
          body: { 1: '{{ cart_items }}' },
          buttons: { 0: '{{ cart.url | default: "https://example.com/cart" }}' },
        },
      },
    },
  });
  expect(await findings(template('{{ cart.photo }}'))).toEqual(['event_gap /content/media/0/url']);
  expect(await findings(template('{{ cart.photo | default: "https://example.com/a.png" }}'))).toEqual([]);
});

test('it can be looked at for who has such a cart, the latest first, and says what it is shown with', async () => {
  const put = (id: string, who: number, at: string, more: object = {}) =>
    shop.call('PUT', `/carts/${id}`, {
      contact: { id: shop.people[who] },
      items: [{ product_id: 'mug', name: 'Mug', quantity: 1 }],
      updated_at: at,
      ...more,
    });
  await put('c1', 0, '2026-11-20T09:00:00Z');
  await put('c2', 1, '2026-11-20T10:00:00Z');
  await put('c3', 1, '2026-11-20T08:00:00Z');
  await put('c4', 2, '2026-11-20T11:00:00Z', { status: 'ordered' });
  const { id } = await shop.draft(reminder);
  const people = async (query = '', there = shop, campaign = id) =>
    (await there.call('GET', `/campaigns/${campaign}/preview/people${query}`)).json<{
      data: PreviewPerson[];
    }>().data;
  expect((await people()).map(({ contact_id, at }) => [contact_id, at])).toEqual([
    [shop.people[1], '2026-11-20T10:00:00.000Z'],
    [shop.people[0], '2026-11-20T09:00:00.000Z'],
  ]);
  expect(await people(`?connection_id=${shop.connection}`)).toHaveLength(2);
  const foreign = await other.draft(reminder);
  expect(await people('', other, foreign.id)).toEqual([]);
  expect((await other.call('GET', `/campaigns/${id}/preview/people`)).statusCode).toBe(404);
  const thanks = await shop.draft({ kind: 'post_purchase', content: { text: 'Thanks' } });
  expect(await people('', shop, thanks.id)).toEqual([]);
  const about = async (who: number) =>
    (await shop.call('POST', `/campaigns/${id}/preview`, { contact_id: shop.people[who] })).json().about;
  expect(await about(1)).toEqual({ kind: 'cart', invented: false, at: '2026-11-20T10:00:00.000Z' });
  expect(await about(2)).toEqual({ kind: 'cart', invented: true, at: null });
});
