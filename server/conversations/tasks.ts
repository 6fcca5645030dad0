import type { Task } from '../platform/jobs/task.ts';
import { type FileRef, fetchDueFiles, fetchFile, fetchWaitingOf, removeFiles } from './message-file.ts';

export const conversationTasks: Task[] = [
  {
    name: 'conversations.fetch_file',
    retryLimit: 3,
    expireInSeconds: 120,
    oneByOne: true,
    run: (base, ref: FileRef) => fetchFile(base, ref),
  },
  {
    name: 'conversations.fetch_due',
    retryLimit: 0,
    expireInSeconds: 60,
    cron: '* * * * *',
    run: fetchDueFiles,
  },
  {
    name: 'conversations.fetch_waiting',
    retryLimit: 3,
    expireInSeconds: 60,
    run: (base, job: Parameters<typeof fetchWaitingOf>[1]) => fetchWaitingOf(base, job),
  },
  {
    name: 'conversations.remove_files',
    retryLimit: 10,
    expireInSeconds: 120,
    run: (base, job: Parameters<typeof removeFiles>[1]) => removeFiles(base, job),
  },
];
