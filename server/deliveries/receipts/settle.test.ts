// Receipts meet a row in whatever state, order and number. Each order of the same receipts must come to the same row.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedAsSent, type DeliveryState, deliveryState } from '../../../contract/deliveries.ts';
import { settledByReceipt } from '../../../contract/receipts.ts';
import type { Receipt } from '../../channels/channel.ts';
import { mayMove } from '../delivery.ts';
import { differs, settled, type Told } from './settle.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 10, 0, second));
const row = (given: Partial<Told>): Told => ({
  state: 'sent',
  attempts: 1,
  externalId: 'wamid.A',
  reason: null,
  detail: null,
  deliveredAt: null,
  readAt: null,
  wasUnknown: false,
  ...given,
});
const seconds = { sent: 1, delivered: 2, read: 3, failed: 4 };
const told = (status: Receipt['status'], externalId = 'wamid.A', attempt: number | null = 1): Receipt => ({
  externalId,
  deliveryId: null,
  attempt,
  status,
  at: at(seconds[status]),
  failure: status === 'failed' ? { reason: 'not_on_platform', detail: 'Not on WhatsApp (131026)' } : null,
});
/** As if each came alone, one batch after the other. */
const oneByOne = (first: Told, receipts: Receipt[]) =>
  receipts.reduce((row, receipt) => settled(row, [receipt]), first);

/** A row in each state that a message can have left from, with what such a row carries. */
const started: Record<string, Told> = {
  sending: row({ state: 'sending', externalId: null }),
  unknown: row({ state: 'unknown', externalId: null, reason: 'timeout', wasUnknown: true }),
  sent: row({}),
  'counted as sent': row({ externalId: null, reason: countedAsSent, wasUnknown: true }),
  delivered: row({ state: 'delivered', deliveredAt: at(2) }),
};
const statuses = ['sent', 'delivered', 'read', 'failed'] as const;

describe('receipts of one message', () => {
  it.each(Object.entries(started))(
    'in any order, twice or late, end a row that was %s the same',
    (_, first) => {
      const sequence = fc.array(fc.constantFrom(...statuses), { maxLength: 10 });
      fc.assert(
        fc.property(sequence, fc.infiniteStream(fc.nat()), (kinds, dice) => {
          const receipts = kinds.map((kind) => told(kind));
          const keyed = receipts.map((receipt) => ({ receipt, key: dice.next().value as number }));
          const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ receipt }) => receipt);
          const together = settled(first, receipts);
          for (const sequence of [receipts, shuffled, [...receipts, ...shuffled]]) {
            const alone = oneByOne(first, sequence);
            const { detail: _a, ...one } = alone;
            const { detail: _b, ...other } = together;
            // an order alone may tell that it was unknown between two receipts
            expect({ ...one, reason: null }).toEqual({ ...other, reason: null });
          }
        }),
      );
    },
  );

  it('never move a row by a move that the table does not have', () => {
    const states = fc.constantFrom(...deliveryState.options);
    const receipt = fc.record({ status: fc.constantFrom(...statuses), id: fc.constantFrom('wamid.A', 'wamid.B'), attempt: fc.constantFrom(1, 2, null) }); // biome-ignore format: one thought
    fc.assert(
      fc.property(states, fc.array(receipt, { maxLength: 8 }), (state, receipts) => {
        let now = row({ state, externalId: state === 'sent' ? 'wamid.A' : null });
        for (const { status, id, attempt } of receipts) {
          const next = settled(now, [told(status, id, attempt)]);
          if (next.state !== now.state) expect(mayMove(now.state, next.state)).toBe(true);
          now = next;
        }
      }),
    );
  });

  it('read without delivered is delivered too, and the earlier time stays', () => {
    expect(settled(row({}), [told('read')])).toMatchObject({
      state: 'read',
      deliveredAt: at(3),
      readAt: at(3),
    });
    expect(oneByOne(row({}), [told('read'), told('delivered')])).toMatchObject({ state: 'read', deliveredAt: at(2) }); // biome-ignore format: one thought
  });

  it('what was told to be delivered is not failed, whichever came first', () => {
    for (const sequence of [
      [told('failed'), told('delivered')],
      [told('delivered'), told('failed')],
    ])
      expect(oneByOne(row({}), sequence)).toMatchObject({ state: 'delivered', reason: null, detail: null });
  });

  it('failed stays failed when "sent" is told after it', () => {
    expect(
      oneByOne(row({ state: 'sending', externalId: null }), [told('failed'), told('sent')]),
    ).toMatchObject({
      state: 'failed',
      reason: 'not_on_platform',
      externalId: 'wamid.A',
    });
  });

  it('tell nothing new where they are told again', () => {
    for (const status of statuses) {
      const once = settled(row({}), [told(status)]);
      expect(differs(once, settled(once, [told(status)]))).toBe(false);
    }
    expect(differs(row({}), settled(row({}), [told('sent')]))).toBe(false);
  });
});

describe('a row that is not known to have gone', () => {
  it.each(['sending', 'unknown', 'queued', 'failed', 'skipped', 'cancelled'] as DeliveryState[])(
    '%s is proven sent by a receipt of its own message',
    (state) => {
      const first = row({ state, externalId: null, reason: 'timeout', wasUnknown: state !== 'sending' });
      expect(settled(first, [told('sent')])).toMatchObject({
        state: 'sent',
        externalId: 'wamid.A',
        reason: state === 'sending' ? null : settledByReceipt,
      });
    },
  );

  it('and what a person counted as sent is proven now', () => {
    const counted = started['counted as sent'] as Told;
    expect(settled(counted, [told('sent')])).toMatchObject({ state: 'sent', externalId: 'wamid.A', reason: settledByReceipt }); // biome-ignore format: one thought
  });

  it('a row that was never tried stays what it is', () => {
    const planned = row({ state: 'planned', externalId: null, attempts: 0 });
    expect(settled(planned, [told('read'), told('failed')])).toEqual(planned);
  });
});

describe('receipts of an earlier try', () => {
  it('that failed do not fail the next one, nor prove it sent', () => {
    // failed, put back by a person, and under way again
    const again = row({ state: 'sending', externalId: 'wamid.A', attempts: 2 });
    expect(settled(again, [told('failed'), told('sent')])).toEqual(again);
    const queued = row({ state: 'queued', externalId: 'wamid.A', attempts: 1 });
    expect(settled(queued, [told('failed'), told('sent')])).toEqual(queued);
    // the next has its answer
    expect(settled(row({ externalId: 'wamid.B', attempts: 2 }), [told('failed')])).toMatchObject({
      state: 'sent',
    });
  });

  it('of another number than the present one do not fail it', () => {
    expect(settled(row({ state: 'unknown', attempts: 2, externalId: null }), [told('failed', 'wamid.A', 1)]).state).toBe('unknown'); // biome-ignore format: one thought
  });

  it('prove that the person has it, though another try is under way', () => {
    expect(settled(row({ state: 'sending', attempts: 2, externalId: null }), [told('delivered', 'wamid.A', 1)]).state).toBe('delivered'); // biome-ignore format: one thought
  });

  it('that failed while it waits to be sent again leave it waiting', () => {
    const queued = row({ state: 'queued', externalId: null, attempts: 1, wasUnknown: true });
    const after = oneByOne(queued, [told('failed'), told('sent')]);
    expect(after).toMatchObject({ state: 'queued', externalId: 'wamid.A' });
  });
});
