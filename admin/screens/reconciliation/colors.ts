// The colour of each part of the sum: the report's, in bar and table alike.
import type { ReckoningState } from '../../../contract/reconciliation.ts';

export const colors: Record<ReckoningState, string> = {
  sent: 'var(--c-brand)',
  failed: 'var(--c-bad)',
  skipped: 'var(--c-series-3)',
  unknown: 'var(--c-warn)',
  left: 'var(--c-mute-soft)',
  cancelled: 'var(--c-series-5)',
};
