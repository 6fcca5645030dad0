// A no that was said already and is said again: kept with its time, and no undo of a merge loses it.
import { describe, expect, test } from 'vitest';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import { aDoor } from '../channels/testing-door.ts';
import { recordConsents } from '../contacts/consent-many.ts';
import { consentRoutes } from '../contacts/consent-routes.ts';
import { mergeContacts } from '../contacts/merge/merge.ts';
import { listMerges } from '../contacts/merge/merges.ts';
import { undoMerge } from '../contacts/merge/undo-merge.ts';
import { asSystem, type Ctx, inTransaction } from '../platform/context.ts';
import { aConnection, aContact, testCtx } from '../testing/context.ts';
import { receive } from './receive.ts';

const ctx = await testCtx();
const connectionId = await aConnection(ctx);
const { ask } = await aDoor(ctx, [consentRoutes]);
const connection = { workspaceId: ctx.actor.workspaceId, id: connectionId, channel: 'telegram' as const, username: null }; // biome-ignore format: one line
const person = { firstName: 'Ann', lastName: null, username: null, language: null };
let next = 70_000;

interface Person {
  id: string;
  path: string;
  address: string | undefined;
}
async function aPerson(reached = true): Promise<Person> {
  const address = reached ? String(next++) : undefined;
  const id = await aContact(ctx, address ? { connectionId, address } : {});
  return { id, path: `/contacts/${toWireId('cnt', id)}`, address };
}
const writes = ({ address }: Person, text: string) =>
  inTransaction(
    asSystem(ctx, ctx.actor.workspaceId),
    (trx) =>
    receive(trx, connection, { kind: 'message', address: address!, person, externalId: String(next++), text, at: new Date() }), // biome-ignore format: one line
  );
const state = async ({ path }: Person, state: 'opted_in' | 'opted_out', wording?: string) =>
  expect((await ask('POST', `${path}/consent`, { channel: 'telegram', state, wording })).status).toBe(200);
const imports = ({ id }: Person) =>
  inTransaction(ctx, (trx: Ctx) =>
    recordConsents(trx, { channel: 'telegram', purpose: 'marketing', state: 'opted_out', source: 'import' }, [
      { contactId: id, wording: 'Old list', proofAt: null },
    ]),
  );
const merged = (a: Person, b: Person) =>
  mergeContacts(ctx, a.id, { other_id: toWireId('cnt', b.id), keep: {} });
async function undo(a: Person) {
  const merge = (await listMerges(ctx, a.id)).find((one) => one.undoable);
  await undoMerge(ctx, a.id, fromWireId('mrg', merge!.id) as string);
}
const holds = async ({ id }: Person) => (await ctx.db.selectFrom('consents').select('state').where('contact_id', '=', id).executeTakeFirst())?.state ?? null; // biome-ignore format: one query
const history = async ({ path }: Person) => (await ask('GET', `${path}/consent/history`)).body.data;

/** Said to the contact that is left, the survivor. */
const ways: Record<string, (survivor: Person) => Promise<unknown>> = {
  'an operator or program': (survivor) => state(survivor, 'opted_out', 'I told you'),
  'an import': (survivor) => imports(survivor),
};
const words = { command: '/stop', sentence: 'please stop messaging me' };

describe.each(['survivor', 'other'] as const)(
  'the no of before was said by the one that is not the %s',
  (asked) => {
    async function aPair(reached: boolean) {
      const [a, b] = [await aPerson(reached), await aPerson(reached)];
      const [silent, said] = asked === 'survivor' ? [a, b] : [b, a];
      await state(said, 'opted_out', 'by phone');
      await merged(a, b);
      return { a, b, silent, said };
    }

    test.each(Object.entries(words))(
      'a %s from the other address holds for whoever has that address',
      async (_, text) => {
        const { a, silent, said } = await aPair(true);
        await writes(silent, text);
        await undo(a);
        expect([await holds(silent), await holds(said)]).toEqual(['opted_out', 'opted_out']);
        expect(await history(silent)).toMatchObject([
          { state: 'opted_out', source: 'message', wording: text },
        ]);
        expect((await history(said))[0]).not.toMatchObject({ wording: text });
      },
    );

    test.each(Object.entries(words))(
      'a %s from the same address leaves the one who said nothing alone',
      async (_, text) => {
        const { a, silent, said } = await aPair(true);
        await writes(said, text);
        await undo(a);
        expect([await holds(silent), await holds(said)]).toEqual([null, 'opted_out']);
        expect((await history(said))[0]).toMatchObject({ source: 'message', wording: text });
      },
    );

    for (const reached of [true, false])
      test.each(Object.entries(ways))(`by %s holds for both, with addresses: ${reached}`, async (_, say) => {
        const { a, silent, said } = await aPair(reached);
        await say(a);
        await undo(a);
        expect([await holds(silent), await holds(said)]).toEqual(['opted_out', 'opted_out']);
        for (const one of [silent, said])
          expect((await history(one))[0]).toMatchObject({ state: 'opted_out' });
      });

    test('one who had said yes is out as well, and a no taken back as a misunderstanding holds for nobody', async () => {
      const [a, b] = [await aPerson(), await aPerson()];
      const [yes, no] = asked === 'survivor' ? [a, b] : [b, a];
      await state(yes, 'opted_in', 'yes please');
      await state(no, 'opted_out');
      await merged(a, b);
      await writes(yes, 'please stop messaging me');
      await undo(a);
      expect([await holds(yes), await holds(no)]).toEqual(['opted_out', 'opted_out']);
      const [c, d] = [await aPerson(), await aPerson()];
      await merged(c, d);
      await writes(d, 'please stop messaging me');
      await ask('POST', `${c.path}/consent/undo`, { channel: 'telegram', reason: 'A quotation' });
      await undo(c);
      expect([await holds(c), await holds(d)]).toEqual([null, null]);
    });
  },
);

test('in a chain, the no of the last merge goes on through every undo', async () => {
  const [a, b, c] = [await aPerson(false), await aPerson(false), await aPerson(false)];
  await state(c, 'opted_out', 'by phone');
  await merged(b, c);
  await merged(a, b);
  await state(a, 'opted_out', 'again');
  await undo(a);
  await undo(b);
  expect([await holds(a), await holds(b), await holds(c)]).toEqual(['opted_out', 'opted_out', 'opted_out']);
});

test('the first time and words stay, every time is in the history, and a command among them is no misunderstanding', async () => {
  const ann = await aPerson();
  await state(ann, 'opted_out', 'first');
  const first = (await ctx.db.selectFrom('consents').selectAll().where('contact_id', '=', ann.id).execute())[0]!; // biome-ignore format: one query
  expect(first.repeated_at).toBeNull();
  await writes(ann, '/stop');
  await imports(ann);
  await state(ann, 'opted_out', 'last');
  const [now] = await ctx.db.selectFrom('consents').selectAll().where('contact_id', '=', ann.id).execute();
  expect(now).toEqual({ ...first, repeated_at: expect.any(Date) });
  const said = await history(ann);
  expect(said.map((one: { source: string }) => one.source)).toEqual(['api', 'import', 'message', 'api']);
  expect(now!.repeated_at!.toISOString()).toBe(said[0].at);
  const undone = await ask('POST', `${ann.path}/consent/undo`, { channel: 'telegram', reason: 'x' });
  expect(undone).toMatchObject({ status: 409, body: { code: 'ILLEGAL_MOVE' } });
});
