import type { Task } from '../platform/jobs/task.ts';
import { readAgain, syncConnection, syncDue } from './sync.ts';

export const whatsappTemplateTasks: Task[] = [
  {
    name: 'whatsapp_templates.sync',
    retryLimit: 2,
    expireInSeconds: 300,
    run: (base, job: Parameters<typeof syncConnection>[1]) => syncConnection(base, job),
  },
  {
    name: 'whatsapp_templates.sync_due',
    retryLimit: 0,
    expireInSeconds: 60,
    cron: '* * * * *',
    run: syncDue,
  },
  {
    name: 'whatsapp_templates.read',
    retryLimit: 3,
    expireInSeconds: 300,
    run: (base, job: Parameters<typeof readAgain>[1]) => readAgain(base, job),
  },
];
