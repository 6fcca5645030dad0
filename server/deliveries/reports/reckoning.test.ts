// The sums of a run: whatever its rows are, each person stands in exactly one group.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryState, failureReasons, skipReasons, unknownReasons } from '../../../contract/deliveries.ts';
import { runStatus } from '../../../contract/reconciliation.ts';
import { groupsOf, policyOf, type RunDetails, resumeOf, sumsOf } from './reckoning.ts';

const none: RunDetails = {
  reasons: [],
  countedAsSent: 0,
  settledByReceipt: 0,
  neverLeft: 0,
  quiet: 0,
  later: 0,
  again: 0,
  unknownTimes: new Map(),
};

/** A run as the database could hold it: reasons of failed, skipped and unknown rows add up to their states. */
const aRun = fc
  .record({
    status: fc.constantFrom(...runStatus.options),
    planned: fc.nat(5000),
    expanded: fc.boolean(),
    rows: fc.array(
      fc.record({ state: fc.constantFrom(...deliveryState.options), pick: fc.nat(20), mark: fc.boolean() }),
      { maxLength: 200 },
    ),
  })
  .map(({ rows, ...run }) => {
    const words = { failed: failureReasons, skipped: skipReasons, unknown: unknownReasons };
    const counts: Record<string, number> = {};
    const details: RunDetails = { ...none, reasons: [], unknownTimes: new Map() };
    for (const { state, pick, mark } of rows) {
      counts[state] = (counts[state] ?? 0) + 1;
      if (state === 'failed' || state === 'skipped' || state === 'unknown') {
        const codes = Object.keys(words[state]);
        const reason = codes[pick % codes.length]!;
        const known = details.reasons.find((row) => row.state === state && row.reason === reason);
        if (known) known.count += 1;
        else details.reasons.push({ state, reason, count: 1 });
      }
      if (state === 'sent' && mark) details[pick > 10 ? 'countedAsSent' : 'settledByReceipt'] += 1;
      if (state === 'queued')
        details[mark ? 'later' : pick > 10 ? 'quiet' : pick > 5 ? 'neverLeft' : 'again'] += pick % 2;
    }
    return { run: { ...run, counts }, details };
  });

describe('the sums of a run', () => {
  it('add up to planned, and the groups of each state to its sum, for any run', () => {
    fc.assert(
      fc.property(aRun, ({ run, details }) => {
        const { planned, notWritten, delivered, read, ...states } = sumsOf(run);
        expect(read).toBeLessThanOrEqual(delivered);
        expect(delivered).toBeLessThanOrEqual(states.sent);
        expect(Object.values(states).reduce((sum, n) => sum + n, 0)).toBe(planned);
        expect(notWritten).toBeGreaterThanOrEqual(0);
        const groups = groupsOf(run, details);
        for (const [state, sum] of Object.entries(states)) {
          const ofState = groups.filter((group) => group.state === state);
          expect(
            ofState.reduce((all, group) => all + group.count, 0),
            state,
          ).toBe(sum);
        }
        expect(groups.every((group) => group.count > 0 && group.words !== '')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('count people without a row as left while the audience is being written, and not after a cancel', () => {
    const run = {
      status: 'active' as const,
      planned: 100,
      expanded: false,
      counts: { queued: 30, sent: 10 },
    };
    expect(sumsOf(run)).toMatchObject({ planned: 100, left: 90, sent: 10, notWritten: 60 });
    const groups = groupsOf(run, none);
    const left = { ...none, reasons: [{ state: 'skipped', reason: 'no_identity', count: 1 }] };
    expect(groupsOf(run, left, 'whatsapp').find(({ state }) => state === 'skipped')?.words).toMatch(
      'Has no phone number',
    );
    expect(groups.find((group) => group.reason === 'not_written')).toMatchObject({ count: 60, log: null });
    expect(sumsOf({ ...run, status: 'cancelled' })).toMatchObject({ planned: 40, left: 30 });
  });
});

describe('what resume would do, in words', () => {
  const words = (status: 'active' | 'paused' | 'finished' | 'cancelled', left: number, again = 0, after: number | null = null) =>
    resumeOf({ status, resendAfterSeconds: after }, { left }, again).words; // biome-ignore format: one line

  it.each([
    ['paused', 4310, 0, null, 'Resume messages the 4,310 people who are left. Nobody who was sent, or may have been sent, the message gets it again.'],
    ['paused', 1, 0, null, 'Resume messages the 1 person who is left. Nobody who was sent, or may have been sent, the message gets it again.'],
    ['paused', 20, 12, null, 'Resume messages the 20 people who are left. 12 of them may have it already: somebody decided to send it to them again. Nobody else who was sent, or may have been sent, the message gets it again.'],
    ['paused', 20, 0, 600, 'Resume messages the 20 people who are left. Nobody who was sent the message gets it again.'],
    ['active', 20, 0, null, 'Sending goes on to the 20 people who are left. Nobody who was sent, or may have been sent, the message gets it again.'],
    ['finished', 0, 0, null, 'Nobody is left to message.'],
    ['cancelled', 3, 0, null, 'Sending was cancelled. Nobody else is messaged.'],
  ] as const)('%s, %d left, %d again, policy %s', (status, left, again, after, said) => {
    expect(words(status, left, again, after)).toBe(said);
  }); // biome-ignore format: a table

  const until = '2026-06-02T08:00:00.000Z';
  it.each([
    ['active', 'held', null, /^Nobody is messaged while the workspace is held; after the release, sending goes on to the 7 people who are left\./],
    ['paused', 'held', null, /^Nobody is messaged while the workspace is held; after the release, resume messages the 7 people/],
    ['active', 'circuit', null, /^Sending goes on to the 7 people who are left once the platform answers again\. /],
    ['active', 'canary', until, /left once the canary has been judged and passed\. /],
    ['active', 'rate_limited', until, /left once the pause that the platform asked for is over\. /],
    ['active', 'warm_up', until, /left once the next day of the warm-up plan begins\. /],
    ['active', 'batch', until, /left after the pause between two batches\. /],
    ['active', 'quiet', until, /left once their quiet hours end\. /],
  ] as const)('%s, what stands before them: %s', (status, reason, until, said) => {
    const resume = resumeOf({ status, resendAfterSeconds: null, wait: { reason, until } }, { left: 7 }, 0);
    expect(resume).toMatchObject({ count: 7, wait: { reason, until }, words: expect.stringMatching(said) });
  }); // biome-ignore format: a table

  it('says what a policy does with unknown ones', () => {
    const silent = { tells: false, settled: 0, neverLeft: 0 };
    expect(policyOf(null, silent).words).toMatch(/wait for a person/);
    expect(policyOf(3600, silent).words).toMatch(/after 1 hour, three tries in all.*twice/);
    expect(policyOf(90, silent).words).toMatch(/after 90 seconds/);
    const telling = { tells: true, settled: 30, neverLeft: 1 };
    expect(policyOf(900, telling)).toEqual({
      resend_after_seconds: 900,
      settled_by_receipt: 30,
      never_left: 1,
      words:
        'Unknown ones settle by themselves: a status of the platform tells what became of them. If none comes within 15 minutes while others do, the message never left, and is sent again by itself, three tries in all. So far: 30 settled by a status, 1 never left and was sent again.',
    });
    expect(policyOf(null, telling).words).toMatch(/Those it tells nothing of wait for a person/);
    expect(policyOf(null, { ...telling, holds: true }).words).toMatch(
      /tells what became of them\. WhatsApp holds messages of this template back for a while, so silence proves nothing: a person decides\. So far: 30/,
    );
  });
});
