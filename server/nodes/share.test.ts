// The sharing of lanes as a game: nodes that see only what a look shows them, in any order, come and go. Wherever they begin,
// they end with every lane run by one node, nobody far above the fair share, and nothing moves any more.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createShare, fairShare, type Share } from './share.ts';

interface Player {
  share: Share;
  lanes: Set<string>;
  /** Its credentials do not open: it takes lanes and lets go of them at once. */
  isBroken?: boolean;
}

const lanesOf = (count: number) => Array.from({ length: count }, (_, index) => `lane${index}`);

/** A seeded stand-in for Math.random. */
function dice(seed: number): () => number {
  let state = seed % 2147483647 || 1;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

function play(busy: string[], players: Player[], seed: number, nowMs: number): number {
  let moves = 0;
  const order = dice(seed);
  const takers = [...players].sort(() => order() - 0.5);
  // all look first and act then: what they saw may be outdated
  const seen = takers.map((player) => {
    const held = new Set(players.flatMap((other) => [...other.lanes]));
    return player.share.decide({
      busy,
      mine: [...player.lanes],
      free: busy.filter((lane) => !held.has(lane)),
      workers: players.length,
      nowMs,
    });
  });
  for (const [index, player] of takers.entries()) {
    for (const lane of seen[index]!.handOver) moves += Number(player.lanes.delete(lane));
    for (const lane of seen[index]!.take)
      if (!players.some((other) => other.lanes.has(lane)) && !player.isBroken) {
        player.lanes.add(lane);
        moves += 1;
      }
  }
  return moves;
}

test('wherever they begin, nodes come to fair shares and then rest', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 60, maxLength: 60 }),
      fc.integer({ min: 1, max: 1e9 }),
      (laneCount, nodeCount, owners, seed) => {
        const busy = lanesOf(laneCount);
        const players = Array.from({ length: nodeCount }, (_, i) => ({
          share: createShare(dice(seed + i)),
          lanes: new Set(busy.filter((_lane, index) => owners[index] === i)),
        }));
        for (let look = 0; look < 20; look++) play(busy, players, seed + look, look * 1000);
        const owned = players.flatMap((player) => [...player.lanes]);
        expect(owned.toSorted()).toEqual(busy.toSorted());
        for (const player of players)
          expect(player.lanes.size).toBeLessThanOrEqual(fairShare(laneCount, nodeCount) + 1);
        expect(play(busy, players, seed, 21_000)).toBe(0);
        expect(play(busy, players, seed, 22_000)).toBe(0);
      },
    ),
  );
});

test('a node that joins gets its part, and most lanes go on where they are', () => {
  const busy = lanesOf(40);
  const first: Player = { share: createShare(dice(1)), lanes: new Set(busy) };
  const second: Player = { share: createShare(dice(2)), lanes: new Set() };
  let moves = 0;
  for (let look = 0; look < 20; look++) moves += play(busy, [first, second], look + 1, look * 1000);
  expect(first.lanes.size).toBe(21);
  expect(second.lanes.size).toBe(19);
  // each of the nineteen was let go once and taken once
  expect(moves).toBe(38);
});

test('what the dead leave is taken beyond the fair share as well, before anybody knows that they are dead', () => {
  const busy = lanesOf(10);
  const survivor = createShare(dice(1));
  const mine = busy.slice(0, 5);
  const look = (nowMs: number) => survivor.decide({ busy, mine, free: busy.slice(5), workers: 2, nowMs });
  expect(look(0).take).toEqual([]);
  expect(look(1000).take).toEqual([]);
  expect(look(2000).take.toSorted()).toEqual(busy.slice(5));
});

test('lanes that another node cannot run come back and are not offered to it every second', () => {
  const busy = lanesOf(8);
  const good: Player = { share: createShare(dice(1)), lanes: new Set(busy) };
  const bad: Player = { share: createShare(dice(2)), lanes: new Set(), isBroken: true };
  let moves = 0;
  for (let look = 0; look < 20; look++) moves += play(busy, [good, bad], look + 1, look * 1000);
  expect(good.lanes.size).toBe(8);
  const settled = moves;
  for (let look = 20; look < 50; look++) moves += play(busy, [good, bad], look + 1, look * 1000);
  expect(moves).toBe(settled);
});

test('one node alone takes everything at once', () => {
  const busy = lanesOf(100);
  const { take, handOver } = createShare().decide({ busy, mine: [], free: busy, workers: 1, nowMs: 0 });
  expect(take).toEqual(busy);
  expect(handOver).toEqual([]);
});
