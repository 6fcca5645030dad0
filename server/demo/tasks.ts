import type { Task } from '../platform/jobs/task.ts';
import { type LifeJob, runLife } from './life/run.ts';

export const demoTasks: Task[] = [
  {
    name: 'demo.live',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: LifeJob) => runLife(base, job),
  },
];
