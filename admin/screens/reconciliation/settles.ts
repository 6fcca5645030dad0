// Whether those nobody knows of settle without anybody, and until when that is waited for.
import { tellsReceipts } from '../../../contract/receipts.ts';
import type { Reconciliation } from '../../../contract/reconciliation.ts';

/** When the last of them is settled at the latest; null: a person has to decide, as nothing tells, or the time for it is over. */
export function settlesBy(
  { groups, policy, run }: Pick<Reconciliation, 'groups' | 'policy' | 'run'>,
  channel: string | null | undefined,
  now: Date,
): Date | null {
  const seconds = policy.resend_after_seconds;
  if (!channel || !tellsReceipts(channel) || seconds === null || run?.status === 'cancelled') return null;
  const lasts = groups.flatMap(({ state, last_at }) =>
    state === 'unknown' && last_at ? [new Date(last_at).getTime()] : [],
  );
  if (lasts.length === 0) return null;
  const by = new Date(Math.max(...lasts) + seconds * 1000);
  return by > now ? by : null;
}
