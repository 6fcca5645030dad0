import { expect, test } from 'vitest';
import type { WhyCheck } from '../../../contract/why.ts';
import { splitChecks, whyTitle } from './why-words.ts';

const check = (key: WhyCheck['key'], outcome: WhyCheck['outcome']): WhyCheck => ({
  key,
  outcome,
  words: key,
  detail: null,
  at: null,
  rule: null,
  used: null,
  history: null,
});

test('the title says the verdict and whose it is', () => {
  expect(whyTitle('Ada Byron', undefined)).toBe('Why: Ada Byron');
  expect(whyTitle('Ada Byron', { verdict: 'skipped', headline: 'Opted out' })).toBe('Not sent: Ada Byron');
});

test('what comes after the deciding answer is set apart; what is still to come stays', () => {
  const checks = [check('audience', 'yes'), check('consent', 'no'), check('send', 'not_checked')];
  expect(splitChecks(checks)).toEqual({ asked: checks.slice(0, 2), skipped: checks.slice(2) });
  const ahead = [check('audience', 'yes'), check('canary', 'not_checked'), check('send', 'not_checked')];
  expect(splitChecks(ahead)).toEqual({ asked: ahead, skipped: [] });
});
