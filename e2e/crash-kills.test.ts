// The storm in short: five times kill -9 in one broadcast of 2,000 over 20 bots. The long form is `npm run bench -- kills`.
import { expect, test } from 'vitest';
import { killStorm } from '../bench/kill-storm.ts';

test('five kills in one broadcast: nobody twice, nobody lost, at most a second’s worth unknown each time', async () => {
  const storm = await killStorm({ bots: 20, people: 100, kills: 5, perSecond: 10, seed: 20_261_121 });
  expect(storm).toMatchObject({ planned: 2000, twice: 0, lost: 0, mistaken: 0, left: 0, addsUp: true });
  expect(storm.unknownPerKill).toHaveLength(5);
  for (const unknown of storm.unknownPerKill) expect(unknown).toBeLessThanOrEqual(storm.secondsWorth);
  expect(storm.arrived).toBeGreaterThanOrEqual(storm.sent);
  expect(storm.arrived).toBeLessThanOrEqual(storm.sent + storm.unknown);
  // the storm did hit it, and most people still got their message
  expect(storm.unknown).toBeGreaterThan(0);
  expect(storm.sent).toBeGreaterThan(1000);
});
