// Tables into contacts on a real database: who is found, what becomes of people who are there, and that a crash between two
// batches, or in one, neither loses nor doubles anybody.
import { describe, expect, it } from 'vitest';
import { fromWireId, toWireId } from '../../../contract/ids.ts';
import { inTransaction } from '../../platform/context.ts';
import { aConnection, aWorkspace, inWorkspace, testCtx } from '../../testing/context.ts';
import { during } from '../../testing/races.ts';
import { mergeContacts } from '../merge/merge.ts';
import { createContact } from '../save.ts';
import type { BatchResult } from './batch.ts';
import { type ImportOptions, importRows } from './import-rows.ts';
import { suggestMapping } from './mapping.ts';
import { openTable } from './table.ts';
import { aFile } from './testing-files.ts';

const base = await testCtx();

/** A batch in figures, which always add up to its rows. */
function counted(batch: BatchResult) {
  const outcomes = Object.groupBy(batch.written, ({ outcome }) => outcome);
  const figures = {
    line: batch.line,
    rows: batch.rows,
    created: outcomes.created?.length ?? 0,
    updated: outcomes.updated?.length ?? 0,
    skipped: outcomes.skipped?.length ?? 0,
    rejected: batch.rejected.length,
    problems: batch.rejected.flatMap(({ line, remarks }) => remarks.map((remark) => ({ line, ...remark }))),
  };
  expect(figures.created + figures.updated + figures.skipped + figures.rejected).toBe(figures.rows);
  return figures;
}
type Counted = ReturnType<typeof counted>;

async function aShop() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = toWireId('con', await aConnection(ctx));
  const people = async () =>
    ctx.db
      .selectFrom('contacts')
      .select(['external_id', 'first_name', 'last_name', 'email', 'phone', 'tags', 'attributes', 'version'])
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .orderBy('external_id')
      .orderBy('first_name')
      .execute();
  async function take(
    text: string,
    options: Partial<ImportOptions> = {},
    save: (batch: Counted) => Promise<void> | void = () => {},
  ): Promise<Counted[]> {
    const batches: Counted[] = [];
    const table = await openTable(aFile(text));
    const mapping = suggestMapping(table.header, [], { connectionId });
    await importRows(table, { mapping, policy: 'update', defaultCountry: 'GB', ...options }, async (write) =>
      inTransaction(ctx, async (ctx) => {
        const batch = counted(await write(ctx));
        await save(batch);
        batches.push(batch);
      }),
    ).finally(() => table.close());
    return batches;
  }
  return { ctx, connectionId, people, take };
}
const rowsOf = (from: number, to: number, more = '') =>
  Array.from(
    { length: to - from },
    (_, n) => `c${from + n},Ann${from + n},ann${from + n}@example.com${more}\n`,
  ).join('');

it('a row that means somebody who is just being merged is that person, and nobody new', async () => {
  const { ctx, people, take } = await aShop();
  const ann = await createContact(ctx, { first_name: 'Ann' });
  const twin = await createContact(ctx, { first_name: 'Annie', email: 'ann@example.com' });
  const batches = await during(
    ctx,
    (ctx) => mergeContacts(ctx, fromWireId('cnt', ann.id)!, { other_id: twin.id }),
    () => take('First name,Email\nAnna,ann@example.com\n'),
  );
  expect(batches).toMatchObject([{ created: 0, updated: 1 }]);
  expect(await people()).toMatchObject([{ first_name: 'Anna', email: 'ann@example.com' }]);
});

describe('a table', () => {
  it('becomes people; what cannot is named by line, and holds up nobody', async () => {
    const { take, people } = await aShop();
    const batches = await take(
      `Id,First name,Email,Phone\nc1,Ann,ann@example.com,020 7946 0018\nc2,Bo,nonsense,\n,,,\nc3,Cy,,12\nc4,Di,di@example.com,\n`,
    );
    expect(batches).toMatchObject([{ line: 6, rows: 4, created: 2, updated: 0, skipped: 0, rejected: 2 }]);
    expect(batches[0]!.problems.map(({ line, column }) => [line, column])).toEqual([[3, 'Email'], [5, 'Phone']]); // biome-ignore format: one line
    expect(await people()).toMatchObject([{ external_id: 'c1', phone: '+442079460018' }, { external_id: 'c4', first_name: 'Di' }]); // biome-ignore format: one line
  });

  it('taken twice changes nothing the second time', async () => {
    const { take, people } = await aShop();
    const text = `Id,First name,Email,Tags\n${rowsOf(0, 2500, ',vip;new')}`;
    expect((await take(text)).map(({ created }) => created)).toEqual([1000, 1000, 500]);
    const before = await people();
    expect((await take(text)).map(({ created, updated }) => [created, updated])).toEqual([[0, 1000], [0, 1000], [0, 500]]); // biome-ignore format: one line
    expect(await people()).toEqual(before);
  });
});

describe('people who are there', () => {
  async function withAnn() {
    const shop = await aShop();
    await createContact(shop.ctx, {
      external_id: 'c1', first_name: 'Ann', last_name: 'Lee', email: 'ann@example.com', tags: ['old'], attributes: { city: 'Leeds' },
      identities: [{ connection_id: shop.connectionId, address: '71' }],
    }); // biome-ignore format: dense
    return shop;
  }
  const file = 'Id,First name,Last name,Email,Tags,City\nc1,Anna,,ann@example.com,new,\n';

  it('stay as they are with skip', async () => {
    const { take, people } = await withAnn();
    const before = await people();
    expect(await take(file, { policy: 'skip' })).toMatchObject([{ created: 0, updated: 0, skipped: 1 }]);
    expect(await people()).toEqual(before);
  });

  it('gain what the file says with update: empty cells say nothing, tags are added', async () => {
    const { take, people } = await withAnn();
    await take(file);
    expect(await people()).toMatchObject([
      { first_name: 'Anna', last_name: 'Lee', tags: ['old', 'new'], attributes: { city: 'Leeds' } },
    ]);
  });

  it('become what the file says with overwrite, emptiness included', async () => {
    const { take, people } = await withAnn();
    await take(file, { policy: 'overwrite' });
    expect(await people()).toMatchObject([
      { external_id: 'c1', first_name: 'Anna', last_name: null, tags: ['new'], attributes: {} },
    ]);
    await take('Email,Tags\nann@example.com,\n', { policy: 'overwrite' });
    expect(await people()).toMatchObject([{ external_id: 'c1', first_name: 'Anna', tags: [] }]);
  });

  it('are found by address and by email, in any case of its letters; two ids with one mailbox are two people', async () => {
    const { take, people } = await withAnn();
    await take('Telegram id,First name\n71,Anne\n');
    await take('Email,Last name\nANN@Example.com,Leigh\n');
    expect(await people()).toMatchObject([{ external_id: 'c1', first_name: 'Anne', last_name: 'Leigh' }]);
    expect(await take('Id,Email\nc2,ann@example.com\n')).toMatchObject([{ created: 1 }]);
  });

  it('of another workspace are nobody', async () => {
    await withAnn();
    const { take } = await aShop();
    expect(await take(file)).toMatchObject([{ created: 1, updated: 0 }]);
  });

  it('whose address the file gives to somebody else: that row is rejected with the reason, the others are written', async () => {
    const { take, people } = await withAnn();
    const [batch] = await take('Id,Telegram id,First name\nc5,71,Eve\nc6,72,Fay\nc1,73,Ann\n');
    expect(batch).toMatchObject({ created: 1, rejected: 2 });
    expect(batch!.problems.map(({ line }) => line).sort()).toEqual([2, 4]);
    expect(batch!.problems.map(({ reason }) => reason).join()).toMatch(
      /belongs to another contact.*another address|another address.*belongs to another contact/,
    );
    expect((await people()).map(({ external_id }) => external_id)).toEqual(['c1', 'c6']);
  });
});

describe('rows that mean one person', () => {
  it('become one, in one batch as over two', async () => {
    const { take, people } = await aShop();
    const text = `Id,First name,Email,Tags\nc1,Ann,ann@example.com,a\nc1,Anna,,b\n,,ann@example.com,c\n${rowsOf(10, 1010, ',')}c1,Anni,,d\n`;
    const batches = await take(text);
    expect(batches.reduce((sum, { created }) => sum + created, 0)).toBe(1001);
    expect((await people()).find(({ external_id }) => external_id === 'c1')).toMatchObject({
      first_name: 'Anni',
      tags: ['a', 'b', 'c', 'd'],
    });
  });

  it('are taken once with skip, the first of them', async () => {
    const { take, people } = await aShop();
    expect(await take('Id,First name\nc1,Ann\nc1,Anna\nc1,Anni\n', { policy: 'skip' })).toMatchObject([
      { created: 1, skipped: 2 },
    ]);
    expect(await people()).toMatchObject([{ first_name: 'Ann' }]);
  });

  it('by way of what is known already become one as well, wherever a batch ends', async () => {
    for (const between of [0, 998]) {
      const { ctx, take, people } = await aShop();
      await createContact(ctx, { external_id: 'c1', first_name: 'Ann', email: 'ann@example.com' });
      const text = `Id,First name,Email\nc1,Anna,\n${rowsOf(10, 10 + between)},Annie,ann@example.com\n`;
      const batches = await take(text);
      expect(batches.flatMap(({ problems }) => problems)).toEqual([]);
      expect(batches.reduce((sum, { updated }) => sum + updated, 0)).toBe(2);
      expect((await people())[0]).toMatchObject({ external_id: 'c1', first_name: 'Annie' });
    }
  });
});

describe('tags', () => {
  const tags = Array.from({ length: 100 }, (_, n) => `t${n}`);

  it('beyond what a contact may have are refused in words, those for everybody too; nothing is dropped', async () => {
    const { ctx, take, people } = await aShop();
    await createContact(ctx, { external_id: 'c1', first_name: 'Ann', tags });
    const reason = expect.stringContaining('would have 101, and may have 100');
    for (const options of [{ tags: undefined }, { tags: ['spring'] }]) {
      const own = options.tags ? '' : 'spring';
      const [batch] = await take(`Id,First name,Tags\nc1,Anna,${own}\nc2,Bo,${own}\n`, options);
      expect(batch).toMatchObject({ rejected: 1, problems: [{ line: 2, column: null, reason }] });
    }
    expect(await people()).toMatchObject([{ first_name: 'Ann', tags }, { first_name: 'Bo', tags: ['spring'] }]); // biome-ignore format: one line
    expect(await take('Id,Tags\nc1,spring\n', { policy: 'overwrite' })).toMatchObject([{ updated: 1 }]);
  });

  it('of several rows of one person: the row that is too much is refused, the others are taken', async () => {
    const { take, people } = await aShop();
    const text = `Id,First name,Tags\nc1,Ann,${tags.join(';')}\nc1,Anna,spring\nc1,Anni,t5\n`;
    expect(await take(text)).toMatchObject([{ created: 1, updated: 1, rejected: 1, problems: [{ line: 3 }] }]); // biome-ignore format: one line
    expect(await people()).toMatchObject([{ first_name: 'Anni', tags }]);
  });
});

it('many refusals in one batch are each named, and the rest is written', async () => {
  const { ctx, connectionId, take } = await aShop();
  for (let n = 0; n < 15; n++)
    await createContact(ctx, {
      external_id: `x${n}`,
      identities: [{ connection_id: connectionId, address: `9${n}` }],
    });
  const bad = Array.from({ length: 15 }, (_, n) => `x${n},8${n}\n`).join('');
  const good = Array.from({ length: 50 }, (_, n) => `y${n},7${n}\n`).join('');
  const [batch] = await take(`Id,Telegram id\n${bad}${good}`);
  expect(batch).toMatchObject({ rejected: 15, created: 50 });
  expect(new Set(batch!.problems.map(({ line }) => line)).size).toBe(15);
});

describe('an import that is killed', () => {
  const text = `Id,First name,Email,Tags\n${rowsOf(0, 3500, ',t')}`;

  it('between two batches or in one goes on behind its mark: everybody once, every row counted once', async () => {
    for (const policy of ['skip', 'update', 'overwrite'] as const) {
      const { ctx, take, people } = await aShop();
      let mark = 0;
      const total = { created: 0, updated: 0, skipped: 0 };
      const takeUntil = async (killAt: number) =>
        take(text, { policy, afterLine: mark }, (batch) => {
          if (batch.line > killAt) throw new Error('killed');
        })
          .then((batches) => ({ batches, killed: false }))
          .catch((error) => {
            expect(String(error)).toContain('killed');
            return { batches: [], killed: true };
          });
      // the batch in which it dies is undone with its mark: what stood before stays
      const done: Counted[] = [];
      for (const killAt of [1500, 2500, 10_000]) {
        const batches: Counted[] = [];
        const { killed } = await take(text, { policy, afterLine: mark }, (batch) => {
          if (batch.line > killAt) throw new Error('killed');
          batches.push(batch);
        }).then(() => ({ killed: false }), () => ({ killed: true })); // biome-ignore format: one chain
        expect(killed).toBe(killAt < 10_000);
        done.push(...batches);
        mark = done.at(-1)?.line ?? 0;
        expect((await people()).length).toBe(done.reduce((sum, batch) => sum + batch.created, 0));
      }
      for (const batch of done)
        for (const key of ['created', 'updated', 'skipped'] as const) total[key] += batch[key];
      expect(total).toEqual({ created: 3500, updated: 0, skipped: 0 });
      expect((await people()).every(({ version }) => version === 1)).toBe(true);
      expect((await takeUntil(10_000)).batches).toEqual([]);
      expect(ctx.actor.workspaceId).toBeTruthy();
    }
  });

  it('and two that run at once make nobody twice', async () => {
    const { take, people } = await aShop();
    await Promise.all([take(text), take(text)]);
    expect((await people()).length).toBe(3500);
  });
});
