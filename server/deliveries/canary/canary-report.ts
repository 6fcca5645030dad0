// The canary as the report shows it: as judged once it is, as it stands before.
import type { CanaryReport } from '../../../contract/canary.ts';
import type { Ctx } from '../../platform/context.ts';
import { judge } from './canary.ts';
import { countCanary, readCanary } from './tend-canary.ts';

/** Null: the run has no canary. */
export async function canaryReport(ctx: Ctx, runId: string): Promise<CanaryReport | null> {
  const ref = { workspaceId: ctx.actor.workspaceId, runId };
  const run = await readCanary(ctx, ref);
  if (!run) return null;
  const { record } = run;
  const counts = record.counts ?? (await countCanary(ctx, ref));
  return {
    step: run.step,
    people: record.people,
    answered: counts.people - counts.open,
    unknown: counts.unknown,
    figures: judge(counts, run.canary.limits, record.people ?? 0),
    when_passed: run.canary.when_passed,
    wait_minutes: run.canary.wait_minutes,
    judge_at: record.judgeAt,
    judged_at: record.judgedAt,
    settled_at: record.settledAt,
    settled_by: record.settledBy,
    finding: record.finding,
  };
}
