import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { type AttributeType, attributeType } from '../../contract/rules.ts';
import { inTransaction } from '../platform/context.ts';
import { createServer } from '../platform/http/server.ts';
import { filteredContacts } from '../segments/filtered-contacts.ts';
import { aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { attributeRoutes } from './attribute-routes.ts';
import { fitsType, fitsTypeSql } from './attributes.ts';
import { declareAttribute, declareAttributes } from './declare-attributes.ts';
import { contactRoutes } from './routes.ts';
import { upsertContacts } from './upsert.ts';

const base = await testCtx();
let actor = base.actor;
const app = await createServer(base, 'test', async () => actor, { cnt: { table: 'contacts' } });
contactRoutes(app, filteredContacts);
attributeRoutes(app);

async function aShop() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) => {
    actor = ctx.actor;
    const answer = await app.inject({ method, url: `/api/v1${path}`, payload });
    return { status: answer.statusCode, body: answer.body ? answer.json() : null };
  };
  const declare = (name: string, type: AttributeType) => call('POST', '/attributes', { name, type });
  return { ctx, call, declare };
}
const refused = (...pointers: string[]) => ({
  status: 422,
  body: { code: 'VALIDATION_FAILED', errors: pointers.map((pointer) => ({ pointer })) },
});

describe('a declaration', () => {
  it('is made, listed by name, changed and taken back; the values stay', async () => {
    const { call, declare } = await aShop();
    expect(await declare('size', 'number')).toMatchObject({
      status: 201,
      body: { name: 'size', type: 'number', description: null, created_at: expect.any(String) },
    });
    await call('POST', '/attributes', {
      name: 'birthday',
      type: 'date',
      description: ' When they celebrate ',
    });
    expect((await call('GET', '/attributes')).body.data).toMatchObject([
      { name: 'birthday', type: 'date', description: 'When they celebrate' },
      { name: 'size', type: 'number' },
    ]);
    const { body: ann } = await call('POST', '/contacts', { first_name: 'Ann', attributes: { size: 42 } });
    expect(await call('PATCH', '/attributes/size', { description: 'EU shoe size' })).toMatchObject({
      status: 200,
      body: { type: 'number', description: 'EU shoe size' },
    });
    expect((await call('PATCH', '/attributes/size', { description: null })).body.description).toBeNull();
    expect((await call('DELETE', '/attributes/size')).status).toBe(204);
    expect((await call('DELETE', '/attributes/size')).status).toBe(404);
    expect((await call('PATCH', '/attributes/size', {})).status).toBe(404);
    expect((await call('GET', `/contacts/${ann.id}`)).body.attributes).toEqual({ size: 42 });
    expect((await call('PATCH', `/contacts/${ann.id}`, { attributes: { size: 'big' } })).status).toBe(200);
  });

  it('is refused in words: a name that is none, one that is taken, a type that is none', async () => {
    const { call, declare } = await aShop();
    await declare('size', 'number');
    expect(await declare('size', 'text')).toMatchObject(refused('/name'));
    expect(await call('POST', '/attributes', { name: 'Größe', type: 'text' })).toMatchObject(
      refused('/name'),
    );
    expect(await call('POST', '/attributes', { name: 'x', type: 'colour' })).toMatchObject(refused('/type'));
    expect((await call('PATCH', '/attributes/NO!', {})).status).toBe(422);
  });

  it('does not bind another workspace, nor is it seen there', async () => {
    const [shop, other] = [await aShop(), await aShop()];
    await shop.declare('size', 'number');
    expect((await other.call('GET', '/attributes')).body.data).toEqual([]);
    expect(
      (await other.call('POST', '/contacts', { attributes: { size: 'L' }, first_name: 'A' })).status,
    ).toBe(201);
    expect((await other.call('PATCH', '/attributes/size', { type: 'text' })).status).toBe(404);
    expect((await other.call('DELETE', '/attributes/size')).status).toBe(404);
    expect((await other.declare('size', 'text')).status).toBe(201);
  });

  it('is refused while contacts hold something else, with how many and one of them', async () => {
    const { call, declare } = await aShop();
    for (const size of [42, 'L', 'XL', null])
      await call('POST', '/contacts', { first_name: 'A', attributes: { size, other: 'x' } });
    const answer = await declare('size', 'number');
    expect(answer).toMatchObject(refused('/type'));
    expect(answer.body.detail).toBe(
      '2 contacts hold values under "size" that are no number, such as "L". Correct them first, or choose another type.',
    );
    expect((await declare('other', 'text')).status).toBe(201);
    expect(await call('PATCH', '/attributes/other', { type: 'boolean' })).toMatchObject(refused('/type'));
    expect((await call('GET', '/attributes')).body.data).toMatchObject([{ name: 'other', type: 'text' }]);
  });

  it('is refused while a segment asks for the attribute as another type', async () => {
    const { ctx, call, declare } = await aShop();
    const at = ctx.clock.now();
    const rule = { not: { all: [{ field: 'attribute', name: 'size', type: 'text', op: 'is_set' }] } };
    await ctx.db
      .insertInto('segments')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id: '01890000-0000-7000-8000-00000000a771',
        name: 'Sized',
        kind: 'rule',
        rule: JSON.stringify(rule),
        created_at: at,
        updated_at: at,
      })
      .execute();
    const answer = await declare('size', 'number');
    expect(answer).toMatchObject(refused('/type'));
    expect(answer.body.detail).toContain('"Sized"');
    expect((await declare('size', 'text')).status).toBe(201);
    expect(await call('PATCH', '/attributes/size', { type: 'list' })).toMatchObject(refused('/type'));
  });
});

describe('values of a declared name', () => {
  it('are checked wherever contacts are written, each named by its place', async () => {
    const { ctx, call, declare } = await aShop();
    await declare('size', 'number');
    await declare('born', 'date');
    const wrong = { size: '42', born: '2026-02-30' };
    const pointers = (at: string) => refused(`${at}/attributes/size`, `${at}/attributes/born`);
    expect(await call('POST', '/contacts', { first_name: 'A', attributes: wrong })).toMatchObject(
      pointers(''),
    );
    const { body: ann } = await call('POST', '/contacts', {
      first_name: 'Ann',
      attributes: { size: 42, born: '2000-02-29' },
    });
    const patched = await call('PATCH', `/contacts/${ann.id}`, { first_name: 'Bea', attributes: wrong });
    expect(patched).toMatchObject(pointers(''));
    expect(patched.body.errors[0].detail).toBe(
      'The attribute "size" is declared as number: send a number without quotation marks, like 42 or 3.5.',
    );
    expect(
      await call('POST', '/contacts/batch', {
        contacts: [{ first_name: 'C' }, { first_name: 'D', attributes: wrong }],
      }),
    ).toMatchObject(pointers('/contacts/1'));
    const all = await ctx.db
      .selectFrom('contacts')
      .select(['first_name', 'attributes'])
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .execute();
    expect(all).toEqual([{ first_name: 'Ann', attributes: { size: 42, born: '2000-02-29' } }]);
    // null takes it away, and a name that nobody declared holds anything
    const cleared = await call('PATCH', `/contacts/${ann.id}`, { attributes: { size: null, free: true } });
    expect(cleared.body.attributes).toEqual({ born: '2000-02-29', free: true });
    await expect(
      upsertContacts(ctx, [{ first_name: 'E', attributes: { size: true } }]),
    ).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });

  it('fit the declaration that stands when they are committed, not the one that stood when they were sent', async () => {
    const { ctx } = await aShop();
    let declared: Promise<unknown> | undefined;
    await inTransaction(ctx, async (trx) => {
      await upsertContacts(trx, [{ first_name: 'A', attributes: { size: 'L' } }]);
      declared = declareAttribute(ctx, { name: 'size', type: 'number' });
      declared.catch(() => {});
      // until it waits for us
      for (let waits = 0; waits === 0; ) {
        const found = await sql<{
          n: number;
        }>`SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`.execute(ctx.db);
        waits = found.rows[0]!.n;
      }
    });
    await expect(declared).rejects.toMatchObject({ errors: [{ pointer: '/type' }] });
  });

  it('are the same to us and to PostgreSQL, for every type', async () => {
    const { ctx } = await aShop();
    const values: unknown[] = [
      '', 'blue', 'true', '42', 0, -1.5, 1e300, true, false, null, [], ['a'], ['a', 1], [null], [['a']], {},
      '2026-12-01', '2026-2-1', '2026-02-30', '2024-02-29', '2023-02-29', '1900-02-29', '2000-02-29', '0000-01-01', '0001-01-01',
      '9999-12-31', '10000-01-01', '2026-13-01', '2026-00-10', '2026-01-00', ' 2026-12-01', '2026-12-01 ', '2026-12-01\n',
      '2026-12-01T09:30', '2026-12-01T09:30:00Z', '2026-12-01T09:30:00.123456+05:30', '2026-12-01T24:00', '2026-12-01T9:30',
      '2026-12-01T09:60', '2026-12-01 09:30', '2026-12-01T09:30:00+15:00', '2026-12-01T', 'infinity', 'now', '٢٠٢٦-١٢-٠١',
    ]; // biome-ignore format: one list
    for (const type of attributeType.options) {
      const { rows } = await sql<{ value: unknown; fits: boolean }>`
        SELECT v.value, ${fitsTypeSql(sql`v.value`, type)} AS fits FROM jsonb_array_elements(${JSON.stringify(values)}::jsonb) AS v(value)`.execute(
        ctx.db,
      );
      expect(rows.map(({ value, fits }) => [value, fits])).toEqual(
        values.map((value) => [value, fitsType(value, type)]),
      );
    }
  });
});

describe('an import', () => {
  it('declares what is new, leaves alone what is declared alike, and is told by place where it is not', async () => {
    const { ctx, call, declare } = await aShop();
    await declare('size', 'number');
    await declareAttributes(ctx, [
      { name: 'size', type: 'number' },
      { name: 'colours', type: 'list' },
    ]);
    expect((await call('GET', '/attributes')).body.data.map((one: { name: string }) => one.name)).toEqual([
      'colours',
      'size',
    ]);
    await expect(
      declareAttributes(ctx, [
        { name: 'new_one', type: 'text' },
        { name: 'size', type: 'text' },
      ]),
    ).rejects.toMatchObject({ errors: [{ pointer: '/1/type' }] });
    expect((await call('GET', '/attributes')).body.data).toHaveLength(2);
  });
});
