import type { Task } from '../platform/jobs/task.ts';
import { forgetLostNodes } from './presence.ts';

export const nodeTasks: Task[] = [
  { name: 'nodes.forget', retryLimit: 0, expireInSeconds: 60, cron: '*/10 * * * *', run: forgetLostNodes },
];
