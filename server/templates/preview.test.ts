import { describe, expect, it } from 'vitest';
import type { CampaignKind } from '../../contract/campaigns.ts';
import { examplePictures } from '../../contract/example-pictures.ts';
import { type ContentInput, content } from '../../contract/message.ts';
import type { Scope } from '../../contract/roles.ts';
import type { Ctx } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { createServer } from '../platform/http/server.ts';
import {
  aConnection,
  aContact,
  aWhatsAppNumber,
  aWorkspace,
  inWorkspace,
  testCtx,
} from '../testing/context.ts';
import { literalMessage } from './literal.ts';
import { variableMenu } from './menu.ts';
import { previewMessage } from './preview.ts';
import { templateRoutes } from './routes.ts';
import { exampleEvent } from './shop-example.ts';

const base = await testCtx();
const aShop = async () => inWorkspace(base, await aWorkspace(base, 'Marlow'));
const draft = (given: ContentInput) => content.parse(given);

describe('the preview of a draft', () => {
  it('shows the contact asked for', async () => {
    const ctx = await aShop();
    const contactId = await aContact(ctx, { firstName: 'Bea' });
    await aContact(ctx, { firstName: 'Carl' });
    const preview = await previewMessage(ctx, {
      content: draft({ text: '*Hi* {{ contact.first_name }}' }),
      contactId,
    });
    expect(preview).toMatchObject({
      contact: { name: 'Bea' },
      rendered: { markup: '<b>Hi</b> Bea' },
      problems: [],
      warnings: [],
    });
  });

  it('chooses somebody who can be reached on the connection, else the newest contact, else invents a person', async () => {
    const ctx = await aShop();
    const connectionId = await aConnection(ctx);
    const text = '{{ contact.first_name }} from {{ workspace.name }} by {{ connection.username }}';
    const shown = async () => {
      const { contact, rendered } = await previewMessage(ctx, { content: draft({ text }), connectionId });
      return [contact?.name, rendered?.plain];
    };
    expect(await shown()).toEqual([undefined, 'Ann from Marlow by shop_bot']);
    await aContact(ctx, { firstName: 'Dora', connectionId });
    await aContact(ctx, { firstName: 'Emil', connectionId, reachable: false });
    expect(await shown()).toEqual(['Dora', 'Dora from Marlow by shop_bot']);
    expect((await previewMessage(ctx, { content: draft({ text }) })).contact?.name).toBe('Emil');
  });

  it('is about their own cart or order, else an invented one, and knows what campaigns of its kind know', async () => {
    const ctx = await aShop();
    const contactId = await aContact(ctx);
    const shown = async (kind: CampaignKind | null, text: string) => {
      const { rendered, problems } = await previewMessage(ctx, { content: draft({ text }), contactId, kind });
      return rendered?.plain ?? problems[0]?.detail;
    };
    const cart = ['abandoned_cart', '{{ cart_items }}'] as const;
    const order = ['post_purchase', '{{ order.number }}: {{ order_items }}'] as const;
    expect(await shown(...cart)).toMatch(/^1 × Blue glaze set, €64.00\n.*\nTotal €102.00$/);
    expect(await shown(...order)).toMatch(/^10042: 1 × Blue glaze set, €64.00\n/);
    await aCart(ctx, contactId, { items: '[]', updated_at: new Date('2026-03-03') });
    await aCart(ctx, contactId, { status: 'dropped', updated_at: new Date('2026-03-02') });
    expect(await shown(...cart)).toContain('Blue glaze set');
    await aCart(ctx, contactId, { updated_at: new Date('2026-03-01') });
    expect(await shown(...cart)).toBe('2 × Lamp, €24.00\nTotal €24.00');
    await anOrder(ctx, contactId);
    expect(await shown(...order)).toBe('A-7: 1 × Lamp, €12.00');
    expect(await shown(null, '{{ cart.total }} {{ order.total }}')).toBe('€102.00 €102.00');
    expect(await shown('broadcast', '{{ cart_items }}')).toContain('only in abandoned cart campaigns');
  });

  it('shows who may not read people, carts or orders invented ones, and attributes without a value', async () => {
    const ctx = await aShop();
    const contactId = await aContact(ctx, { firstName: 'Vera' });
    await ctx.db.updateTable('contacts').set({ attributes: JSON.stringify({ iban: 'DE02' }) }).where('id', '=', contactId).execute(); // biome-ignore format: one line
    await anOrder(ctx, contactId);
    const as = (...scopes: Scope[]): Ctx => ({
      ...ctx,
      actor: { ...ctx.actor, kind: 'token', scopes: new Set(scopes) } as Ctx['actor'],
    });
    const shown = (as: Ctx, contactId?: string) =>
      previewMessage(as, { content: draft({ text: '{{ contact.first_name }} {{ order.number }}' }), contactId: contactId ?? null, kind: 'post_purchase' }); // biome-ignore format: one line
    expect(await shown(as('campaigns:read'))).toMatchObject({
      contact: null,
      rendered: { plain: 'Ann 10042' },
    });
    await expect(shown(as('campaigns:read'), contactId)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      errors: [{ pointer: '/contact_id' }],
    });
    expect(await shown(as('contacts:read'), contactId)).toMatchObject({ rendered: { plain: 'Vera 10042' } });
    expect(await shown(as('contacts:read', 'orders:read'))).toMatchObject({
      rendered: { plain: 'Vera A-7' },
    });
    const example = async (as: Ctx) =>
      (await variableMenu(as)).find(({ name }) => name === 'contact.attributes.iban')?.example;
    expect([await example(as('templates:read')), await example(as('contacts:read'))]).toEqual([null, 'DE02']);
  });

  it('reports problems by their field instead of throwing', async () => {
    const ctx = await aShop();
    const shown = async (given: ContentInput) => previewMessage(ctx, { content: draft(given) });
    expect(await shown({ text: 'a\n{{ contact.frist_name }}' })).toMatchObject({
      rendered: null,
      problems: [{ pointer: '/content/text', detail: expect.stringContaining('Line 2: contact.frist_name') }],
    });
    expect((await shown({})).problems).toMatchObject([{ pointer: '/content/text' }]);
    expect((await shown({ text: 'x'.repeat(5000) })).problems[0]?.detail).toContain('Shorten it by 904');
    expect(await shown({ text: 'a', media: [{ media_id: 'med_01jd3v7k2nexamp00000000000' }] })).toMatchObject(
      {
        rendered: { plain: 'a' },
        problems: [{ pointer: '/content/media/0/media_id' }],
      },
    );
  });

  it('warns of an attribute that nobody has, and stops nothing', async () => {
    const ctx = await aShop();
    const contactId = await aContact(ctx);
    await ctx.db
      .updateTable('contacts')
      .set({ attributes: JSON.stringify({ city: 'Rome' }) })
      .where('id', '=', contactId)
      .execute();
    const text = '{{ contact.attributes.city }} {{ contact.attributes.citty | default: "x" }}';
    expect(await previewMessage(ctx, { content: draft({ text }) })).toMatchObject({
      rendered: { plain: 'Rome x' },
      problems: [],
      warnings: [
        {
          pointer: '/content/text',
          detail: expect.stringContaining('Did you mean contact.attributes.city?'),
        },
      ],
    });
  });

  it('shows the picture of an automation where the connection that reaches the person could fetch it', async () => {
    const ctx = await aShop();
    const shop = await aConnection(ctx);
    const number = await aWhatsAppNumber(ctx);
    const contactId = await aContact(ctx, { connectionId: shop });
    await aCart(ctx, contactId, {
      items: JSON.stringify([{ product_id: 'p', name: 'Mug', quantity: 1, image_url: 'http://localhost:9/mug.png' }]),
      updated_at: new Date('2026-03-03'),
    });
    const shown = async (more: { connectionId?: string; text?: string } = {}) => {
      const { text = 'Hi', connectionId } = more;
      const given = draft({ text, media: [{ url: '{{ cart.photo }}' }] });
      const { platforms } = await previewMessage(ctx, { content: given, contactId, connectionId, kind: 'abandoned_cart' });
      const { telegram, whatsapp } = platforms;
      return [telegram, whatsapp].map(({ rendered }) => [rendered?.plain, rendered?.attachments?.length]);
    };
    const isSandbox = (id: string, sandbox: boolean) =>
      ctx.db.updateTable('connections').set({ sandbox }).where('id', '=', id).execute();
    expect(await shown()).toEqual([['Hi', 0], ['Hi', 0]]);
    await isSandbox(shop, true);
    expect(await shown()).toEqual([['Hi', 1], ['Hi', 0]]);
    expect(await shown({ connectionId: number })).toEqual([['Hi', 0], ['Hi', 0]]);
    await isSandbox(number, true);
    expect(await shown({ text: 'From {{ connection.name }}' })).toEqual([['From Shop bot', 1], ['From Shop number', 1]]);
    // of two bots the one that reaches them, which is not the older one
    await ctx.db.updateTable('identities').set({ reachable: false }).where('contact_id', '=', contactId).execute();
    const other = await aConnection(ctx);
    await isSandbox(other, false);
    await ctx.db.updateTable('connections').set({ status: 'error' }).where('id', '=', shop).execute();
    expect(await shown()).toEqual([['Hi', 0], ['Hi', 1]]);
  }); // biome-ignore format: tables

  it('gives what is invented a picture, which a test message does without', async () => {
    const ctx = await aShop();
    const contactId = await aContact(ctx);
    const kinds = [['abandoned_cart', 'cart.photo'], ['back_in_stock', 'product.image_url']] as const;
    for (const [kind, variable] of kinds) {
      const given = draft({ text: 'Hi', media: [{ url: `{{ ${variable} }}` }] });
      const { about, rendered } = await previewMessage(ctx, { content: given, contactId, kind });
      expect(about?.invented).toBe(true);
      expect(Object.values(examplePictures)).toContain(rendered?.attachments?.[0]?.url);
      expect(rendered?.left_out).toBeUndefined();
      expect(JSON.stringify(await exampleEvent(ctx, kind, contactId))).not.toMatch(/pictures/);
    }
  }); // biome-ignore format: tables

  it('does not know the contacts, connections and pictures of another workspace', async () => {
    const [ctx, other] = [await aShop(), await aShop()];
    const given = draft({ text: 'a' });
    const missing = { code: 'NOT_FOUND' };
    await expect(
      previewMessage(ctx, { content: given, contactId: await aContact(other) }),
    ).rejects.toMatchObject(missing);
    await expect(
      previewMessage(ctx, { content: given, connectionId: await aConnection(other) }),
    ).rejects.toMatchObject(missing);
    await expect(previewMessage(ctx, { content: given, contactId: newId() })).rejects.toMatchObject(missing);
  });
});

async function aCart(
  ctx: Ctx,
  contactId: string,
  given: { items?: string; status?: string; updated_at: Date },
) {
  const items = JSON.stringify([{ product_id: 'p-1', name: 'Lamp', quantity: 2, price: '12.00' }]);
  const row = { status: 'open', items, currency: 'EUR', total: 24, ...given };
  await ctx.db
    .insertInto('carts')
    .values({
      ...row,
      updated_at: new Date(given.updated_at),
      workspace_id: ctx.actor.workspaceId,
      id: newId(),
      contact_id: contactId,
    })
    .execute();
}
async function anOrder(ctx: Ctx, contactId: string) {
  const [workspace_id, id] = [ctx.actor.workspaceId, newId()];
  const row = { external_id: 'A-7', status: 'paid', total: 12, placed_at: new Date('2026-03-01') };
  await ctx.db
    .insertInto('orders')
    .values({ ...row, workspace_id, id, contact_id: contactId })
    .execute();
  const item = { position: 0, product_id: 'p-1', name: 'Lamp', quantity: 1, price: 12 };
  await ctx.db
    .insertInto('order_items')
    .values({ ...item, workspace_id, order_id: id })
    .execute();
}

it('the composer gets every variable with an example and a snippet that renders, attributes included', async () => {
  const ctx = await aShop();
  const app = await createServer(ctx, 'test', async () => ctx.actor, { tpl: { table: 'message_templates' } });
  templateRoutes(app);
  const contactId = await aContact(ctx, { firstName: 'Bea' });
  await ctx.db
    .updateTable('contacts')
    .set({ attributes: JSON.stringify({ shoe_size: 42 }) })
    .where('id', '=', contactId)
    .execute();
  const answer = await app.inject({ url: '/api/v1/templates/variables' });
  expect(answer.statusCode).toBe(200);
  const { data } = answer.json<{
    data: { name: string; label: string; example: string; snippet: string }[];
  }>();
  expect(data).toContainEqual({
    name: 'contact.attributes.shoe_size',
    label: 'Shoe size',
    example: '42',
    snippet: '{{ contact.attributes.shoe_size }}',
  });
  const ofCarts = await app.inject({ url: '/api/v1/templates/variables?kind=abandoned_cart' });
  const forCarts = ofCarts.json<{ data: { name: string; snippet: string }[] }>().data;
  expect(forCarts.slice(0, 3).map(({ name }) => name)).toEqual(['cart_items', 'cart.total', 'cart.url']);
  const all = forCarts.map(({ snippet }) => snippet).join('; ');
  const inCarts = { content: draft({ text: all }), contactId, kind: 'abandoned_cart' } as const;
  expect((await previewMessage(ctx, inCarts)).problems).toEqual([]);
  const text = data.map(({ snippet }) => snippet).join('; ');
  expect((await previewMessage(ctx, { content: draft({ text }), contactId })).problems).toEqual([]);
  await app.close();
});

it('what an operator types is sent to the letter', () => {
  expect(literalMessage(' *a* {{ contact.email }} <b>\n')).toMatchObject({
    markup: '*a* {{ contact.email }} &lt;b&gt;',
    plain: '*a* {{ contact.email }} <b>',
    length: 27,
    buttons: [],
  });
});
