import type { Task } from '../platform/jobs/task.ts';
import { lookAtGroup, lookAtStaleGroups } from './look.ts';

export const groupTasks: Task[] = [
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
];
