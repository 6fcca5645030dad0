import type { Task } from '../platform/jobs/task.ts';
import type { WorkJob } from '../platform/work/work.ts';
import { runCampaignBulk } from './bulk/run-bulk.ts';
import { finishCampaign, holdCampaign, reopenCampaign } from './control.ts';
import { launchDue, launchOne } from './schedules/launch-due.ts';

export const campaignTasks: Task[] = [
  { name: 'campaigns.launch_due', retryLimit: 3, expireInSeconds: 120, cron: '* * * * *', run: launchDue },
  {
    name: 'campaigns.launch_one',
    retryLimit: 10,
    expireInSeconds: 120,
    oneByOne: true,
    perGroup: 2,
    run: (base, job: Parameters<typeof launchOne>[1]) => launchOne(base, job),
  },
  { name: 'campaigns.finish', retryLimit: 20, expireInSeconds: 60, run: finishCampaign },
  { name: 'campaigns.hold', retryLimit: 20, expireInSeconds: 60, run: holdCampaign },
  { name: 'campaigns.reopen', retryLimit: 20, expireInSeconds: 60, run: reopenCampaign },
  {
    name: 'campaign_bulks.run',
    retryLimit: 20,
    expireInSeconds: 3600,
    oneByOne: true,
    perGroup: 2,
    run: (base, job: WorkJob) => runCampaignBulk(base, job),
  },
];
