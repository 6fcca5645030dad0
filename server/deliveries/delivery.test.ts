import { describe, expect, it } from 'vitest';
import { deliveryState } from '../../contract/deliveries.ts';
import { atOnce, backoffMs, legalMoves, maxAttempts, mayMove, verdictOf } from './delivery.ts';

const now = new Date('2026-11-21T10:00:00Z');

describe('states of a delivery', () => {
  it('never lead back to sending from an end', () => {
    for (const end of ['sent', 'delivered', 'read', 'failed', 'skipped', 'cancelled', 'unknown'] as const)
      expect(mayMove(end, 'sending')).toBe(false);
  });
  it('lead out of a row that did not go, as far as we knew, by a receipt that proves it', () => {
    for (const from of ['queued', 'sending', 'unknown', 'failed', 'skipped', 'cancelled'] as const)
      for (const to of ['sent', 'delivered', 'read'] as const) expect(mayMove(from, to)).toBe(true);
    expect(mayMove('planned', 'sent')).toBe(false);
    expect(
      mayMove('read', 'delivered') || mayMove('delivered', 'sent') || mayMove('delivered', 'failed'),
    ).toBe(false);
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
