// Everybody who writes a state, tried on a row in each state: no writer makes a move that the table of legal moves does not
// have, and each makes the moves that it is there for. A new writer that is not in the list fails the last test.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DeliveryState, deliveryState } from '../../contract/deliveries.ts';
import type { Receipt } from '../channels/channel.ts';
import { storeReceipts } from '../channels/receipts.ts';
import { eraseContact } from '../contacts/erase.ts';
import { inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { literalMessage } from '../templates/literal.ts';
import { aConnection, aContact, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { aRun, claimedDirect, claimedOfRun } from '../testing/engine.ts';
import { filesBelow, isTestFile, root } from '../testing/sources.ts';
import { atOnce, fromStates, legalMoves, mayMove, type Verdict } from './delivery.ts';
import { workInReceipts } from './receipts/work-in.ts';
import { untwin } from './runs/after-merge.ts';
import { cancelWaiting, expandRun } from './runs/expand.ts';
import { cancelDirect, declareAllUnknown } from './runs/hold.ts';
import { retryFailed } from './runs/run.ts';
import {
  type Claimed,
  declareAbandoned,
  declareForgotten,
  giveBack,
  giveBackUnsent,
} from './sending/claim.ts';
import { createRecorder } from './sending/record.ts';
import { failDirectThatNeverLeft } from './settling/direct.ts';
import { countAsSent, resendDelivery, resendUnknownByPolicy } from './settling/reconcile.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx();
});

interface Stage {
  ctx: TestCtx;
  connectionId: string;
  runId: string;
  id: string;
  contactId: string;
  claim: string;
  row: Claimed;
}

/** A run of one person, whose row is put into `state` with everything that a row in that state carries. */
async function stage(state: DeliveryState): Promise<Stage> {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aConnection(ctx);
  const contactId = await aContact(ctx, { connectionId });
  const settings = { unknown: { resend_after_seconds: 60 } };
  const { runId } = await aRun(ctx, connectionId, { settings });
  await expandRun(ctx, { workspaceId: ctx.actor.workspaceId, runId });
  const claim = newId();
  const [row] = await claimedOfRun(ctx, runId, claim, 1);
  const claimedAt = new Date(Date.now() - 600_000);
  const claimed = { ...(row as Claimed), claimedAt };
  await put(ctx, claimed.id, state, claimedAt);
  return { ctx, connectionId, runId, id: claimed.id, contactId, claim, row: claimed };
}

function put(ctx: TestCtx, id: string, state: DeliveryState, claimedAt: Date) {
  const reason = { failed: 'blocked', unknown: 'node_lost', skipped: 'opted_out' } as Record<string, string>;
  return ctx.db
    .updateTable('deliveries')
    .set({ state, reason: reason[state] ?? null, claimed_at: claimedAt, due_at: atOnce })
    .where('id', '=', id)
    .execute();
}

const outcome = (state: Verdict['state']) => async (given: Stage) => {
  const recorder = createRecorder(given.ctx);
  const outcomes = { sent: 'accepted', failed: 'rejected', unknown: 'unknown', queued: 'deferred' } as const;
  recorder.record({
    row: given.row,
    claim: given.claim,
    verdict: { state, reason: null, detail: null, externalId: null, dueAt: null, outcome: outcomes[state] },
    message: literalMessage('Hi'),
    channel: 'telegram',
    connectionId: given.connectionId,
  });
  await recorder.stop();
};
const cancelled = ({ ctx, runId }: Stage) =>
  ctx.db.updateTable('runs').set({ status: 'cancelled' }).where('id', '=', runId).execute();
const direct = async ({ ctx, id }: Stage) => {
  const content = JSON.stringify({
    rendered: literalMessage('Hi'),
    media: [],
    silent: false,
    linkPreview: true,
  });
  await ctx.db
    .updateTable('deliveries')
    .set({ run_id: null, campaign_id: null, source: 'reply', content })
    .where('id', '=', id)
    .execute();
};

/** Another message of the number was told of fifteen minutes ago, and of the row nothing. */
async function untoldSince({ ctx, id, connectionId }: Stage) {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  await ctx.db.updateTable('deliveries').set({ channel: 'whatsapp', claimed_at: ago(20), unknown_at: ago(20) }).where('id', '=', id).execute();
  await sql`INSERT INTO webhook_door (open_since, seen_at, closed_seconds) VALUES (${ago(60)}, ${ago(0)}, 0)
    ON CONFLICT (single) DO UPDATE SET open_since = excluded.open_since, seen_at = excluded.seen_at`.execute(ctx.db);
  await sql`INSERT INTO receipt_flow (workspace_id, connection_id, slot, first_at, received_at, lag_seconds)
    VALUES (${ctx.actor.workspaceId}, ${connectionId}, ${ago(16)}, ${ago(16)}, ${ago(16)}, 0) ON CONFLICT DO NOTHING`.execute(ctx.db);
} // biome-ignore format: one thought

/** States of a row that a receipt proves to have gone after all. */
const unproven = ['queued', 'sending', 'unknown', 'failed', 'skipped', 'cancelled'] as const;
const receipt = (status: Receipt['status']) => async (given: Stage) => {
  const failure =
    status === 'failed' ? ({ reason: 'not_on_platform', detail: 'Not on WhatsApp' } as const) : null;
  const of = { workspaceId: given.ctx.actor.workspaceId, connectionId: given.connectionId };
  const told = {
    externalId: 'wamid.A',
    deliveryId: given.id,
    attempt: 1,
    status,
    at: new Date(),
    failure,
  };
  await storeReceipts(given.ctx, of, [told]);
  await workInReceipts(given.ctx);
};

/** Writer → what it does to the row, and the moves that it is there for. */
const writers: Record<string, { write: (given: Stage) => Promise<unknown>; moves: [DeliveryState, DeliveryState][] }> = {
  'claim.ts claimOfRuns': {
    write: ({ ctx, runId }) => claimedOfRun(ctx, runId, newId(), 5),
    moves: [['queued', 'sending']],
  },
  'claim.ts claimOfRuns, of somebody who opted out': {
    async write({ ctx, runId, contactId }) {
      await ctx.db.updateTable('identities').set({ reachable: false }).where('contact_id', '=', contactId).execute();
      await claimedOfRun(ctx, runId, newId(), 5);
    },
    moves: [['queued', 'skipped']],
  },
  'claim.ts claimDirect': {
    async write(given) {
      await direct(given);
      await claimedDirect(given.ctx, given.connectionId, newId(), 5);
    },
    moves: [['queued', 'sending']],
  },
  'claim.ts declareAbandoned': {
    write: ({ ctx, connectionId }) => declareAbandoned(ctx, [{ connectionId, claim: newId() }]),
    moves: [['sending', 'unknown']],
  },
  'claim.ts declareForgotten': { write: ({ ctx }) => declareForgotten(ctx), moves: [['sending', 'unknown']] },
  'claim.ts giveBack': {
    write: ({ ctx, row, claim }) => giveBack(ctx, [row], claim, null),
    moves: [['sending', 'queued'], ['unknown', 'queued']],
  },
  'claim.ts giveBackUnsent': {
    write: ({ ctx, connectionId, claim }) => giveBackUnsent(ctx, connectionId, claim),
    moves: [['sending', 'queued'], ['unknown', 'queued']],
  },
  'hold.ts declareAllUnknown': { write: ({ ctx }) => declareAllUnknown(ctx), moves: [['sending', 'unknown']] },
  'hold.ts cancelDirect': {
    async write(given) {
      await direct(given);
      await cancelDirect(given.ctx);
    },
    moves: [['queued', 'cancelled']],
  },
  'record.ts sent': { write: outcome('sent'), moves: [['sending', 'sent'], ['unknown', 'sent']] },
  'record.ts failed': { write: outcome('failed'), moves: [['sending', 'failed'], ['unknown', 'failed']] },
  'record.ts unknown': { write: outcome('unknown'), moves: [['sending', 'unknown']] },
  'record.ts queued': { write: outcome('queued'), moves: [['sending', 'queued'], ['unknown', 'queued']] },
  'settle.ts resend': {
    write: ({ ctx, id }) => inTransaction(ctx, (ctx) => resendDelivery(ctx, id)).catch(() => {}),
    moves: [['unknown', 'queued']],
  },
  'settle.ts count as sent': {
    write: ({ ctx, id }) => inTransaction(ctx, (ctx) => countAsSent(ctx, id)).catch(() => {}),
    moves: [['unknown', 'sent']],
  },
  'work-in.ts sent': { write: receipt('sent'), moves: [...unproven].map((from) => [from, 'sent']) },
  'work-in.ts delivered': { write: receipt('delivered'), moves: [...unproven, 'sent' as const].map((from) => [from, 'delivered']) },
  'work-in.ts read': { write: receipt('read'), moves: [...unproven, 'sent' as const, 'delivered' as const].map((from) => [from, 'read']) },
  'work-in.ts failed': { write: receipt('failed'), moves: [['sending', 'failed'], ['sent', 'failed'], ['unknown', 'failed']] },
  'settle.ts by policy': { write: ({ ctx }) => resendUnknownByPolicy(ctx), moves: [['unknown', 'queued']] },
  'direct.ts of replies': {
    async write(given) {
      await direct(given);
      await untoldSince(given);
      await failDirectThatNeverLeft(given.ctx);
    },
    moves: [['unknown', 'failed']],
  },
  'run.ts retryFailed': { write: ({ ctx, runId }) => retryFailed(ctx, runId), moves: [['failed', 'queued']] },
  'after-merge.ts untwin': {
    async write({ ctx, id }) {
      await ctx.db.updateTable('deliveries').set({ reason: 'merged' }).where('id', '=', id).where('state', '=', 'skipped').execute();
      await untwin(ctx, { workspaceId: ctx.actor.workspaceId, ids: [id], by: 'Ann' });
    },
    moves: [['skipped', 'queued']],
  },
  'expand.ts cancelWaiting': {
    async write(given) {
      await cancelled(given);
      await cancelWaiting(given.ctx, { workspaceId: given.ctx.actor.workspaceId, runId: given.runId });
    },
    moves: [['planned', 'cancelled'], ['queued', 'cancelled']],
  },
  'erase.ts eraseContact': {
    write: ({ ctx, contactId }) => eraseContact(ctx, contactId),
    moves: [['planned', 'cancelled'], ['queued', 'cancelled']],
  },
}; // biome-ignore format: a table

const stateOf = async ({ ctx, id }: Stage) =>
  (await ctx.db.selectFrom('deliveries').select('state').where('id', '=', id).executeTakeFirstOrThrow())
    .state;

describe('a writer of states makes its own moves and no other', () => {
  it.each(Object.entries(writers))('%s', async (_, { write, moves }) => {
    const made: [string, string][] = [];
    for (const from of deliveryState.options) {
      const given = await stage(from);
      await write(given);
      const to = (await stateOf(given)) as DeliveryState;
      if (to === from) continue;
      expect(mayMove(from, to), `${from} → ${to}`).toBe(true);
      made.push([from, to]);
    }
    expect(made.toSorted()).toEqual(moves.toSorted());
  });

  it('every move has its line in the history but the claim, the cancel and the release', async () => {
    for (const [name, { write, moves }] of Object.entries(writers)) {
      if (/claimOf|claimDirect|cancel|erase/.test(name)) continue;
      for (const [from, to] of moves) {
        if (/giveBack/.test(name) && from === 'sending') continue;
        const given = await stage(from);
        if (from === 'unknown')
          await given.ctx.db
            .updateTable('deliveries')
            .set({ unknown_at: new Date() })
            .where('id', '=', given.id)
            .execute();
        await write(given);
        const { n } = await given.ctx.db
          .selectFrom('delivery_attempts')
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .where('delivery_id', '=', given.id)
          .executeTakeFirstOrThrow();
        const isClean =
          (name === 'record.ts sent' && from === 'sending') ||
          (name.startsWith('work-in.ts') && to !== 'failed' && (from === 'sent' || from === 'delivered'));
        expect([name, from, to, Number(n)]).toEqual([name, from, to, isClean ? 0 : 1]);
      }
    }
  });
});

describe('the table of legal moves', () => {
  it('gives the states that lead to one, and refuses a writer that would go beyond it', () => {
    expect(fromStates('failed')).toEqual(['sending', 'sent', 'unknown']);
    expect(fromStates('queued', ['failed'])).toEqual(['failed']);
    expect(() => fromStates('sending', ['sent'])).toThrow('never moves from sent to sending');
    for (const to of deliveryState.options)
      for (const from of deliveryState.options)
        expect(fromStates(to).includes(from)).toBe(legalMoves[from].includes(to));
  });

  it('is what every statement that writes a state takes its WHERE from', () => {
    // below deliveries on the ladder: it cannot import the table, and is tried above
    const below = ['server/contacts/erase.ts'];
    const files = filesBelow('server').filter((file) => file.endsWith('.ts') && !isTestFile(file));
    const writes =
      /UPDATE deliveries\b[^`]*?\bSET\b((?!\bWHERE\b|\bFROM\b)[^`])*?\bstate = |updateTable\('deliveries'\)[^;]*?\.set\(\{ state/;
    const found = files.filter((file) => writes.test(readFileSync(path.join(root, file), 'utf8')));
    expect(found.length).toBeGreaterThan(6);
    const free = found.filter((file) => !readFileSync(path.join(root, file), 'utf8').includes('fromStates('));
    expect(free).toEqual(below);
  });
});
