import type { Task } from '../platform/jobs/task.ts';
import { forgetUnusedTags } from './known-tags.ts';
import { forgetOldMerges } from './merge/merges.ts';
import { goOnReaching, type ReachByPhoneJob, reachByPhone } from './reach-by-phone.ts';

export const contactTasks: Task[] = [
  {
    name: 'contacts.reach_by_phone',
    retryLimit: 20,
    expireInSeconds: 300,
    run: (base, job: ReachByPhoneJob) => reachByPhone(base, job),
  },
  { name: 'contacts.reach_on', retryLimit: 1, expireInSeconds: 60, cron: '*/5 * * * *', run: goOnReaching },
  {
    name: 'contacts.forget_merges',
    retryLimit: 1,
    expireInSeconds: 600,
    cron: '55 * * * *',
    run: forgetOldMerges,
  },
  {
    name: 'contacts.forget_tags',
    retryLimit: 1,
    expireInSeconds: 3600,
    cron: '40 3 * * *',
    run: forgetUnusedTags,
  },
];
