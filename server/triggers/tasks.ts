import type { Task } from '../platform/jobs/task.ts';
import { type CheckJob, check, checkAll, match } from './check.ts';
import { reroute } from './reroute.ts';

export const triggerTasks: Task[] = [
  { name: 'triggers.check_all', retryLimit: 0, expireInSeconds: 60, cron: '*/5 * * * *', run: checkAll },
  {
    name: 'triggers.check',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: CheckJob) => check(base, job),
  },
  { name: 'triggers.reroute', retryLimit: 20, expireInSeconds: 300, run: reroute },
  { name: 'triggers.match', retryLimit: 20, expireInSeconds: 60, run: match },
];
