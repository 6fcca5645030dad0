// An operator's answer whose own answer was lost: what the silence says of it, on a clock that the story moves.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { toWireId } from '../../../contract/ids.ts';
import type { Receipt } from '../../channels/channel.ts';
import { markDoor } from '../../channels/door.ts';
import { storeReceipts } from '../../channels/receipts.ts';
import { manualClock } from '../../platform/clock.ts';
import { newId } from '../../platform/db/ids.ts';
import { literalMessage } from '../../templates/literal.ts';
import {
  aConnection,
  aContact,
  aWorkspace,
  inWorkspace,
  type TestCtx,
  testCtx,
} from '../../testing/context.ts';
import { claimedDirect } from '../../testing/engine.ts';
import { workInReceipts } from '../receipts/work-in.ts';
import { deliveryWithHistory } from '../reports/history.ts';
import { declareAbandoned } from '../sending/claim.ts';
import { enqueueDelivery } from '../sending/enqueue.ts';
import { failDirectThatNeverLeft } from './direct.ts';

const clock = manualClock(new Date('2026-11-21T10:00:00Z'));
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ clock });
});
beforeEach(async () => {
  await base.db.deleteFrom('webhook_door').execute();
});

/** Time goes by with somebody at the door. */
async function open(forMinutes: number): Promise<void> {
  for (let i = 0; i < forMinutes * 3; i++) {
    clock.advance(20_000);
    await markDoor(base);
  }
}

async function aLostAnswer(
  given: { channel?: 'telegram' | 'whatsapp'; template?: string; source?: 'test' } = {},
) {
  await open(10);
  const { channel = 'whatsapp', source = 'reply' as const } = given;
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aConnection(ctx);
  const contactId = await aContact(ctx, { connectionId });
  const rendered = literalMessage('It is on its way', channel);
  if (given.template)
    rendered.whatsapp = {
      template: {
        name: given.template,
        language: 'en',
        header: [],
        headerFile: false,
        body: [],
        buttons: [],
      },
      header: null,
      footer: null,
      replies: [],
      list: null,
    };
  const { id } = await enqueueDelivery(ctx, { source, contactId, connectionId, rendered, authorId: null });
  await ctx.db.updateTable('deliveries').set({ channel }).where('id', '=', id).execute();
  await claimedDirect(ctx, connectionId, newId(), 1);
  await declareAbandoned(ctx, [{ connectionId, claim: newId() }]);
  const told = (deliveryId: string): Receipt => ({
    externalId: `wamid.${newId()}`,
    deliveryId,
    attempt: 1,
    status: 'sent',
    at: clock.now(),
    failure: null,
  });
  const tell = async (deliveryId: string) => {
    await storeReceipts(ctx, { workspaceId: ctx.actor.workspaceId, connectionId }, [told(deliveryId)]);
    await workInReceipts(base);
  };
  return {
    ctx,
    id,
    others: () => tell(newId()),
    tell: () => tell(id),
    async stateNow() {
      await failDirectThatNeverLeft(base);
      const { state, reason } = await ctx.db
        .selectFrom('deliveries')
        .select(['state', 'reason'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      return `${state} ${reason}`;
    },
  };
}

test.each(['reply', 'test'] as const)(
  'a %s of which nothing was told while others were did not leave: it says so, and is not sent again by itself',
  async (source) => {
    const answer = await aLostAnswer(source === 'test' ? { source } : {});
    await open(1);
    await answer.others();
    await open(14);
    expect(await answer.stateNow()).toBe('unknown node_lost');
    await open(1.5);
    expect(await answer.stateNow()).toBe('failed did_not_leave');
    const { history, detail } = await deliveryWithHistory(answer.ctx, answer.id);
    expect(detail).toMatch(/surely did not leave/);
    expect(history.map(({ code }) => code).slice(-2)).toEqual(['node_lost', 'never_left']);
    await open(60);
    expect(await answer.stateNow()).toBe('failed did_not_leave');
    // the platform itself was wrong: whoever wrote it is told
    await answer.tell();
    expect(await answer.stateNow()).toBe('sent settled_by_receipt');
  },
);

test('as long as nothing is told of others, or of the answer itself, it stays what it is', async () => {
  const silent = await aLostAnswer();
  await open(40);
  expect(await silent.stateNow()).toBe('unknown node_lost');
  await silent.others();
  await silent.tell();
  await open(90);
  expect(await silent.stateNow()).toBe('sent settled_by_receipt');
});

test('a template may be held back without a word, and Telegram tells nothing: both are left to a person', async () => {
  for (const given of [{ template: 'back_in_stock' }, { channel: 'telegram' as const }]) {
    const answer = await aLostAnswer(given);
    await open(1);
    await answer.others();
    await open(40);
    expect(await answer.stateNow(), toWireId('dlv', answer.id)).toBe('unknown node_lost');
  }
});
