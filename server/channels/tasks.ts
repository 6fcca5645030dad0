import type { Task } from '../platform/jobs/task.ts';
import { type ForgetPersonJob, forgetPerson } from './forget-person.ts';
import { type HealthJob, lookAtAllHealth, runHealthJob } from './health.ts';
import { forgetOldUpdates } from './updates.ts';

export const channelTasks: Task[] = [
  {
    name: 'channels.forget_person',
    retryLimit: 10,
    expireInSeconds: 600,
    run: (base, job: ForgetPersonJob) => forgetPerson(base, job),
  },
  {
    name: 'channels.health',
    retryLimit: 0,
    expireInSeconds: 60,
    run: (base, job: HealthJob) => runHealthJob(base, job),
  },
  {
    name: 'channels.look_at_health',
    retryLimit: 0,
    expireInSeconds: 60,
    cron: '12 * * * *',
    run: lookAtAllHealth,
  },
  {
    name: 'channels.forget_updates',
    retryLimit: 1,
    expireInSeconds: 600,
    cron: '20 3 * * *',
    run: forgetOldUpdates,
  },
];
