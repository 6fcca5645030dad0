import type { Task } from '../platform/jobs/task.ts';
import { forgetOldHistory } from './forget.ts';
import { recountOrders } from './recount.ts';

export const shopTasks: Task[] = [
  {
    name: 'shop.recount',
    retryLimit: 20,
    expireInSeconds: 120,
    run: (base, job: Parameters<typeof recountOrders>[1]) => recountOrders(base, job),
  },
  {
    name: 'shop.forget_history',
    retryLimit: 1,
    expireInSeconds: 600,
    cron: '50 3 * * *',
    run: forgetOldHistory,
  },
];
