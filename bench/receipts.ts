// A million status webhooks, one status each, a fifth of them repeated, in any order, over real HTTP to a node as `npm start`
// runs it: first at the 2,000 a second that WhatsApp's fastest number brings, for the time of each answer; then as fast as they
// are taken. Afterwards every row must stand where what was sent says. RECEIPTS=100000 for a short one.
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Pool } from 'undici';
import { toWireId } from '../contract/ids.ts';
import { newId } from '../server/platform/db/ids.ts';
import { perSecond, quantile, type Result, type Row, size, whole } from './figures.ts';
import { perEach, processorTime } from './processor-time.ts';
import { openShop, type Shop } from './shop.ts';
import { openStage } from './stage.ts';
import { deliveryIdOf, statuses, type Truth, tellAll, unknownEvery } from './status-truth.ts';

/** Cloud API: a number at its highest throughput is told of some thousand messages a second, twice and more each (2026-11-20). */
const pacedPerSecond = 2000;
const connections = 64;
const targetMs = 50;
const appSecret = 'bench-app-secret';
const account = '106540352242922';

export async function receipts(): Promise<Result> {
  const truth = tellAll(size('RECEIPTS', 1_000_000), dice(size('BENCH_SEED', 20_261_121)));
  const stage = await openStage('plain');
  const shop = await openShop(stage, [], [], 'web');
  const connectionId = await aNumber(shop);
  await sentMessages(shop, connectionId, truth.messages);
  const node = await stage.startNode('all', { WHATSAPP_API_ROOT: stage.emulatorUrl });
  const pool = new Pool(node.url as string, { connections, pipelining: 1 });
  const path = `/hooks/whatsapp/${toWireId('con', connectionId)}`;
  const post = (code: number) => deliver(pool, path, code);
  // what V8 and PostgreSQL learn at their start is no part of it
  const warm = Math.min(2000, truth.order.length / 10);
  await flood(post, truth.order.subarray(0, warm));
  const pacedCount = Math.min(truth.order.length * 0.4, pacedPerSecond * 60);
  const paced = await atRate(post, truth.order.subarray(warm, warm + pacedCount));
  const backlogs = watchBacklog(shop);
  const spent = () => processorTime({ node: node.child.process.pid, sender: process.pid }, stage.dataDir);
  const before = spent();
  const startedAt = performance.now();
  const rest = truth.order.subarray(warm + pacedCount);
  const flooded = await flood(post, rest);
  const takenMs = performance.now() - startedAt;
  const [most, drainedMs] = await backlogs.drained(startedAt);
  const after = spent();
  const wrong = await compare(shop, truth);
  const counted = await countersDiffer(shop);
  await pool.close();
  await node.child.stop();
  await shop.close();
  await stage.stop();
  return {
    rows: [
      {
        what: `${whole(truth.order.length)} status webhooks about ${whole(truth.messages)} messages, a fifth repeated, shuffled`,
        figure: `${whole(perSecond(rest.length, takenMs))}/s taken`,
        ratio: `${whole(perSecond(rest.length, drainedMs))}/s until worked in`,
        target: `≥ ${whole(pacedPerSecond)}/s`,
        met: perSecond(rest.length, takenMs) >= pacedPerSecond,
      },
      answerRow(`answer at ${whole(pacedPerSecond)} a second: p50 / p99 / most`, paced, true),
      answerRow(`answer with ${connections} at once, as fast as they are taken`, flooded, false),
      ...(before && after
        ? [{ what: 'processor time of one webhook, worked in', figure: perEach(before, after, rest.length) }]
        : []),
      { what: 'waiting to be worked in, at most', figure: whole(most) },
      {
        what: 'rows that do not stand where the truth says',
        figure: whole(wrong),
        target: '0',
        met: wrong === 0,
      },
      { what: 'counters that differ from the rows', figure: whole(counted), target: '0', met: counted === 0 },
    ],
  };
}

function answerRow(what: string, ms: Float64Array, isJudged: boolean): Row {
  const all = [...ms];
  const [half, most99, most] = [0.5, 0.99, 1].map((share) => quantile(all, share)) as [
    number,
    number,
    number,
  ];
  const figure = [half, most99, most].map((value) => value.toFixed(1)).join(' / ');
  if (!isJudged) return { what, figure: `${figure} ms` };
  return { what, figure: `${figure} ms`, target: `p99 < ${targetMs} ms`, met: most99 < targetMs };
}

async function deliver(pool: Pool, path: string, code: number): Promise<void> {
  const message = Math.floor(code / statuses.length);
  const status = statuses[code % statuses.length] as string;
  const body = bodyOf(message, status);
  const answer = await pool.request({
    path,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`,
    },
    body,
  });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`a webhook was answered with ${answer.statusCode}`);
}

const at = String(Math.floor(Date.now() / 1000));

function bodyOf(message: number, status: string): string {
  const errors = [{ code: 131026, title: 'Message undeliverable', message: 'Message undeliverable' }];
  const told = {
    id: `wamid.${message}`,
    status,
    timestamp: at,
    recipient_id: String(4_915_000_000_000 + message),
    biz_opaque_callback_data: `${deliveryIdOf(message)}.1`,
    ...(status === 'failed'
      ? { errors }
      : { pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'marketing' } }),
  };
  const metadata = { display_phone_number: '15550783881', phone_number_id: account };
  const value = { messaging_product: 'whatsapp', metadata, statuses: [told] };
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [{ field: 'messages', value }] }],
  });
}

/** One after the other on each connection. Milliseconds of each answer. */
async function flood(post: (code: number) => Promise<void>, order: Uint32Array): Promise<Float64Array> {
  const ms = new Float64Array(order.length);
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let n = next++; n < order.length; n = next++) {
        const startedAt = performance.now();
        await post(order[n] as number);
        ms[n] = performance.now() - startedAt;
      }
    }),
  );
  return ms;
}

/** Each at its moment, whether or not those before have their answers; measured from when it was due. */
async function atRate(post: (code: number) => Promise<void>, order: Uint32Array): Promise<Float64Array> {
  const ms = new Float64Array(order.length);
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();
  for (let n = 0; n < order.length; ) {
    const due = Math.min(order.length, ((performance.now() - startedAt) / 1000) * pacedPerSecond);
    for (; n < due; n++) {
      const place = n;
      const dueAt = startedAt + (place / pacedPerSecond) * 1000;
      const call = post(order[place] as number).then(() => {
        ms[place] = performance.now() - dueAt;
        underWay.delete(call);
      });
      underWay.add(call);
    }
    await sleep(1);
  }
  await Promise.all(underWay);
  return ms;
}

/** How many wait, every quarter of a second; `drained` resolves once none does, with the most and the time since `from`. */
function watchBacklog({ base }: Shop) {
  let most = 0;
  const waiting = async () => {
    const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM inbound_receipts`.execute(base.db);
    const n = rows[0]?.n ?? 0;
    most = Math.max(most, n);
    return n;
  };
  const timer = setInterval(() => void waiting(), 1000);
  return {
    async drained(from: number): Promise<[number, number]> {
      while ((await waiting()) > 0) await sleep(100);
      clearInterval(timer);
      return [most, performance.now() - from];
    },
  };
}

async function compare({ base }: Shop, truth: Truth): Promise<number> {
  let wrong = 0;
  for (let from = 0; from < truth.messages; from += 50_000) {
    const { rows } = await sql<{ id: string; state: string }>`
      SELECT id, state FROM deliveries WHERE id >= ${deliveryIdOf(from)} AND id < ${deliveryIdOf(from + 50_000)} ORDER BY id`.execute(
      base.db,
    );
    for (const [index, row] of rows.entries()) if (row.state !== truth.endOf(from + index)) wrong++;
    wrong += Math.min(50_000, truth.messages - from) - rows.length;
  }
  return wrong;
}

async function countersDiffer({ base }: Shop): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT coalesce(sum(abs(c.n - d.n)), 0)::bigint AS n
    FROM (SELECT state, sum(n) AS n FROM run_counts GROUP BY state HAVING sum(n) <> 0) c
    FULL JOIN (SELECT state, count(*) AS n FROM deliveries GROUP BY state) d USING (state)`.execute(base.db);
  return rows[0]?.n ?? 0;
}

async function aNumber({ base, workspaceId }: Shop): Promise<string> {
  const id = newId();
  const now = base.clock.now();
  const credentials = {
    phone_number_id: account,
    waba_id: '102290129340398',
    access_token: 'bench-access-token',
    app_secret: appSecret,
    verify_token: 'bench-verify-token',
  };
  await base.db
    .insertInto('connections')
    .values({
      workspace_id: workspaceId,
      id,
      channel: 'whatsapp',
      name: 'Bench',
      status: 'connected',
      account_id: account,
      credentials: base.secrets.seal(JSON.stringify(credentials), `connections/${id}/credentials`),
      webhook_secret: 'x',
      receives_by: 'webhook',
      created_at: now,
      updated_at: now,
    })
    .execute();
  return id;
}

/** A finished run of so many messages, one in twenty of them unknown. */
async function sentMessages({ base, workspaceId }: Shop, connectionId: string, count: number): Promise<void> {
  const [campaignId, runId] = [newId(), newId()];
  const now = base.clock.now();
  const content = JSON.stringify({ text: 'Hi {{ contact.first_name }}', media: [], buttons: [] });
  await sql`
    INSERT INTO campaigns (workspace_id, id, number, kind, name, type, status, connection_id, audience, content, schedule, settings, created_at, updated_at, launched_at)
    VALUES (${workspaceId}, ${campaignId}, 1, 'broadcast', 'Bench', 'promotional', 'published', ${connectionId}, '{"all":true}', ${content}, '{"mode":"now"}', '{}', ${now}, ${now}, ${now})`.execute(
    base.db,
  );
  await sql`
    INSERT INTO runs (workspace_id, id, campaign_id, connection_id, status, content, settings, audience, planned, expanded_at, created_at, finished_at)
    VALUES (${workspaceId}, ${runId}, ${campaignId}, ${connectionId}, 'finished', ${content}, '{"unknown":{"resend_after_seconds":null}}', '{"all":true}', ${count}, ${now}, ${now}, ${now})`.execute(
    base.db,
  );
  await sql`
    WITH people AS (
      INSERT INTO contacts (workspace_id, id, first_name, created_at, updated_at)
      SELECT ${workspaceId}::uuid, new_id(), 'P' || n, ${now}, ${now} FROM generate_series(0, ${count - 1}::int) n RETURNING id, substr(first_name, 2)::int AS n
    )
    INSERT INTO deliveries (workspace_id, id, source, priority, campaign_id, run_id, event_key, contact_id, connection_id, channel, address,
      state, reason, attempts, due_at, claimed_at, unknown_at, sent_at, external_id, created_at)
    SELECT ${workspaceId}::uuid, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'campaign', 3, ${campaignId}::uuid, ${runId}::uuid, ${runId},
      id, ${connectionId}::uuid, 'whatsapp', (4915000000000 + n)::text,
      CASE WHEN lost THEN 'unknown' ELSE 'sent' END, CASE WHEN lost THEN 'timeout' END, 1, ${now}, ${now}::timestamptz,
      CASE WHEN lost THEN ${now}::timestamptz END, CASE WHEN NOT lost THEN ${now}::timestamptz END, CASE WHEN NOT lost THEN 'wamid.' || n END, ${now}
    FROM (SELECT *, n % ${unknownEvery}::int = 0 AS lost FROM people) p`.execute(base.db);
  await sql`VACUUM (ANALYZE) deliveries`.execute(base.db);
}

/** Numbers from 0 to 1 that are the same for the same seed. */
function dice(seed: number): () => number {
  let state = seed % 2147483647 || 1;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}
