import type { Task } from '../platform/jobs/task.ts';
import type { WorkJob } from '../platform/work/work.ts';
import { forgetImportFiles } from './forget.ts';
import { runImport } from './run.ts';

export const importTasks: Task[] = [
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
];
