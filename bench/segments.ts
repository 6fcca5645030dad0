// Who a rule means among a million people: count and sample, as the editor of segments asks for them while somebody types, and
// how PostgreSQL finds them. A table that is read as a whole for a few of its rows, where an index knows them, is a miss.
import { sql } from 'kysely';
import { toWireId } from '../contract/ids.ts';
import type { Rule } from '../contract/rules.ts';
import { asSystem, type Ctx } from '../server/platform/context.ts';
import { inTime } from '../server/platform/db/in-time.ts';
import { compileRule } from '../server/segments/compile.ts';
import { previewSegment } from '../server/segments/preview.ts';
import { askedOf } from '../server/segments/resolve.ts';
import { openCrowd } from './crowd.ts';
import { median, quantile, type Row, size, whole } from './figures.ts';
import { benchRules } from './segment-rules.ts';
import { openStage } from './stage.ts';

const targets = { three: 300, five: 1500 } as const;
/** Of a large table that is read as a whole at least this share has to be wanted, where an index knows which. */
const wantedShare = 0.02;
const largeTable = 100_000;

export async function segments(): Promise<Row[]> {
  const people = size('BENCH_PEOPLE', 1_000_000);
  const rounds = size('BENCH_ROUNDS', 10);
  const stage = await openStage('plain');
  const { shop, names } = await openCrowd(stage, {
    people,
    events: people * 5,
    orders: Math.ceil(people / 2),
  });
  const ctx = asSystem(shop.base, shop.workspaceId);
  const asked = benchRules({ campaign: toWireId('cmp', names.campaign), list: toWireId('seg', names.list) });
  const rows: Row[] = [];
  for (const group of ['three', 'five'] as const) {
    const all: number[] = [];
    const each: Row[] = [];
    for (const [name, rule] of Object.entries(asked[group])) {
      const { times, count } = await timed(ctx, rule, rounds);
      all.push(...times);
      const { scans, wrong } = await readingOf(ctx, rule);
      each.push({
        what: `${group}: ${name}`,
        figure: `${whole(median(times))} ms`,
        ratio: `${whole(count)} people; ${scans.join(', ')}`,
        ...(wrong.length > 0 && { target: `an index for ${wrong.join(', ')}`, met: false }),
      });
    }
    const p95 = quantile(all, 0.95);
    rows.push({
      what: `${group} conditions over ${whole(people)} people, count and sample: p50 / p95 / longest of ${all.length}`,
      figure: `${[quantile(all, 0.5), p95, Math.max(...all)].map(whole).join(' / ')} ms`,
      target: `p95 ≤ ${whole(targets[group])} ms`,
      met: p95 <= targets[group],
    });
    rows.push(...each);
  }
  await shop.close();
  await stage.stop();
  return rows;
}

/** The first round fills caches and does not count. */
async function timed(ctx: Ctx, rule: Rule, rounds: number): Promise<{ times: number[]; count: number }> {
  const times: number[] = [];
  let count = 0;
  for (let round = 0; round <= rounds; round++) {
    const startedAt = performance.now();
    ({ count } = await previewSegment(ctx, rule));
    if (round > 0) times.push(performance.now() - startedAt);
  }
  return { times, count };
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Filter?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

/** How each table is read, and those that an index should have found. */
async function readingOf(ctx: Ctx, rule: Rule): Promise<{ scans: string[]; wrong: string[] }> {
  const asked = await askedOf(ctx, [rule], ctx.clock.now());
  const { joins, where, gathered } = compileRule(rule, asked, 'whole');
  const { rows } = await inTime(ctx, { gathered, workers: 1 }, (ctx) =>
    sql<{ 'QUERY PLAN': [{ Plan: Plan }] }>`
      EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT count(*) FROM contacts c ${joins}
      WHERE c.workspace_id = ${ctx.actor.workspaceId} AND ${where}`.execute(ctx.db),
  );
  const scans: string[] = [];
  const wrong: string[] = [];
  const walk = (plan: Plan): void => {
    const table = plan['Relation Name'];
    const index = plan['Index Name'];
    if (table && !['connections', 'segments'].includes(table)) {
      const isWhole = plan['Node Type'] === 'Seq Scan';
      if (plan['Node Type'] !== 'Bitmap Heap Scan') scans.push(isWhole ? `all ${table}` : `${index}`);
      if (isWhole && isWrong(plan)) wrong.push(table);
    } else if (index) scans.push(index);
    for (const inner of plan.Plans ?? []) walk(inner);
  };
  walk((rows[0] as (typeof rows)[number])['QUERY PLAN'][0].Plan);
  return { scans: [...new Set(scans)], wrong };
}

/** What indexes serve (migrations): equality of tags and attributes, times of creation, names of events, products, campaigns. */
const indexed = /\btags (&&|@>)|attributes @>|created_at >=|\bname =|product_id =|campaign_id =|segment_id =/;
function isWrong(plan: Plan): boolean {
  const kept = plan['Actual Rows'] * plan['Actual Loops'];
  const read = kept + (plan['Rows Removed by Filter'] ?? 0) * plan['Actual Loops'];
  return read >= largeTable && kept < read * wantedShare && indexed.test(plan.Filter ?? '');
}
