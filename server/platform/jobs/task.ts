// A job and what does it. Each module lists its own in its tasks.ts; server/tasks.ts puts them together.
import type { BaseCtx } from '../context.ts';
import type { JobSpec } from './jobs.ts';

export interface Task extends JobSpec {
  /** `data` is what was enqueued under the job's name; each handler names its shape. */
  run(base: BaseCtx, data: never): Promise<unknown>;
}
