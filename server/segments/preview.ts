// Who would be in a segment: how many, and a few of them, while the rule is still being written.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Rule } from '../../contract/rules.ts';
import type { SegmentPreview } from '../../contract/segments.ts';
import { contactName } from '../contacts/contact.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { compileRule } from './compile.ts';
import { askedOf } from './resolve.ts';
import { checkRule } from './save.ts';

const sampleSize = 10;
/** From so many on, some are found sooner by looking at one person after the other. */
const many = 10_000;
const memoryMb = 192;
const patienceSeconds = 20;

/** Throws VALIDATION_FAILED, and UNAVAILABLE where it takes too long. */
export async function previewSegment(ctx: Ctx, rule: Rule): Promise<SegmentPreview> {
  try {
    return await preview(ctx, rule);
  } catch (error) {
    if (!isTooSlow(error)) throw error;
    throw new AppError(
      'UNAVAILABLE',
      `Counting took longer than ${patienceSeconds} seconds. Ask for fewer events, or for fewer days of them.`,
      { cause: error },
    );
  }
}

function preview(ctx: Ctx, rule: Rule): Promise<SegmentPreview> {
  return inTransaction(ctx, async (ctx) => {
    await checkRule(ctx, rule, null);
    const asked = await askedOf(ctx, [rule], ctx.clock.now());
    const whole = compileRule(rule, asked, 'whole');
    await beQuick(ctx, whole.gathered);
    const counted = await sql<{ n: number }>`
      SELECT count(*) AS n FROM contacts c ${whole.joins}
      WHERE c.workspace_id = ${asked.workspaceId} AND ${whole.where}`.execute(ctx.db);
    const count = counted.rows[0]?.n ?? 0;
    const { joins, where } = count > many ? compileRule(rule, asked, 'each') : whole;
    const sample = await sql<Parameters<typeof contactName>[0] & { id: string; email: string | null }>`
      SELECT c.id, c.first_name, c.last_name, c.email, c.phone, c.external_id FROM contacts c ${joins}
      WHERE c.workspace_id = ${asked.workspaceId} AND ${where} LIMIT ${sampleSize}`.execute(ctx.db);
    return {
      count,
      sample: sample.rows.map((row) => ({
        id: toWireId('cnt', row.id),
        name: contactName(row),
        email: row.email,
      })),
    };
  });
}

/** What is gathered of a million people fits into memory, shared among all that is gathered; nobody waits for ever. */
async function beQuick(ctx: Ctx, gathered: number): Promise<void> {
  const megabytes = Math.max(4, Math.floor(memoryMb / (gathered + 1)));
  await sql`
    SELECT set_config('work_mem', ${`${megabytes}MB`}, true), set_config('jit', 'off', true),
      set_config('statement_timeout', ${`${patienceSeconds}s`}, true)`.execute(ctx.db);
  // each parallel worker would gather all of it anew
  if (gathered > 0) await sql`SET LOCAL max_parallel_workers_per_gather = 0`.execute(ctx.db);
}

/** PostgreSQL's word for a statement that was too slow. */
const isTooSlow = (error: unknown): boolean => (error as { code?: string }).code === '57014';
