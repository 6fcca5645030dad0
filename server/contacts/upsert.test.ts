import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { ContactCreate } from '../../contract/contacts.ts';
import { toWireId } from '../../contract/ids.ts';
import { AppError } from '../platform/errors.ts';
import { aConnection, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { loadContact } from './store.ts';
import { upsertContacts } from './upsert.ts';

const base = await testCtx();
async function aShop() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connection_id = toWireId('con', await aConnection(ctx));
  const count = async () => {
    const { n } = await ctx.db
      .selectFrom('contacts')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .executeTakeFirstOrThrow();
    return n;
  };
  const upsert = (...list: ContactCreate[]) => upsertContacts(ctx, list);
  const at = (address: string) => ({ identities: [{ connection_id, address }] });
  return { ctx, connection_id, count, upsert, at };
}
async function pointerOf(work: Promise<unknown>): Promise<string | undefined> {
  const error = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(AppError);
  return (error as AppError).errors[0]?.pointer;
}

describe('a row of a batch', () => {
  it('is found by external id, else by an address, which then gives it the external id', async () => {
    const { ctx, upsert, at, count } = await aShop();
    const [made] = await upsert({ first_name: 'Ann', ...at('1') });
    const [byAddress] = await upsert({ external_id: 'x', last_name: 'Lee', ...at('1') });
    const [byExternalId] = await upsert({ external_id: 'x', tags: ['vip'] });
    expect(byAddress).toEqual({ id: made!.id, created: false });
    expect(byExternalId).toEqual({ id: made!.id, created: false });
    expect(await loadContact(ctx, made!.id)).toMatchObject({
      external_id: 'x',
      first_name: 'Ann',
      last_name: 'Lee',
      tags: ['vip'],
      version: 3,
    });
    expect(await count()).toBe(1);
  });

  it('adds an address to somebody known', async () => {
    const { ctx, upsert, at } = await aShop();
    const [made] = await upsert({ external_id: 'x' });
    await upsert({ external_id: 'x', ...at('5') });
    expect((await loadContact(ctx, made!.id)).identities).toMatchObject([{ address: '5' }]);
  });

  it('that changes nothing leaves the contact untouched', async () => {
    const { ctx, upsert, at } = await aShop();
    const row = {
      external_id: 'x',
      first_name: 'Ann',
      attributes: { b: 1, a: ['x'] },
      tags: ['t'],
      ...at('1'),
    };
    const [made] = await upsert(row);
    const before = await loadContact(ctx, made!.id);
    await upsert({ ...row, attributes: { a: ['x'], b: 1 } });
    expect(await loadContact(ctx, made!.id)).toEqual(before);
  });

  it('is refused, with the whole batch, where an address is somebody else’s', async () => {
    const { connection_id, upsert, at, count } = await aShop();
    await upsert({ external_id: 'a', ...at('1') }, { external_id: 'b', ...at('2') });
    const fresh = { first_name: 'New' };
    expect(await pointerOf(upsert(fresh, { external_id: 'c', ...at('1') }))).toBe(
      '/contacts/1/identities/0/address',
    );
    expect(await pointerOf(upsert(fresh, { external_id: 'b', ...at('1') }))).toBe(
      '/contacts/1/identities/0/address',
    );
    expect(await pointerOf(upsert({ external_id: 'a', ...at('9') }))).toBe(
      '/contacts/0/identities/0/address',
    );
    expect(
      await pointerOf(
        upsert({
          identities: [
            { connection_id, address: '3' },
            { connection_id, address: '4' },
          ],
        }),
      ),
    ).toBe('/contacts/0/identities/1/connection_id');
    expect(await count()).toBe(2);
  });

  it('is refused where another row of the batch means the same person', async () => {
    const { upsert, at, count } = await aShop();
    expect(await pointerOf(upsert({ external_id: 'a' }, {}, { external_id: 'a' }))).toBe(
      '/contacts/2/external_id',
    );
    expect(await pointerOf(upsert(at('1'), at('1')))).toBe('/contacts/1/identities/0/address');
    await upsert({ external_id: 'a', ...at('1') });
    expect(await pointerOf(upsert({ external_id: 'a' }, at('1')))).toBe('/contacts/1');
    expect(await count()).toBe(1);
  });
});

it('two batches at once with the same people end with each person once, whatever the order', async () => {
  const { upsert, at, count } = await aShop();
  const rows = Array.from({ length: 200 }, (_, i) => ({
    external_id: `x${i}`,
    first_name: `N${i}`,
    ...at(String(i)),
  }));
  const results = await Promise.all([
    upsert(...rows),
    upsert(...[...rows].reverse()),
    upsert(...rows),
    upsert(...rows.slice(50)),
  ]);
  expect(await count()).toBe(200);
  expect(results.flat().filter((row) => row.created)).toHaveLength(200);
  expect(new Set(results.flat().map((row) => row.id)).size).toBe(200);
});

it('a thousand rows go in within a few statements and come back unchanged', async () => {
  const { ctx, upsert, count } = await aShop();
  const rows = fc.sample(
    fc.record({
      first_name: fc.option(
        fc.string({ unit: 'grapheme', maxLength: 20 }).map((s) => s.replaceAll('\0', '').trim()),
      ),
      attributes: fc.dictionary(
        fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/),
        fc.oneof(
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.boolean(),
          fc.string({ unit: 'grapheme' }).map((s) => s.replaceAll('\0', '')),
        ),
        { maxKeys: 4 },
      ),
      tags: fc.array(fc.constantFrom('a', 'b,c', '{"d"}', "e'", '\\'), { maxLength: 3 }),
    }),
    1000,
  );
  const made = await upsert(...rows.map((row, i) => ({ ...row, external_id: `x${i}` })));
  expect(await count()).toBe(1000);
  for (const i of [0, 1, 2, 400, 999]) {
    const contact = await loadContact(ctx, made[i]!.id);
    expect(contact).toMatchObject({ external_id: `x${i}`, first_name: rows[i]!.first_name || null });
    expect(contact.tags).toEqual([...new Set(rows[i]!.tags)]);
    expect(JSON.parse(JSON.stringify(contact.attributes))).toEqual(
      JSON.parse(JSON.stringify(rows[i]!.attributes)),
    );
  }
});

describe('people who press Start while a batch is written', () => {
  /** The first `n` inserts of addresses meet somebody who was a moment sooner; a sequence counts what is rolled back as well. */
  const meetingOthers = async (n: number) =>
    sql
      .raw(
        `CREATE SEQUENCE meetings; CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF nextval('meetings') <= ${n} THEN RAISE unique_violation; END IF; RETURN NEW; END $$;
         CREATE TRIGGER meet BEFORE INSERT ON identities FOR EACH STATEMENT EXECUTE FUNCTION meet()`,
      )
      .execute(base.db);
  const alone = () => sql.raw('DROP FUNCTION meet CASCADE; DROP SEQUENCE meetings').execute(base.db);

  it('are looked for again', async () => {
    const { upsert, at, count } = await aShop();
    await meetingOthers(6);
    await upsert({ first_name: 'Ann', ...at('1') }).finally(alone);
    expect(await count()).toBe(1);
  });

  it('without end are a conflict in words, and nothing is written', async () => {
    const { upsert, at, count } = await aShop();
    await meetingOthers(1000);
    await expect(upsert({ first_name: 'Ann', ...at('1') }).finally(alone)).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
      retryAfterMs: 5000,
    });
    expect(await count()).toBe(0);
  });
});
