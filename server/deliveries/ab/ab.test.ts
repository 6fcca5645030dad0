// Which wording wins and what is said about it; what a holdout can tell.
import { describe, expect, it } from 'vitest';
import { bestOf, findingOf, type VariantCounts } from './ab.ts';
import { liftOf, newcombe, wilson } from './lift.ts';

const none: VariantCounts = { people: 0, open: 0, sent: 0, failed: 0, clicked: 0, replied: 0, converted: 0 };
const counts = (...of: Partial<VariantCounts>[]) => of.map((one) => ({ ...none, ...one }));

describe('the winner', () => {
  it('is the wording with the highest share, not with the most people', () => {
    const given = counts({ sent: 1000, clicked: 90 }, { sent: 100, clicked: 10 });
    expect(bestOf(given, 'clicks')).toBe(1);
    expect(findingOf(given, 'clicks', 1)).toBe(
      'B goes to everybody else: 10 of 100 people clicked (10.0 %); A 9.0 %.',
    );
  });

  it('is judged by what was asked for', () => {
    const given = counts({ sent: 10, clicked: 5, replied: 1 }, { sent: 10, clicked: 1, replied: 5 });
    expect([bestOf(given, 'clicks'), bestOf(given, 'replies'), bestOf(given, 'conversions')]).toEqual([
      0, 1, 0,
    ]);
  });

  it('of equals is the first, and the words say so', () => {
    const given = counts({ sent: 3, replied: 1 }, { sent: 6, replied: 2 }, { sent: 6, replied: 0 });
    expect(bestOf(given, 'replies')).toBe(0);
    expect(findingOf(given, 'replies', 0)).toContain('the first of equals');
  });

  it('is never a wording that nobody was sent, and the first where nobody did anything', () => {
    expect(bestOf(counts({ sent: 0 }, { sent: 5 }), 'clicks')).toBe(1);
    const idle = counts({ sent: 5 }, { sent: 5 });
    expect(findingOf(idle, 'clicks', bestOf(idle, 'clicks'))).toBe(
      'Nobody clicked in the test, so A goes to everybody else.',
    );
  });
});

describe('the lift', () => {
  it('has the intervals of the literature (Wilson 1927; Newcombe 1998, method 10)', () => {
    const [low, high] = wilson({ people: 263, converted: 81 });
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.2553', '0.3662']);
    const range = newcombe({ people: 70, converted: 56 }, { people: 80, converted: 48 });
    expect(range.map((share) => share.toFixed(4))).toEqual(['0.0524', '0.3339']);
  });

  it('says that groups are too small, rather than a figure that means nothing', () => {
    const { words, liftPercent } = liftOf({ people: 100, converted: 12 }, { people: 100, converted: 6 });
    expect(liftPercent).toBe(100);
    expect(words).toMatch(/too small/);
    expect(liftOf({ people: 53, converted: 0 }, { people: 16, converted: 0 }).words).toBe(
      'Too early to tell: nobody of either group has ordered yet.',
    );
    expect(liftOf({ people: 10, converted: 2 }, { people: 10, converted: 1 }).words).toBe(
      'Too early to tell: 3 orders in both groups together.',
    );
    expect(liftOf({ people: 10, converted: 2 }, { people: 5, converted: 0 }).liftPercent).toBeNull();
    expect(liftOf({ people: 0, converted: 0 }, { people: 0, converted: 0 }).words).toMatch(
      /one of the groups is empty/,
    );
  });

  it('says so when the message brought more, or fewer', () => {
    const much = { people: 1000, converted: 200 };
    const few = { people: 1000, converted: 100 };
    expect(liftOf(much, few)).toMatchObject({ rate: 10, sentRate: 20, liftPercent: 100 });
    expect(liftOf(much, few).words).toMatch(/brought more orders/);
    expect(liftOf(few, much).words).toMatch(/Fewer/);
  });
});
