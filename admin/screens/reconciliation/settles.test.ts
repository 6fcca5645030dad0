import { expect, test } from 'vitest';
import type { Reconciliation } from '../../../contract/reconciliation.ts';
import { settlesBy } from './settles.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 12, minute));
const it = (seconds: number | null, last: number, status = 'active') =>
  ({
    run: { status },
    policy: { resend_after_seconds: seconds },
    groups: [
      { state: 'failed', last_at: null },
      { state: 'unknown', last_at: at(0).toISOString() },
      { state: 'unknown', last_at: at(last).toISOString() },
    ],
  }) as unknown as Reconciliation;

test('where the platform tells, they settle by themselves until the last one’s time is over', () => {
  expect(settlesBy(it(900, 5), 'whatsapp', at(6))).toEqual(at(20));
  expect(settlesBy(it(900, 5), 'whatsapp', at(21))).toBeNull();
  expect(settlesBy(it(900, 5), 'telegram', at(6))).toBeNull();
  expect(settlesBy(it(null, 5), 'whatsapp', at(6))).toBeNull();
  expect(settlesBy(it(900, 5, 'cancelled'), 'whatsapp', at(6))).toBeNull();
  expect(settlesBy({ ...it(900, 5), groups: [] }, 'whatsapp', at(6))).toBeNull();
  expect(settlesBy(it(900, 5), undefined, at(6))).toBeNull();
});
