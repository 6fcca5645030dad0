// The peer's worker, a process of its own: a BullMQ worker that sends over the same undici pool and, when the platform has
// answered, writes the ledger's row in one statement. No limiter, no counters. A `careful` job also claims the row before
// the request and writes the message into the thread.
import { Worker } from 'bullmq';
import pg from 'pg';
import { Pool } from 'undici';
import type { SendJob } from './bullmq.ts';
import { bodyFor, numberOf } from './requests.ts';

const { QUEUE, REDIS_SOCKET, DATABASE_URL, EMULATOR_URL, WORKSPACE_ID, CONCURRENCY, DATABASE_CONNECTIONS } =
  process.env;

const http = new Pool(EMULATOR_URL as string, { connections: 64, pipelining: 1 });
const db = new pg.Pool({ connectionString: DATABASE_URL, max: Number(DATABASE_CONNECTIONS) });
let left = 0;
let started = 0;

async function send(job: SendJob): Promise<void> {
  if (job.careful && !(await claim(job))) return;
  const answer = await http.request({
    path: `/bot${job.token}/sendMessage`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: bodyFor(numberOf(job.person)),
  });
  const { ok, result } = (await answer.body.json()) as { ok: boolean; result: { message_id: number } };
  if (!ok) throw new Error('the emulator refused a message');
  await db.query({
    ...(job.careful ? sentWithThread : sent),
    values: [WORKSPACE_ID, job.deliveryId, String(result.message_id)],
  });
}

const sent = {
  name: 'sent',
  text: `UPDATE bullmq_ledger SET state = 'sent', external_id = $3, sent_at = now(), attempts = attempts + 1
         WHERE workspace_id = $1 AND id = $2`,
};

/** What it takes to know after a crash who may have been messaged: the row is ours before the request leaves. */
async function claim(job: SendJob): Promise<boolean> {
  const result = await db.query({
    name: 'claim',
    text: `UPDATE bullmq_ledger SET state = 'sending', claimed_at = now(), attempts = attempts + 1
           WHERE workspace_id = $1 AND id = $2 AND state = 'queued'`,
    values: [WORKSPACE_ID, job.deliveryId],
  });
  return result.rowCount === 1;
}

/** The outcome, and the message in its thread, as Carillon writes them. */
const sentWithThread = {
  name: 'sent with thread',
  text: `WITH moved AS (
           UPDATE bullmq_ledger SET state = 'sent', external_id = $3, sent_at = now()
           WHERE workspace_id = $1 AND id = $2 RETURNING *)
         INSERT INTO bullmq_threads (workspace_id, id, contact_id, connection_id, direction, delivery_id, external_id, body, at)
         SELECT workspace_id, id, contact_id, connection_id, 'out', id, external_id, '{"text":"Hi, 50% off today only","spans":[]}', now()
         FROM moved`,
};

const worker = new Worker<SendJob>(QUEUE as string, (job) => send(job.data), {
  connection: { path: REDIS_SOCKET, maxRetriesPerRequest: null },
  concurrency: Number(CONCURRENCY),
  autorun: false,
});
// both go away before we do when a bench is broken off
db.on('error', () => {});
worker.on('error', () => {});
worker.on('completed', () => {
  left -= 1;
  if (left > 0) return;
  const ms = performance.now() - started;
  // the jobs of the next round are added while nobody takes them
  void worker.pause().then(() => process.send?.({ ms }));
});
worker.on('failed', (_job, error) => {
  throw error;
});
await worker.waitUntilReady();

let running = false;
process.on('message', ({ count }: { count: number }) => {
  left = count;
  started = performance.now();
  if (running) void worker.resume();
  else void worker.run();
  running = true;
});
process.on('disconnect', () => process.exit(0));
process.send?.({});
