import type { Task } from '../platform/jobs/task.ts';
import type { WorkJob } from '../platform/work/work.ts';
import { runBulkAction } from './bulk/run-bulk.ts';
import { type CheckJob, checkDue, checkSegment, forgetOldChanges } from './check.ts';
import { forgetOldExports } from './exports/export.ts';
import { runExport } from './exports/run-export.ts';

export const segmentTasks: Task[] = [
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
    name: 'exports.run',
    retryLimit: 20,
    expireInSeconds: 3600,
    oneByOne: true,
    perGroup: 2,
    run: (base, job: WorkJob) => runExport(base, job),
  },
  { name: 'exports.forget', retryLimit: 0, expireInSeconds: 600, cron: '25 * * * *', run: forgetOldExports },
];
