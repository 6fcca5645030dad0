// What /metrics tells of the engine. Labelled by channel and outcome, never by contact or campaign.
import { Counter, Gauge } from '@prometheus-io/client';
import { registry } from '../platform/http/metrics.ts';

/** Outcomes as the lanes record them. */
export const sendOutcomes = new Counter({
  name: 'carillon_send_outcomes_total',
  help: 'Sends by channel and outcome',
  labelNames: ['channel', 'outcome'],
  registers: [registry],
});
/** All outcomes since this process began. */
export async function outcomesSoFar(): Promise<number> {
  const { values } = await sendOutcomes.get();
  return values.reduce((sum, { value }) => sum + value, 0);
}
export const circuitOpenings = new Counter({
  name: 'carillon_circuit_openings_total',
  help: 'How often a connection was stopped because its platform did not answer properly',
  labelNames: ['channel'],
  registers: [registry],
});
export const lanesOwned = new Gauge({
  name: 'carillon_lanes_owned',
  help: 'Lanes this node runs at present',
  registers: [registry],
});
export const receiptsAside = new Gauge({
  name: 'carillon_receipts_aside',
  help: 'Receipts that could not be worked in and stand aside, in the whole installation; inbound_receipts.problem says why',
  registers: [registry],
});
export const receiptsWorkedIn = new Counter({
  name: 'carillon_receipts_worked_in_total',
  help: 'Receipts of platforms (delivered, read, failed) that this node has worked into the send log',
  registers: [registry],
});
