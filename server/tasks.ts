// Job name → handler: the whole list of what happens outside requests and lanes.
import { runCampaignBulk } from './campaigns/bulk/run-bulk.ts';
import { finishCampaign, holdCampaign, reopenCampaign } from './campaigns/control.ts';
import { launchDue, launchOne } from './campaigns/schedules/launch-due.ts';
import { type ForgetPersonJob, forgetPerson } from './channels/forget-person.ts';
import { forgetOldUpdates } from './channels/updates.ts';
import { forgetUnusedTags } from './contacts/known-tags.ts';
import { forgetOldMerges } from './contacts/merge/merges.ts';
import { tendAb, tendAbs } from './deliveries/ab/tend-ab.ts';
import { tendCanaries, tendCanary } from './deliveries/canary/tend-canary.ts';
import { holdCircuits } from './deliveries/circuit/keep-circuit.ts';
import { forgetOldClicks } from './deliveries/links/click.ts';
import { forgetOldMinutes } from './deliveries/pace/minutes.ts';
import { rejudgeWaiting } from './deliveries/pressure/quiet-rows.ts';
import { expandPerson, untwin } from './deliveries/runs/after-merge.ts';
import { cancelWaiting, expandRun } from './deliveries/runs/expand.ts';
import { holdRuns } from './deliveries/runs/finish.ts';
import { forgetPeopleOfEnded } from './deliveries/runs/frozen-people.ts';
import { lookAtLocalHours } from './deliveries/runs/local-hours.ts';
import { type RunRef, releaseForgotten, releasePlanned } from './deliveries/runs/release.ts';
import { declareForgotten } from './deliveries/sending/claim.ts';
import { attributeOrders } from './deliveries/sending/receipts.ts';
import { resendUnknownByPolicy } from './deliveries/settling/reconcile.ts';
import { continueSettlement } from './deliveries/settling/settlement.ts';
import { lookAtGroup, lookAtStaleGroups } from './groups/look.ts';
import { forgetImportFiles } from './imports/forget.ts';
import { runImport } from './imports/run.ts';
import { forgetLostNodes } from './nodes/presence.ts';
import type { BaseCtx } from './platform/context.ts';
import type { JobSpec } from './platform/jobs/jobs.ts';
import { reviveWorks } from './platform/work/run-work.ts';
import type { WorkJob } from './platform/work/work.ts';
import { runBulkAction } from './segments/bulk/run-bulk.ts';
import { type CheckJob, checkDue, checkSegment, forgetOldChanges } from './segments/check.ts';
import { forgetOldExports } from './segments/exports/export.ts';
import { runExport } from './segments/exports/run-export.ts';
import { recountOrders } from './shop/recount.ts';
import { sweepWorkspaces } from './workspaces/sweep.ts';

interface Task extends JobSpec {
  run(base: BaseCtx, data: never): Promise<unknown>;
}

export const tasks: Task[] = [
  {
    name: 'deliveries.expand',
    retryLimit: 20,
    expireInSeconds: 120,
    oneByOne: true,
    run: (base, job: Parameters<typeof expandRun>[1]) => expandRun(base, job),
  },
  {
    name: 'deliveries.expand_person',
    retryLimit: 20,
    expireInSeconds: 60,
    run: (base, job: Parameters<typeof expandPerson>[1]) => expandPerson(base, job),
  },
  {
    name: 'deliveries.untwin',
    retryLimit: 20,
    expireInSeconds: 60,
    run: (base, job: Parameters<typeof untwin>[1]) => untwin(base, job),
  },
  {
    name: 'deliveries.forget_people',
    retryLimit: 1,
    expireInSeconds: 600,
    cron: '50 * * * *',
    run: forgetPeopleOfEnded,
  },
  {
    name: 'channels.forget_person',
    retryLimit: 10,
    expireInSeconds: 600,
    run: (base, job: ForgetPersonJob) => forgetPerson(base, job),
  },
  {
    name: 'contacts.forget_merges',
    retryLimit: 1,
    expireInSeconds: 600,
    cron: '55 * * * *',
    run: forgetOldMerges,
  },
  {
    name: 'contacts.forget_tags',
    retryLimit: 1,
    expireInSeconds: 3600,
    cron: '40 3 * * *',
    run: forgetUnusedTags,
  },
  { name: 'deliveries.cancel', retryLimit: 20, expireInSeconds: 120, run: cancelWaiting },
  {
    name: 'deliveries.resend_unknown',
    retryLimit: 0,
    expireInSeconds: 60,
    cron: '* * * * *',
    run: (base) => resendUnknownByPolicy(base),
  },
  {
    name: 'deliveries.settle',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: Parameters<typeof continueSettlement>[1]) => continueSettlement(base, job),
  },
  {
    name: 'deliveries.local_hours',
    retryLimit: 0,
    expireInSeconds: 60,
    cron: '* * * * *',
    run: lookAtLocalHours,
  },
  { name: 'deliveries.sweep', retryLimit: 0, expireInSeconds: 60, cron: '* * * * *', run: declareForgotten },
  {
    name: 'deliveries.canary',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: RunRef) => tendCanary(base, job),
  },
  {
    name: 'deliveries.ab',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: RunRef) => tendAb(base, job),
  },
  {
    name: 'deliveries.release',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: RunRef) => releasePlanned(base, job),
  },
  {
    // canaries, A/B tests, and runs whose people should have been let go
    name: 'deliveries.tend_held_back',
    formerly: 'deliveries.tend_canaries',
    retryLimit: 0,
    expireInSeconds: 60,
    cron: '* * * * *',
    async run(base) {
      await tendCanaries(base);
      await tendAbs(base);
      await releaseForgotten(base);
    },
  },
  {
    name: 'deliveries.hold_circuits',
    retryLimit: 0,
    expireInSeconds: 60,
    cron: '* * * * *',
    run: holdCircuits,
  },
  {
    name: 'deliveries.forget_minutes',
    retryLimit: 1,
    expireInSeconds: 60,
    cron: '40 * * * *',
    run: forgetOldMinutes,
  },
  {
    name: 'deliveries.forget_clicks',
    retryLimit: 1,
    expireInSeconds: 600,
    cron: '45 3 * * *',
    run: forgetOldClicks,
  },
  {
    name: 'deliveries.attribute_orders',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: Parameters<typeof attributeOrders>[1]) => attributeOrders(base, job),
  },
  { name: 'deliveries.rejudge', retryLimit: 20, expireInSeconds: 120, run: rejudgeWaiting },
  {
    name: 'deliveries.hold',
    retryLimit: 20,
    expireInSeconds: 60,
    run: (base, job: Parameters<typeof holdRuns>[1]) => holdRuns(base, job),
  },
  { name: 'campaigns.launch_due', retryLimit: 3, expireInSeconds: 120, cron: '* * * * *', run: launchDue },
  {
    name: 'campaigns.launch_one',
    retryLimit: 10,
    expireInSeconds: 120,
    oneByOne: true,
    perGroup: 2,
    run: (base, job: Parameters<typeof launchOne>[1]) => launchOne(base, job),
  },
  { name: 'campaigns.finish', retryLimit: 20, expireInSeconds: 60, run: finishCampaign },
  { name: 'campaigns.hold', retryLimit: 20, expireInSeconds: 60, run: holdCampaign },
  { name: 'campaigns.reopen', retryLimit: 20, expireInSeconds: 60, run: reopenCampaign },
  {
    name: 'channels.forget_updates',
    retryLimit: 1,
    expireInSeconds: 600,
    cron: '20 3 * * *',
    run: forgetOldUpdates,
  },
  {
    name: 'segments.check',
    retryLimit: 3,
    expireInSeconds: 120,
    run: (base, job: CheckJob) => checkSegment(base, job),
  },
  {
    name: 'segments.check_due',
    retryLimit: 0,
    expireInSeconds: 120,
    cron: '* * * * *',
    run: checkDue,
  },
  {
    name: 'segments.forget_changes',
    retryLimit: 1,
    expireInSeconds: 600,
    cron: '50 3 * * *',
    run: forgetOldChanges,
  },
  {
    name: 'bulk_actions.run',
    retryLimit: 20,
    expireInSeconds: 3600,
    oneByOne: true,
    perGroup: 2,
    run: (base, job: WorkJob) => runBulkAction(base, job),
  },
  {
    name: 'campaign_bulks.run',
    retryLimit: 20,
    expireInSeconds: 3600,
    oneByOne: true,
    perGroup: 2,
    run: (base, job: WorkJob) => runCampaignBulk(base, job),
  },
  {
    name: 'exports.run',
    retryLimit: 20,
    expireInSeconds: 3600,
    oneByOne: true,
    perGroup: 2,
    run: (base, job: WorkJob) => runExport(base, job),
  },
  { name: 'exports.forget', retryLimit: 0, expireInSeconds: 600, cron: '25 * * * *', run: forgetOldExports },
  {
    name: 'groups.look',
    retryLimit: 3,
    expireInSeconds: 60,
    run: (base, job: Parameters<typeof lookAtGroup>[1]) => lookAtGroup(base, job),
  },
  {
    name: 'groups.look_again',
    retryLimit: 0,
    expireInSeconds: 300,
    cron: '*/10 * * * *',
    run: lookAtStaleGroups,
  },
  {
    name: 'imports.run',
    retryLimit: 20,
    // a file of many million rows; a node that dies is noticed by its silence, long before
    expireInSeconds: 24 * 3600 - 1,
    oneByOne: true,
    perGroup: 1,
    run: (base, job: WorkJob) => runImport(base, job),
  },
  {
    name: 'imports.forget',
    retryLimit: 0,
    expireInSeconds: 600,
    cron: '25 * * * *',
    run: forgetImportFiles,
  },
  { name: 'nodes.forget', retryLimit: 0, expireInSeconds: 60, cron: '*/10 * * * *', run: forgetLostNodes },
  {
    name: 'storage.sweep',
    retryLimit: 0,
    expireInSeconds: 600,
    cron: '35 * * * *',
    // an upload that is still coming in adds to its file all the time
    run: ({ storage, clock }) => storage.removeLeftovers(new Date(clock.now().getTime() - 6 * 3_600_000)),
  },
  { name: 'works.revive', retryLimit: 0, expireInSeconds: 60, cron: '* * * * *', run: reviveWorks },
  {
    name: 'shop.recount',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: Parameters<typeof recountOrders>[1]) => recountOrders(base, job),
  },
  { name: 'workspaces.sweep', retryLimit: 1, expireInSeconds: 600, cron: '10 3 * * *', run: sweepWorkspaces },
];

export async function runTask(base: BaseCtx, name: string, data: unknown): Promise<void> {
  const task = tasks.find((task) => task.name === name);
  if (!task) throw new Error(`There is no job "${name}" in server/tasks.ts`);
  await task.run(base, data as never);
}
