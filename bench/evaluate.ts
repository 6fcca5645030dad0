// Rules asked about one person in memory, as triggers will: how many answers a second one core gives, over people with all
// that a shop knows of them, and how fast what is known is read.
import { sql } from 'kysely';
import { toWireId } from '../contract/ids.ts';
import { asSystem } from '../server/platform/context.ts';
import { evaluator } from '../server/segments/evaluate.ts';
import { loadFacts } from '../server/segments/facts.ts';
import { askedOf } from '../server/segments/resolve.ts';
import { openCrowd } from './crowd.ts';
import { median, perSecond, type Row, size, whole } from './figures.ts';
import { benchRules } from './segment-rules.ts';
import { openStage } from './stage.ts';

const target = 100_000;
const asked = 1000;

export async function evaluate(): Promise<Row[]> {
  const people = size('BENCH_PEOPLE', 20_000);
  const rounds = size('BENCH_ROUNDS', 10);
  const stage = await openStage('plain');
  const { shop, names } = await openCrowd(stage, {
    people,
    events: people * 5,
    orders: Math.ceil(people / 2),
  });
  const ctx = asSystem(shop.base, shop.workspaceId);
  const { three, five } = benchRules({
    campaign: toWireId('cmp', names.campaign),
    list: toWireId('seg', names.list),
  });
  const all = { three: Object.values(three), five: Object.values(five) };
  const rules = [...all.three, ...all.five];
  const { moment, segments } = await askedOf(ctx, rules, ctx.clock.now());
  const ids = await sql<{ id: string }>`
    SELECT id FROM contacts WHERE workspace_id = ${shop.workspaceId} ORDER BY id LIMIT ${asked}`.execute(
    shop.base.db,
  );
  const readAt = performance.now();
  const facts = [
    ...(
      await loadFacts(
        ctx,
        ids.rows.map(({ id }) => id),
        rules,
        { segments, moment },
      )
    ).values(),
  ];
  const readMs = performance.now() - readAt;
  const rows: Row[] = [];
  for (const group of ['three', 'five'] as const) {
    const predicates = all[group].map((rule) => evaluator(rule, moment, segments));
    const rates: number[] = [];
    let held = 0;
    for (let round = 0; round <= rounds; round++) {
      const startedAt = performance.now();
      let answers = 0;
      while (performance.now() - startedAt < 200)
        for (const predicate of predicates)
          for (const one of facts) {
            if (predicate(one)) held += 1;
            answers += 1;
          }
      // the first round is the compiler's
      if (round > 0) rates.push(perSecond(answers, performance.now() - startedAt));
    }
    if (held === 0) throw new Error('No rule held for anybody: this measures nothing');
    rows.push({
      what: `rules of ${group} conditions, ${predicates.length} of them over ${whole(facts.length)} people, one core`,
      figure: `${whole(median(rates))} rules/s`,
      target: `≥ ${whole(target)} rules/s`,
      met: median(rates) >= target,
    });
  }
  rows.push({
    what: `what these rules ask, read for ${whole(facts.length)} people at once`,
    figure: `${whole(perSecond(facts.length, readMs))} people/s`,
  });
  await shop.close();
  await stage.stop();
  return rows;
}
