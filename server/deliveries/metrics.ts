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
