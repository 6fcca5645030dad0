// Dice whose state is kept: the same state throws the same (mulberry32).

export interface Dice {
  /** From 0 to below 1. */
  throw(): number;
  chance(share: number): boolean;
  /** A whole number, both ends included. */
  between(from: number, to: number): number;
  oneOf<T>(list: readonly T[]): T;
  state(): number;
}

export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  function one(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  return {
    throw: one,
    chance: (share) => one() < share,
    between: (from, to) => from + Math.floor(one() * (to - from + 1)),
    oneOf: <T>(list: readonly T[]) => list[Math.floor(one() * list.length)] as T,
    state: () => state,
  };
}
