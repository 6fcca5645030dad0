// What became of the people of an A/B test, wording by wording: from the counters, so that a look costs the same at a million rows.
import { sql } from 'kysely';
import type { AbTest } from '../../../contract/variants.ts';
import type { BaseCtx } from '../../platform/context.ts';
import type { RunRef } from '../runs/release.ts';
import type { VariantCounts } from './ab.ts';

/** In the order of the variants; all zero before the rows are written. `runIds`: of a test that goes on in several runs. */
export async function countVariants(
  ctx: Pick<BaseCtx, 'db'>,
  { ab, runIds, ...ref }: RunRef & { ab: AbTest; runIds?: string[] },
): Promise<VariantCounts[]> {
  const ofRun = sql`workspace_id = ${ref.workspaceId} AND run_id = ANY(${runIds ?? [ref.runId]}::uuid[]) AND variant >= 0`;
  const { rows } = await sql<{ variant: number; states: Sums; tallies: Sums }>`
    WITH states AS (SELECT variant, state, sum(n) AS n FROM run_counts WHERE ${ofRun} GROUP BY variant, state),
      tallies AS (SELECT variant, what, sum(n) AS n FROM run_tallies WHERE ${ofRun} GROUP BY variant, what)
    SELECT variant, jsonb_object_agg(state, n) AS states,
      coalesce((SELECT jsonb_object_agg(t.what, t.n) FROM tallies t WHERE t.variant = states.variant), '{}') AS tallies
    FROM states GROUP BY variant`.execute(ctx.db);
  return Array.from({ length: ab.variants.length + 1 }, (_, index) => {
    const row = rows.find(({ variant }) => variant === index);
    return toCounts(row?.states ?? {}, row?.tallies ?? {});
  });
}

type Sums = Partial<Record<string, number>>;

function toCounts(states: Sums, tallies: Sums): VariantCounts {
  const of = (...names: string[]) => names.reduce((sum, name) => sum + (states[name] ?? 0), 0);
  return {
    people: of(...Object.keys(states)),
    open: of('queued', 'sending'),
    sent: of('sent', 'delivered', 'read'),
    failed: of('failed'),
    clicked: tallies.clicked ?? 0,
    replied: tallies.replied ?? 0,
    converted: tallies.converted ?? 0,
  };
}
