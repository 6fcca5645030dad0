import { describe, expect, it } from 'vitest';
import type { Contact } from '../../contract/contacts.ts';
import { toWireId } from '../../contract/ids.ts';
import { newId } from '../platform/db/ids.ts';
import { createServer } from '../platform/http/server.ts';
import { filteredContacts } from '../segments/filtered-contacts.ts';
import {
  aConnection,
  aWhatsAppNumber,
  aWorkspace,
  inWorkspace,
  type TestCtx,
  testCtx,
} from '../testing/context.ts';
import { contactRoutes } from './routes.ts';

const base = await testCtx();
let actor = base.actor;
const app = await createServer(base, 'test', async () => actor, { cnt: { table: 'contacts' } });
contactRoutes(app, filteredContacts);

/** A shop of its own; calls are made in its name. */
async function aShop() {
  const ctx: TestCtx = inWorkspace(base, await aWorkspace(base));
  const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) => {
    actor = ctx.actor;
    const answer = await app.inject({ method, url: `/api/v1/contacts${path}`, payload });
    return { status: answer.statusCode, body: answer.body ? answer.json() : null };
  };
  const add = async (payload: object): Promise<Contact> => (await call('POST', '', payload)).body;
  const names = async (query: string) =>
    (await call('GET', `?${query}`)).body.data.map((contact: Contact) => contact.first_name);
  return { ctx, call, add, names };
}

describe('a contact', () => {
  it('is created, read, changed and erased', async () => {
    const { ctx, call, add } = await aShop();
    const connection_id = toWireId('con', await aConnection(ctx));
    const created = await call('POST', '', {
      external_id: '1001',
      first_name: ' Ann ',
      email: 'Ann@Example.com',
      phone: '+44 20 7946-0018',
      language: 'pt_BR',
      time_zone: 'Europe/London',
      attributes: { shoe_size: 42, vip: true, colours: ['red'] },
      tags: ['vip', 'vip'],
      identities: [{ connection_id, address: '77' }],
    });
    expect(created).toMatchObject({
      status: 201,
      body: {
        external_id: '1001',
        first_name: 'Ann',
        last_name: null,
        email: 'ann@example.com',
        phone: '+442079460018',
        language: 'pt-BR',
        attributes: { shoe_size: 42, vip: true, colours: ['red'] },
        tags: ['vip'],
        identities: [{ connection_id, channel: 'telegram', address: '77', reachable: true }],
        consent: [],
        version: 1,
      },
    });
    const { id } = created.body;
    expect((await call('GET', `/${id}`)).body).toEqual(created.body);
    const changed = await call('PATCH', `/${id}`, {
      first_name: 'Anna',
      email: null,
      attributes: { vip: null, city: 'Rome' },
      version: 1,
    });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        first_name: 'Anna',
        email: null,
        phone: '+442079460018',
        attributes: { shoe_size: 42, colours: ['red'], city: 'Rome' },
        version: 2,
      },
    });
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect((await call('GET', `/${id}`)).status).toBe(404);
    expect((await add({ first_name: 'New' })).identities).toEqual([]);
  });

  it('that somebody else changed in the meantime is not overwritten', async () => {
    const { call, add } = await aShop();
    const { id } = await add({ first_name: 'Ann' });
    await call('PATCH', `/${id}`, { first_name: 'Bea', version: 1 });
    expect(await call('PATCH', `/${id}`, { first_name: 'Carl', version: 1 })).toMatchObject({
      status: 409,
      body: { code: 'VERSION_CONFLICT' },
    });
    const both = await Promise.all(
      ['Dora', 'Emil'].map((first_name) => call('PATCH', `/${id}`, { first_name, version: 2 })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('of another workspace is not there', async () => {
    const [shop, other] = [await aShop(), await aShop()];
    const { id } = await other.add({ first_name: 'Ann' });
    for (const method of ['GET', 'PATCH', 'DELETE'] as const)
      expect((await shop.call(method, `/${id}`, method === 'PATCH' ? {} : undefined)).status).toBe(404);
    expect(await shop.names('search=Ann')).toEqual([]);
  });

  it('with an external id or address that is taken is refused by the field', async () => {
    const { ctx, call, add } = await aShop();
    const connection_id = toWireId('con', await aConnection(ctx));
    await add({ external_id: '1', identities: [{ connection_id, address: '77' }] });
    const { id } = await add({ external_id: '2' });
    const refused = (pointer: string) => ({
      status: 422,
      body: { code: 'VALIDATION_FAILED', errors: [{ pointer }] },
    });
    expect(await call('POST', '', { external_id: '1' })).toMatchObject(refused('/external_id'));
    expect(await call('PATCH', `/${id}`, { external_id: '1' })).toMatchObject(refused('/external_id'));
    expect(await call('POST', '', { identities: [{ connection_id, address: '77' }] })).toMatchObject(
      refused('/identities/0/address'),
    );
    const foreign = toWireId('con', await aConnection((await aShop()).ctx));
    for (const unknown of [foreign, toWireId('con', newId())])
      expect(
        await call('POST', '', { identities: [{ connection_id: unknown, address: '1' }] }),
      ).toMatchObject(refused('/identities/0/connection_id'));
  });

  it('has addresses as their channels write them, with or without the channel’s name', async () => {
    const { ctx, call, add } = await aShop();
    const bot = toWireId('con', await aConnection(ctx));
    const number = toWireId('con', await aWhatsAppNumber(ctx));
    const at = (connection_id: string, address: string, channel?: string) => ({
      identities: [{ connection_id, address, channel }],
    });
    for (const [given, address] of [
      ['+44 20 7946 0018', '442079460018'],
      ['447700900156', '447700900156'],
      ['US.13491208655302741918', 'US.13491208655302741918'],
    ] as const) {
      const { identities } = await add(at(number, given));
      expect(identities).toMatchObject([{ channel: 'whatsapp', address }]);
      // as it is shown it can be sent back
      const { connection_id, channel, address: shown } = identities[0]!;
      const again = { external_id: address, identities: [{ connection_id, channel, address: shown }] };
      expect((await call('POST', '/batch', { contacts: [again] })).body).toMatchObject({ updated: 1 });
    }
    for (const [wrong, field] of [
      [at(number, 'ann'), 'address'],
      [at(number, '442079460019', 'telegram'), 'channel'],
      [at(bot, '+44 20 7946 0018'), 'address'],
      [at(bot, '78', 'whatsapp'), 'channel'],
    ] as const)
      expect(await call('POST', '', wrong)).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: `/identities/0/${field}` }] },
      });
  });

  it.each([
    [{ email: 'nobody' }, '/email'],
    [{ phone: 'call me' }, '/phone'],
    [{ time_zone: 'Mars/Olympus' }, '/time_zone'],
    [{ attributes: { 'Not A Name': 1 } }, /^\/attributes/],
    [{ tags: [''] }, '/tags/0'],
    [{ first_name: 'a\u0000b' }, '/first_name'],
  ])('with bad input is refused by the field: %j', async (payload, pointer) => {
    const { call } = await aShop();
    const { status, body } = await call('POST', '', payload);
    expect(status).toBe(422);
    if (typeof pointer === 'string') expect(body.errors[0].pointer).toBe(pointer);
    else expect(body.errors[0].pointer).toMatch(pointer);
  });
});

describe('the list', () => {
  it('searches names, email, phone, external id, addresses and usernames, every word of the search', async () => {
    const { ctx, add, names } = await aShop();
    const connection_id = toWireId('con', await aConnection(ctx));
    await add({
      first_name: 'Ann',
      last_name: 'Lee',
      email: 'ann@shop.example',
      phone: '+44 20 7946 0018',
      external_id: 'C-100%',
    });
    await add({ first_name: 'Bea', last_name: 'Lee', identities: [{ connection_id, address: '987654' }] });
    await ctx.db
      .updateTable('identities')
      .set({ username: 'bea_lee' })
      .where('address', '=', '987654')
      .execute();
    expect(await names('search=lee&sort=name')).toEqual(['Ann', 'Bea']);
    for (const search of ['lee ann', 'SHOP.exam', '+44 20 7946', 'c-100%', '0018'])
      expect(await names(`search=${encodeURIComponent(search)}`), search).toEqual(['Ann']);
    for (const search of ['@bea_lee', '98765', 'bea'])
      expect(await names(`search=${encodeURIComponent(search)}`), search).toEqual(['Bea']);
    for (const search of ['%', '_', '\\', "'; drop table contacts", 'ann bea'])
      expect(await names(`search=${encodeURIComponent(search)}`), search).toEqual(
        search === '%' ? ['Ann'] : search === '_' ? ['Bea'] : [],
      );
  });

  it('filters by tag and by connection', async () => {
    const { ctx, add, names } = await aShop();
    const [first, second] = [
      toWireId('con', await aConnection(ctx)),
      toWireId('con', await aConnection(ctx)),
    ];
    await add({ first_name: 'Ann', tags: ['vip'], identities: [{ connection_id: first, address: '1' }] });
    await add({
      first_name: 'Bea',
      tags: ['vip', 'new'],
      identities: [{ connection_id: second, address: '1' }],
    });
    await add({ first_name: 'Carl' });
    expect(await names('tags=vip&sort=name')).toEqual(['Ann', 'Bea']);
    expect(await names('tags=new')).toEqual(['Bea']);
    expect(await names(`connection_id=${first}`)).toEqual(['Ann']);
    expect(await names(`connection_id=${second}&tags=vip&search=b`)).toEqual(['Bea']);
  });

  it.each(['-created_at', 'created_at', 'name', '-name'])(
    'sorted by %s shows everybody once over its pages',
    async (sort) => {
      const { call, add, names } = await aShop();
      const everybody = ['Ann', 'Bea', 'carl', 'Dora', 'Ann', 'Élodie', null];
      for (const first_name of everybody) await add(first_name ? { first_name } : { external_id: '7' });
      const seen: Contact[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const { body } = await call('GET', `?limit=2&sort=${sort}${cursor && `&cursor=${cursor}`}`);
        seen.push(...body.data);
        cursor = body.next_cursor;
      }
      expect(new Set(seen.map(({ id }) => id)).size).toBe(everybody.length);
      expect(seen.map(({ first_name }) => first_name)).toEqual(await names(`limit=200&sort=${sort}`));
      if (sort === 'created_at') expect(seen.map(({ first_name }) => first_name)).toEqual(everybody);
    },
  );

  it('refuses a cursor of another sort', async () => {
    const { call, add } = await aShop();
    for (const first_name of ['Ann', 'Bea']) await add({ first_name });
    const { next_cursor } = (await call('GET', '?limit=1')).body;
    expect(await call('GET', `?limit=1&sort=name&cursor=${next_cursor}`)).toMatchObject({
      status: 422,
      body: { code: 'INVALID_CURSOR' },
    });
  });
});

describe('a batch', () => {
  it('answers in the order given with what was created and what was updated', async () => {
    const { call, add } = await aShop();
    const known = await add({ external_id: '2', first_name: 'Old' });
    const { status, body } = await call('POST', '/batch', {
      contacts: [
        { external_id: '1', first_name: 'Ann' },
        { external_id: '2', first_name: 'Bea' },
        { first_name: 'Nobody' },
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      created: 2,
      updated: 1,
      data: [{ created: true }, { id: known.id, created: false }, { created: true }],
    });
    expect((await call('GET', `/${known.id}`)).body).toMatchObject({ first_name: 'Bea', version: 2 });
  });

  it('names a wrong field of a row by its pointer', async () => {
    const { call } = await aShop();
    const contacts = [{ first_name: 'Ann' }, { email: 'x' }];
    expect(await call('POST', '/batch', { contacts })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/contacts/1/email' }] },
    });
    const tooMany = Array.from({ length: 1001 }, () => ({}));
    expect((await call('POST', '/batch', { contacts: tooMany })).status).toBe(422);
  });
});

describe('a contact that nobody could tell', () => {
  it('is refused by itself and in a batch, and so is a misspelled field', async () => {
    const { call } = await aShop();
    const alone = await call('POST', '', { tags: ['vip'], first_name: ' ' });
    expect(alone.status).toBe(422);
    expect(alone.body.detail).toContain('send at least one of first_name');
    const batch = await call('POST', '/batch', { contacts: [{ external_id: '1' }, { tags: ['vip'] }] });
    expect(batch.body.errors).toEqual([
      { pointer: '/contacts/1', detail: expect.stringContaining('external_id') },
    ]);
    const misspelled = await call('POST', '/batch', { contacts: [{ external_id: '1', fist_name: 'Ann' }] });
    expect(misspelled.body.errors).toEqual([
      {
        pointer: '/contacts/0/fist_name',
        detail: 'Unknown field "fist_name". Did you mean "first_name"?',
      },
    ]);
  });
});
