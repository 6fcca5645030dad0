// Consent of many people at once, while one of them says something else.
import { expect, test } from 'vitest';
import { inTransaction } from '../platform/context.ts';
import { aContact, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { during } from '../testing/races.ts';
import { recordConsent } from './consent.ts';
import { type ManyConsent, recordConsents } from './consent-many.ts';

const base = await testCtx();
const telegram = { channel: 'telegram', purpose: 'marketing' } as const;
const at = (ctx: TestCtx, time: string): TestCtx => ({
  ...ctx,
  clock: { ...ctx.clock, now: () => new Date(time) },
});

async function aShop() {
  const ctx = at(inWorkspace(base, await aWorkspace(base)), '2026-06-01T12:00:00Z');
  const id = await aContact(ctx);
  const says = (ctx: TestCtx, state: 'opted_in' | 'opted_out') =>
    recordConsent(ctx, id, { ...telegram, state, source: 'message', wording: 'stop' });
  /** Of this person and another one who never said anything. */
  const imported = async (proofAt: ManyConsent['proofAt']) => {
    const people = [id, await aContact(ctx)].map((contactId) => ({ contactId, wording: 'form', proofAt }));
    return inTransaction(ctx, (ctx) =>
      recordConsents(ctx, { ...telegram, state: 'opted_in', source: 'import' }, people),
    );
  };
  const states = async () =>
    (
      await ctx.db
        .selectFrom('consents')
        .select('state')
        .where('workspace_id', '=', ctx.actor.workspaceId)
        .orderBy('contact_id')
        .execute()
    ).map((row) => row.state);
  return { ctx, id, says, imported, states };
}

test('an opt-out that comes between the look and the write stays, and is told', async () => {
  const { ctx, id, says, imported, states } = await aShop();
  const kept = await during(
    ctx,
    (ctx) => says(ctx, 'opted_out'),
    () => imported(null),
  );
  expect(await states()).toEqual(['opted_out', 'opted_in']);
  expect(kept).toEqual(new Map([[id, ctx.clock.now()]]));
});

test('a proof that overrules an opt-out does not overrule the next one, which comes in between', async () => {
  const { ctx, id, says, imported, states } = await aShop();
  await says(ctx, 'opted_out');
  const later = at(ctx, '2026-06-03T12:00:00Z');
  const kept = await during(
    later,
    async (ctx) => {
      await says(ctx, 'opted_in');
      await says(ctx, 'opted_out');
    },
    () => imported(new Date('2026-06-02T12:00:00Z')),
  );
  expect(await states()).toEqual(['opted_out', 'opted_in']);
  expect(kept).toEqual(new Map([[id, later.clock.now()]]));
});

test('who had agreed already is told of nothing', async () => {
  const { says, ctx, imported, states } = await aShop();
  await says(ctx, 'opted_in');
  expect(await imported(null)).toEqual(new Map());
  expect(await states()).toEqual(['opted_in', 'opted_in']);
});
