// Own templates over HTTP: versions, what refuses, and campaigns made from them.
import { beforeAll, expect, test } from 'vitest';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { LibraryTemplate, Template, TemplateVersion } from '../../../contract/templates.ts';
import { aHouse, type Shop } from '../../campaigns/testing-shop.ts';

let shop: Shop;
let other: Shop;
beforeAll(async () => {
  const house = await aHouse({ work: false });
  shop = await house.shop();
  other = await house.shop();
});

const variables = [{ name: 'code', label: 'Code', type: 'text' }];
const words = { name: 'Winter 50%', content: { text: 'Use {{ code }}' }, variables };
async function make(given: object = {}): Promise<Template> {
  const answer = await shop.call('POST', '/templates', { ...words, ...given });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}
const problems = (answer: { json(): { errors: { pointer: string }[] } }) =>
  answer.json().errors.map(({ pointer }) => pointer);

test('each change is a version, and an old one comes back as a new one', async () => {
  const { id, version } = await make();
  expect(version).toBe(1);
  const changed = await shop.call('PATCH', `/templates/${id}`, {
    content: { text: 'Take {{ code }}' },
    version: 1,
  });
  expect(changed.json<Template>()).toMatchObject({ version: 2, content: { text: 'Take {{ code }}' } });
  const late = await shop.call('PATCH', `/templates/${id}`, { name: 'Mine', version: 1 });
  expect(late.json()).toMatchObject({ status: 409, code: 'VERSION_CONFLICT' });
  const back = await shop.call('POST', `/templates/${id}/versions/1/restore`);
  expect([back.statusCode, back.json<Template>().version]).toEqual([202, 3]);
  expect((await shop.call('POST', `/templates/${id}/versions/9/restore`)).statusCode).toBe(404);
  expect((await shop.call('POST', `/templates/${id}/versions/1e3/restore`)).statusCode).toBe(404);
  const first = (await shop.call('GET', `/templates/${id}/versions?limit=2`)).json<{
    data: TemplateVersion[];
    next_cursor: string;
  }>();
  expect(first.data.map(({ version, content }) => [version, content.text])).toEqual([
    [3, 'Use {{ code }}'],
    [2, 'Take {{ code }}'],
  ]);
  const rest = await shop.call('GET', `/templates/${id}/versions?limit=2&cursor=${first.next_cursor}`);
  expect(rest.json<{ data: TemplateVersion[] }>().data.map(({ version }) => version)).toEqual([1]);
});

test('archived ones are listed apart; search takes the letters as they are', async () => {
  const kept = await make({ name: 'Sale 100%_a', category: 'promotional' });
  const away = await make({ name: 'Sale 100 b' });
  expect((await shop.call('PATCH', `/templates/${away.id}`, { archived: true })).json()).toMatchObject({
    archived: true,
    version: 1,
  });
  const names = async (query: string) =>
    (await shop.call('GET', `/templates?${query}`)).json<{ data: Template[] }>().data.map(({ name }) => name);
  expect(await names('search=100%25_')).toEqual([kept.name]);
  expect(await names('search=sale')).toEqual([kept.name]);
  expect(await names('search=sale&archived=true')).toEqual([away.name]);
  expect(await names('category=promotional')).toEqual([kept.name]);
  expect((await shop.call('DELETE', `/templates/${kept.id}`)).statusCode).toBe(204);
  expect((await shop.call('GET', `/templates/${kept.id}`)).statusCode).toBe(404);
});

test('a campaign takes message and type from the template, and keeps them when it is deleted', async () => {
  const template = await make({ type: 'follow_up' });
  const made = await shop.call('POST', '/campaigns', {
    name: 'From mine',
    template: { template_id: template.id, values: { code: '*A{{B' } },
  });
  expect(made.statusCode, made.body).toBe(201);
  const campaign = made.json<Campaign>();
  expect(campaign.type).toBe('follow_up');
  const look = await shop.call('POST', '/campaigns/preview', { content: campaign.content });
  expect(look.json().rendered.plain).toBe('Use *A{{B');
  expect((await shop.call('GET', `/templates/${template.id}`)).json<Template>().used_by).toBe(1);
  await shop.call('DELETE', `/templates/${template.id}`);
  expect((await shop.read(campaign.id)).content).toEqual(campaign.content);
});

test('the library is used by its keys', async () => {
  const { data } = (await shop.call('GET', '/templates/library')).json<{ data: LibraryTemplate[] }>();
  expect(data.map(({ key }) => key)).toContain('survey');
  const values = { link: 'https://shop.example/s' };
  const filled = await shop.call('POST', '/templates/fill', { library_key: 'survey', values });
  expect(filled.json()).toMatchObject({
    missing: [],
    content: { text: expect.stringContaining(values.link) },
  });
  const made = await shop.call('POST', '/campaigns', {
    name: 'Survey',
    template: { library_key: 'survey', values },
  });
  expect(made.json<Campaign>()).toMatchObject({ type: 'engagement', content: filled.json().content });
});

test.each<[object, string]>([
  [{ template: { library_key: 'survey' } }, '/template/values/link'],
  [{ template: { library_key: 'survey', values: { link: 'nowhere' } } }, '/template/values/link'],
  [{ template: { library_key: 'survey', values: { lnk: 'x' } } }, '/template/values/lnk'],
  [{ template: { library_key: 'nothing' } }, '/template/library_key'],
  [{ template: {} }, '/template'],
  [{ template: { library_key: 'survey', values: { link: 'a\nb' } } }, '/template/values/link'],
  [{ content: { text: 'Hi' }, template: { library_key: 'survey' } }, '/content'],
])('a campaign of %j is refused at %s', async (given, pointer) => {
  const answer = await shop.call('POST', '/campaigns', { name: 'No', ...given });
  expect(answer.statusCode).toBe(422);
  expect(problems(answer)).toContain(pointer);
});

test.each<[object, RegExp]>([
  [{}, /Fill in Discount in %: a value for "discount_percent"\./],
  [{ X: 20 }, /no variable "X"\. It has: discount_percent, products, code\./],
  [{ 'a/b': '1' }, /no variable "a\/b"/],
])('values %j are refused with the names of the template', async (values, words) => {
  const template = { library_key: 'flash_sale', values };
  const answer = await shop.call('POST', '/campaigns', { name: 'No', template });
  expect([answer.statusCode, answer.json().detail]).toEqual([422, expect.stringMatching(words)]);
});

test('another shop’s template is not there, for nobody and nothing', async () => {
  const { id } = await make();
  for (const answer of [
    await other.call('POST', '/templates/fill', { template_id: id }),
    await other.call('POST', '/campaigns', {
      name: 'Theirs',
      template: { template_id: id, values: { code: '1' } },
    }),
  ])
    expect([answer.statusCode, answer.body.includes('not there any more')]).toEqual([422, true]);
  expect((await other.call('GET', '/templates')).json().data).toEqual([]);
});

test('who may read templates may not make them', async () => {
  const reader = await shop.as(['templates:read']);
  expect((await reader.call('POST', '/templates', words)).statusCode).toBe(403);
  expect((await reader.call('GET', '/templates')).statusCode).toBe(200);
});

test('a template that is deleted while campaigns are made from it: they are made, or told so', async () => {
  const { id: template_id } = await make();
  const create = () =>
    shop.call('POST', '/campaigns', { name: 'Made', template: { template_id, values: { code: 'A' } } });
  const answers = await Promise.all([
    ...Array.from({ length: 6 }, create),
    shop.call('DELETE', `/templates/${template_id}`),
    ...Array.from({ length: 12 }, create),
  ]);
  const [gone] = answers.splice(6, 1);
  expect(gone?.statusCode).toBe(204);
  for (const answer of answers)
    if (answer.statusCode !== 201) {
      expect(answer.statusCode, answer.body).toBe(422);
      expect(problems(answer)).toEqual(['/template/template_id']);
    }
  expect(problems(await create())).toEqual(['/template/template_id']);
});

test('what an automation is about needs no place of its own, and no place can be called so', async () => {
  const content = {
    text: 'Use {{ code }}: {{ cart_items }} {{ cart.total }} {{ product }}',
    media: [{ url: '{{ cart.photo }}' }],
    buttons: [{ text: 'Go', url: '{{ cart.url }}' }],
  };
  const product = { name: 'product', label: 'Product', type: 'text' };
  const { id } = await make({ content, variables: [...variables, product] });
  const filled = await shop.call('POST', '/templates/fill', {
    template_id: id,
    values: { code: 'X', product: 'Mug' },
  });
  expect(filled.json().content).toMatchObject({
    text: 'Use X: {{ cart_items }} {{ cart.total }} Mug',
    media: content.media,
    buttons: content.buttons,
  });
  const taken = { name: 'cart_items', label: 'Items', type: 'text' };
  const answer = await shop.call('POST', '/templates', {
    ...words,
    content,
    variables: [...variables, product, taken],
  });
  expect(problems(answer)).toContain('/variables/2/name');
});
