// Waiting for something to come true in the database, with an end.
import type { BaseCtx } from '../platform/context.ts';

const lookEveryMs = 150;

/** Resolves when `check` does. Rejects after `limitMs` with a sentence that names what was waited for. */
export async function until(
  base: BaseCtx,
  limitMs: number,
  what: string,
  check: () => Promise<boolean>,
): Promise<void> {
  const end = base.clock.now().getTime() + limitMs;
  while (!(await check())) {
    if (base.clock.now().getTime() > end)
      throw new Error(`The demo waited ${limitMs / 1000} s for ${what} and goes no further.`);
    await base.clock.sleep(lookEveryMs);
  }
}
