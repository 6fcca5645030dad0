// States in SQL. As literals, not parameters: a partial index serves only a query whose condition the planner can read.
import { type RawBuilder, sql } from 'kysely';
import type { DeliveryState } from '../../contract/deliveries.ts';

/** `d.state IN ('sending', 'unknown')`; `column` is never user input. */
export function stateIn(column: string, states: readonly DeliveryState[]): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(column)} IN (${sql.join(states.map((state) => sql.lit(state)))})`;
}
