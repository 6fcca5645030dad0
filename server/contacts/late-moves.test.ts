import fc from 'fast-check';
import { expect, it } from 'vitest';
import { receive } from '../conversations/receive.ts';
import { asSystem } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { aWhatsAppNumber, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { eraseContact } from './erase.ts';
import { createContact } from './save.ts';
import { loadContact } from './store.ts';

const base = await testCtx();
const [one, two, three, four] = ['442079460018', '442079460019', '442079460020', '442079460021'] as const;

/** A shop that knows Ann by `one`; `told` takes moves in the order in which the platform tells them, each with its second. */
async function ann() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const { workspaceId } = ctx.actor;
  const connection = {
    workspaceId,
    id: await aWhatsAppNumber(ctx),
    channel: 'whatsapp',
    username: null,
  } as const;
  const began = Math.floor(Date.now() / 1000) - 1000;
  const add = async (phone: string) =>
    uuidOf('cnt', (await createContact(ctx, { first_name: 'A', phone })).id);
  const id = await add(`+${one}`);
  return {
    ctx,
    id,
    add,
    async told(...moves: (readonly [second: number, from: string, to: string])[]) {
      for (const [second, from, to] of moves)
        await receive(asSystem(base, workspaceId), connection, { kind: 'moved', from, to, at: new Date((began + second) * 1000) }); // biome-ignore format: one event
    },
    async known(of = id) {
      const { phone, identities } = await loadContact(ctx, of);
      return [
        phone,
        ...identities.map(({ address, reachable }) => (reachable ? address : `${address} gone`)),
      ];
    },
    kept: () =>
      ctx.db.selectFrom('address_moves').selectAll().where('workspace_id', '=', workspaceId).execute(),
  };
}

it('of two moves told the wrong way round the later one wins', async () => {
  const { told, known } = await ann();
  await told([2, two, three], [1, one, two]);
  expect(await known()).toEqual([`+${three}`, three]);
});

it('there and back, told the wrong way round, is where they were', async () => {
  const { told, known } = await ann();
  await told([2, two, one], [1, one, two]);
  expect(await known()).toEqual([`+${one}`, one]);
});

it('a move that is told late does not take along who has the number now', async () => {
  const { told, known, add } = await ann();
  await told([1, one, two]);
  const stranger = await add(`+${three}`);
  await told([5, one, four], [6, three, one]);
  await told([2, one, two]);
  expect(await known()).toEqual([`+${two}`, two]);
  expect(await known(stranger)).toEqual([`+${one}`, one]);
});

it('in whatever order the moves of a person are told, and however often, they end at the last', async () => {
  const chain = [
    [1, one, two],
    [2, two, three],
    [3, three, four],
  ] as const;
  const orders = fc.shuffledSubarray([...chain, ...chain], { minLength: 6, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(orders, async (moves) => {
      const { told, known } = await ann();
      await told(...moves);
      expect(await known()).toEqual([`+${four}`, four]);
    }),
    { numRuns: 20 },
  );
});

it('with who is erased go the moves that led to them; of others they go after a month', async () => {
  const { ctx, id, told, kept } = await ann();
  await told([1, one, two], [2, two, three], [3, four, '442079460099']);
  await eraseContact(ctx, id);
  expect((await kept()).map(({ from_address }) => from_address)).toEqual([four]);
  const old = new Date(Date.now() - 31 * 86_400_000);
  await ctx.db
    .updateTable('address_moves')
    .set({ at: old })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .execute();
  await told([4, two, three]);
  expect((await kept()).map(({ from_address }) => from_address)).toEqual([two]);
});
