// Of which channels something is true, in SQL. As literals, not parameters: the planner reads them.
import { type RawBuilder, sql } from 'kysely';
import { channelsWhere } from '../../../contract/channel-facts.ts';

/** `d.channel IN ('whatsapp')`; `column` is never user input. */
export function channelIn(
  column: RawBuilder<unknown>,
  fact: Parameters<typeof channelsWhere>[0],
): RawBuilder<boolean> {
  return sql<boolean>`${column} IN (${sql.join(channelsWhere(fact).map((channel) => sql.lit(channel)))})`;
}
