// Who would be in a segment: how many, and a few of them, while the rule is still being written.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Rule } from '../../contract/rules.ts';
import type { SegmentPreview } from '../../contract/segments.ts';
import { contactName } from '../contacts/contact.ts';
import type { Ctx } from '../platform/context.ts';
import { inTime } from '../platform/db/in-time.ts';
import { needScope } from '../platform/scopes.ts';
import { compileRule } from './compile.ts';
import { inTurn } from './in-turn.ts';
import { askedOf } from './resolve.ts';
import { checkRule } from './save.ts';

const sampleSize = 10;
/** From so many on, some are found sooner by looking at one person after the other than by gathering facts of everybody again. */
const many = 1000;

/** Throws FORBIDDEN, VALIDATION_FAILED, UNAVAILABLE where it takes too long, and RATE_LIMITED where many are asked already. */
export async function previewSegment(ctx: Ctx, rule: Rule): Promise<SegmentPreview> {
  needScope(ctx, 'contacts:read');
  return inTurn(ctx, () => lookAround(ctx, rule));
}

async function lookAround(ctx: Ctx, rule: Rule): Promise<SegmentPreview> {
  await checkRule(ctx, rule, null);
  const asked = await askedOf(ctx, [rule], ctx.clock.now());
  const whole = compileRule(rule, asked, 'whole');
  return inTime(ctx, { gathered: whole.gathered, workers: 1 }, async (ctx) => {
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
