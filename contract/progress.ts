// Long work as every page and program sees it: imports, bulk actions and exports have one shape and one way to go on after a
// crash.
import { z } from 'zod';
import type { IdPrefix } from './ids.ts';
import { timestamp } from './lists.ts';

/** Kind of work → prefix of its ids. */
export const workPrefixes = {
  import: 'imp',
  bulk_action: 'blk',
  export: 'exp',
  campaign_bulk: 'cbk',
} as const satisfies Record<string, IdPrefix>;
export type WorkKind = keyof typeof workPrefixes;

export const workStatuses = ['queued', 'running', 'finished', 'failed', 'cancelled'] as const;
export type WorkStatus = (typeof workStatuses)[number];

/** To be spread into the schema of each kind of work. */
export const progressFields = {
  status: z.enum(workStatuses),
  processed: z
    .int()
    .meta({ description: 'Rows or people that are done; each of them once, also after a crash' }),
  total: z.int().nullable().meta({ description: 'How many there are to do; null: not known yet' }),
  per_second: z.number().nullable().meta({ description: 'Average of this attempt; null: it does not run' }),
  finish_at: timestamp.nullable().meta({ description: 'At this pace; null: cannot be said' }),
  problem: z.string().nullable().meta({ description: 'Why it failed, and what to do' }),
  created_at: timestamp,
  started_at: timestamp.nullable(),
  finished_at: timestamp.nullable(),
};
export const progress = z.object(progressFields);
export type Progress = z.infer<typeof progress>;
