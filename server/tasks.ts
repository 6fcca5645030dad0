// Job name → handler: the whole list of what happens outside requests and lanes, as the modules bring it.
import { campaignTasks } from './campaigns/tasks.ts';
import { channelTasks } from './channels/tasks.ts';
import { contactTasks } from './contacts/tasks.ts';
import { conversationTasks } from './conversations/tasks.ts';
import { deliveryTasks } from './deliveries/tasks.ts';
import { demoTasks } from './demo/tasks.ts';
import { groupTasks } from './groups/tasks.ts';
import { importTasks } from './imports/tasks.ts';
import { nodeTasks } from './nodes/tasks.ts';
import type { BaseCtx } from './platform/context.ts';
import type { Task } from './platform/jobs/task.ts';
import { platformTasks } from './platform/tasks.ts';
import { segmentTasks } from './segments/tasks.ts';
import { shopTasks } from './shop/tasks.ts';
import { triggerTasks } from './triggers/tasks.ts';
import { whatsappTemplateTasks } from './whatsapp-templates/tasks.ts';
import { workspaceTasks } from './workspaces/tasks.ts';

export const tasks: Task[] = [
  ...platformTasks,
  ...workspaceTasks,
  ...contactTasks,
  ...shopTasks,
  ...segmentTasks,
  ...importTasks,
  ...channelTasks,
  ...whatsappTemplateTasks,
  ...groupTasks,
  ...nodeTasks,
  ...deliveryTasks,
  ...conversationTasks,
  ...campaignTasks,
  ...triggerTasks,
  ...demoTasks,
];

export async function runTask(base: BaseCtx, name: string, data: unknown): Promise<void> {
  const task = tasks.find((task) => task.name === name);
  if (!task) throw new Error(`No module has a job "${name}" in its tasks.ts`);
  await task.run(base, data as never);
}
