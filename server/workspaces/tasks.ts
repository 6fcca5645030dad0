import type { Task } from '../platform/jobs/task.ts';
import { sweepWorkspaces } from './sweep.ts';

export const workspaceTasks: Task[] = [
  { name: 'workspaces.sweep', retryLimit: 1, expireInSeconds: 600, cron: '10 3 * * *', run: sweepWorkspaces },
];
