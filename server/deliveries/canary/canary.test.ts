import { describe, expect, it } from 'vitest';
import { campaignCreate } from '../../../contract/campaigns.ts';
import { wrongFields } from '../../platform/http/wrong-fields.ts';
import { type CanaryCounts, canarySize, isWithin, judge, passedWords, stoppedWords } from './canary.ts';

const limits = { failed_percent: 5, blocked_percent: 2, opted_out_percent: 2 };
const counts = (given: Partial<CanaryCounts> = {}): CanaryCounts => ({
  people: 100,
  open: 0,
  failed: 0,
  unknown: 0,
  blocked: 0,
  optedOut: 0,
  ...given,
});

describe('the size of a canary', () => {
  it('is the number given, or a share of those who are meant to get it, rounded up and never nobody', () => {
    expect(canarySize({ people: 100 }, 5)).toBe(100);
    expect(canarySize({ percent: 10 }, 25)).toBe(3);
    expect(canarySize({ percent: 0.01 }, 50)).toBe(1);
    expect(canarySize({ percent: 1 }, 0)).toBe(1);
  });
});

describe('the judgement', () => {
  it('keeps a limit up to and including itself', () => {
    expect(isWithin(judge(counts({ blocked: 2 }), limits))).toBe(true);
    expect(isWithin(judge(counts({ blocked: 3 }), limits))).toBe(false);
    expect(isWithin(judge(counts({ people: 1, blocked: 0 }), { ...limits, blocked_percent: 0 }))).toBe(true);
    // 0.7 % of 1,000 is exactly 7, whatever binary fractions say
    expect(isWithin(judge(counts({ people: 1000, blocked: 7 }), { ...limits, blocked_percent: 0.7 }))).toBe(
      true,
    );
    expect(isWithin(judge(counts({ people: 0 }), limits))).toBe(true);
  });

  it('holds messages without an answer to be failed ones', () => {
    expect(isWithin(judge(counts({ failed: 3, unknown: 2 }), limits))).toBe(true);
    expect(isWithin(judge(counts({ failed: 3, unknown: 3 }), limits))).toBe(false);
  });

  it('says what was exceeded, by how much, and nothing else', () => {
    const seven = counts({ blocked: 7 });
    expect(stoppedWords(judge(seven, limits), seven)).toBe(
      'Canary stopped: 7 of 100 people blocked the bot (7.0 %, limit 2 %).',
    );
    const two = counts({ people: 1, failed: 1, optedOut: 1 });
    expect(stoppedWords(judge(two, limits), two)).toBe(
      'Canary stopped: 1 of 1 message failed (100.0 %, limit 5 %); 1 of 1 person opted out (100.0 %, limit 2 %).',
    );
    const lost = counts({ failed: 1, unknown: 9 });
    expect(stoppedWords(judge(lost, limits), lost)).toContain('10 of 100 messages failed or have no answer');
    // rounded to a tenth it would read "2.0 %, limit 2 %"
    const close = counts({ people: 10_000, blocked: 204 });
    expect(stoppedWords(judge(close, limits), close)).toContain('(2.04 %, limit 2 %)');
  });

  it('says how a passed canary went', () => {
    expect(passedWords(counts())).toBe(
      'Canary passed: all 100 people got it, nobody blocked the bot or opted out.',
    );
    expect(passedWords(counts({ failed: 1, blocked: 2 }))).toBe(
      'Canary passed, within its limits: of 100 people, 1 message failed, 2 blocked the bot.',
    );
    expect(passedWords(counts(), 'whatsapp')).toContain('nobody blocked your number or opted out.');
    const seven = counts({ blocked: 7 });
    expect(stoppedWords(judge(seven, limits), seven, { channel: 'whatsapp' })).toContain(
      'blocked your number',
    );
  });
});

describe('the setting', () => {
  const parse = (canary: unknown) => campaignCreate.safeParse({ name: 'x', settings: { canary } });
  it('is off by default, and suggests 100 people and half an hour', () => {
    expect(campaignCreate.parse({ name: 'x' }).settings.canary).toBeNull();
    expect(parse({}).data?.settings.canary).toEqual({
      size: { people: 100 },
      wait_minutes: 30,
      limits,
      when_passed: 'continue',
    });
  });

  it.each([
    [{ size: {} }, '/size', /either/],
    [{ size: { people: 5, percent: 1 } }, '/size', /either/],
    [{ size: { people: 0 } }, '/size/people', /at least 1 person/],
    [{ size: { people: 1.5 } }, '/size/people', /whole number/],
    [{ size: { people: 100_001 } }, '/size/people', /at most 100,000/],
    [{ size: { percent: 51 } }, '/size/percent', /at most 50 percent/],
    [{ size: { percent: 0 } }, '/size/percent', /0\.01/],
    [{ size: { share: 5 } }, '/size/share', /./],
    [{ wait_minutes: 0 }, '/wait_minutes', /at least 1 minute/],
    [{ wait_minutes: 2881 }, '/wait_minutes', /2 days/],
    [{ limits: { blocked_percent: 101 } }, '/limits/blocked_percent', /at most 100/],
    [{ limits: { blocked_percent: -1 } }, '/limits/blocked_percent', /at least 0/],
    [{ limits: { blockd_percent: 1 } }, '/limits/blockd_percent', /./],
    [{ when_passed: 'go' }, '/when_passed', /"continue".*"ask"/],
    [{ waitMinutes: 5 }, '/waitMinutes', /./],
  ])('refuses %j at its field', (canary, pointer, words) => {
    const wrong = wrongFields(parse(canary).error?.issues ?? []);
    expect(wrong.map((one) => one.pointer)).toContain(`/settings/canary${pointer}`);
    expect(wrong[0]?.detail).toMatch(words);
  });
});
