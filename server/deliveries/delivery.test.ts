import { describe, expect, it } from 'vitest';
import { deliveryState } from '../../contract/deliveries.ts';
import { backoffMs, legalMoves, maxAttempts, mayMove, verdictOf } from './delivery.ts';

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
