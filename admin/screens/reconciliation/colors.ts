// The colour of each part of the sum: the report's, in bar and table alike.
import type { ReckoningState } from '../../../contract/reconciliation.ts';
import { deliveryColor } from '../report/delivery-state.tsx';

/** Whoever is left is queued, or is being sent to at this moment. */
const color = (state: ReckoningState) => deliveryColor(state === 'left' ? 'queued' : state);

export const colors: Record<ReckoningState, string> = {
  sent: color('sent'),
  failed: color('failed'),
  skipped: color('skipped'),
  unknown: color('unknown'),
  left: color('left'),
  cancelled: color('cancelled'),
};
