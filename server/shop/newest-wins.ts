// Which of two accounts of the same order or cart is kept: the one that changed later in the shop.
import type { WriteResult } from '../../contract/shop.ts';

/** `isSame`: whether both say the same. At the same instant the one that arrives later is believed. */
export function resultOf(
  stored: { updated_at: Date } | undefined,
  given: { updated_at: Date },
  isSame: () => boolean,
): WriteResult {
  if (!stored) return 'created';
  if (given.updated_at < stored.updated_at) return 'stale';
  return isSame() ? 'unchanged' : 'updated';
}

export function tally(results: WriteResult[]): Record<WriteResult, number> {
  const counts = { created: 0, updated: 0, unchanged: 0, stale: 0 };
  for (const result of results) counts[result] += 1;
  return counts;
}
