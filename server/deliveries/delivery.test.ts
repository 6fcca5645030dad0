import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeliveryState, deliveryState } from '../../contract/deliveries.ts';
import { atOnce, backoffMs, legalMoves, maxAttempts, mayMove, verdictOf } from './delivery.ts';

const now = new Date('2026-11-21T10:00:00Z');

describe('states of a delivery', () => {
  it('never lead back to sending from an end', () => {
    for (const end of ['sent', 'delivered', 'read', 'failed', 'skipped', 'cancelled', 'unknown'] as const)
      expect(mayMove(end, 'sending')).toBe(false);
  });
  it('let a lost answer turn out either way, and be sent again only by way of queued', () => {
    expect(legalMoves.unknown).toEqual(expect.arrayContaining(['sent', 'failed', 'queued']));
  });
  it('name only known states', () => {
    for (const targets of Object.values(legalMoves))
      for (const target of targets) expect(deliveryState.options).toContain(target);
    expect(Object.keys(legalMoves).sort()).toEqual([...deliveryState.options].sort());
  });
});

describe('receipts, in whatever order, late, early or twice', () => {
  const order: DeliveryState[] = ['planned', 'queued', 'sending', 'unknown', 'sent', 'delivered', 'read'];
  type Receipt = 'sent' | 'delivered' | 'read' | 'failed';
  const receive = (state: DeliveryState, receipt: Receipt) => (mayMove(state, receipt) ? receipt : state);
  const receipts = (...kinds: Receipt[]) => fc.array(fc.constantFrom(...kinds), { maxLength: 12 });
  const start = fc.constantFrom('sent' as const, 'unknown' as const);

  it('never move a row backwards, and never out of an end', () => {
    const states = fc.constantFrom(...deliveryState.options);
    fc.assert(
      fc.property(states, receipts('sent', 'delivered', 'read', 'failed'), (first, sequence) => {
        let state: DeliveryState = first;
        for (const receipt of sequence) {
          const next = receive(state, receipt);
          if (next !== state) {
            expect(['failed', 'skipped', 'cancelled', 'read', 'planned', 'queued']).not.toContain(state);
            if (next !== 'failed') expect(order.indexOf(next)).toBeGreaterThan(order.indexOf(state));
          }
          state = next;
        }
      }),
    );
  });

  it('end at the furthest that was told, whatever came first and how often', () => {
    fc.assert(
      fc.property(
        start,
        receipts('sent', 'delivered', 'read'),
        fc.infiniteStream(fc.nat()),
        (first, told, dice) => {
          const furthest = told.reduce<DeliveryState>(
            (a, b) => (order.indexOf(a) >= order.indexOf(b) ? a : b),
            first,
          );
          const keyed = told.map((receipt) => ({ receipt, key: dice.next().value as number }));
          const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ receipt }) => receipt);
          for (const sequence of [told, shuffled, [...told, ...told]])
            expect(sequence.reduce<DeliveryState>(receive, first)).toBe(furthest);
        },
      ),
    );
  });

  it('a message that arrived did not fail, and one that failed is not read', () => {
    expect(receive('delivered', 'failed')).toBe('delivered');
    expect(receive('failed', 'read')).toBe('failed');
    expect(receive('sent', 'failed')).toBe('failed');
  });
});

describe('the verdict over an outcome', () => {
  it('waits exactly as long as the platform said after a 429', () => {
    const verdict = verdictOf(
      { kind: 'deferred', retryAfterMs: 35_000, scope: 'connection', detail: '429' },
      1,
      now,
    );
    expect(verdict).toMatchObject({ state: 'queued', dueAt: new Date(now.getTime() + 35_000) });
  });
  it('gives a message up that the platform keeps failing, but not one that waits for the connection', () => {
    const deferred = { kind: 'deferred', retryAfterMs: null, detail: '500' } as const;
    expect(verdictOf({ ...deferred, scope: 'message' }, maxAttempts, now)).toMatchObject({
      state: 'failed',
      reason: 'platform_unavailable',
    });
    expect(verdictOf({ ...deferred, scope: 'message' }, maxAttempts - 1, now).state).toBe('queued');
    expect(verdictOf({ ...deferred, scope: 'connection' }, maxAttempts * 10, now).state).toBe('queued');
  });
  it.each(['connection', 'recipient', 'message'] as const)(
    'waits exactly what the platform said in the scope %s, however often it was tried',
    (scope) => {
      for (const attempts of [1, 5, maxAttempts - 1]) {
        const verdict = verdictOf({ kind: 'deferred', retryAfterMs: 7000, scope, detail: '' }, attempts, now);
        expect(verdict).toMatchObject({ state: 'queued', dueAt: new Date(now.getTime() + 7000) });
      }
    },
  );
  it.each(['connection', 'recipient', 'message'] as const)(
    'backs off with a lot drawn where the platform said nothing, in the scope %s',
    (scope) => {
      for (let attempts = 1; attempts < maxAttempts; attempts++) {
        const { dueAt } = verdictOf(
          { kind: 'deferred', retryAfterMs: null, scope, detail: '' },
          attempts,
          now,
        );
        const waitMs = (dueAt as Date).getTime() - now.getTime();
        const ceiling = 1000 * 2 ** attempts;
        expect(waitMs).toBeGreaterThanOrEqual(ceiling / 2);
        expect(waitMs).toBeLessThanOrEqual(ceiling);
      }
    },
  );
  it('gives nobody up and counts no try while the connection is in trouble', () => {
    const failed = { kind: 'deferred', retryAfterMs: null, scope: 'message', detail: '502' } as const;
    expect(verdictOf(failed, maxAttempts, now, true)).toMatchObject({ state: 'queued', isFree: true });
    expect(verdictOf(failed, 1, now)).toMatchObject({ state: 'queued', isFree: false });
    expect(verdictOf({ kind: 'broken', detail: '401' }, maxAttempts, now)).toMatchObject({
      state: 'queued',
      dueAt: atOnce,
      isFree: true,
    });
  });
  it('keeps a lost answer unknown with its cause', () => {
    expect(verdictOf({ kind: 'unknown', cause: 'connection_lost', detail: 'reset' }, 1, now)).toMatchObject({
      state: 'unknown',
      reason: 'connection_lost',
    });
  });
});

it('backs off longer with every try, up to ten minutes', () => {
  expect(backoffMs(1, 0)).toBe(1000);
  expect(backoffMs(3, 1)).toBe(8000);
  expect(backoffMs(500, 1)).toBe(600_000);
});
