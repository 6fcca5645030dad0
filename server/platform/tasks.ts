import type { Task } from './jobs/task.ts';
import { reviveWorks } from './work/run-work.ts';

export const platformTasks: Task[] = [
  {
    name: 'storage.sweep',
    retryLimit: 0,
    expireInSeconds: 600,
    cron: '35 * * * *',
    // an upload that is still coming in adds to its file all the time
    run: ({ storage, clock }) => storage.removeLeftovers(new Date(clock.now().getTime() - 6 * 3_600_000)),
  },
  { name: 'works.revive', retryLimit: 0, expireInSeconds: 60, cron: '* * * * *', run: reviveWorks },
];
