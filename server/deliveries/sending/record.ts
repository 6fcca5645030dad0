// Writing down what became of the sends: all lanes of a node hand their outcomes to one recorder, which flushes them every
// 40 ms with one statement for ledger and thread together. If PostgreSQL is away the outcomes wait in memory and are
// written when it is back; only a node that dies with them unflushed leaves rows `unknown`.
import { sql } from 'kysely';
import type { DeliveryState } from '../../../contract/deliveries.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { RenderedMessage, RenderedWhatsApp } from '../../../contract/message.ts';
import type { LiveFrame } from '../../../contract/socket.ts';
import type { BaseCtx } from '../../platform/context.ts';
import { isPassing, storableJson, storableText } from '../../platform/db/storable.ts';
import type { News } from '../../platform/realtime/hub.ts';
import { fromStates, type Verdict } from '../delivery.ts';
import { sendOutcomes } from '../metrics.ts';
import { nodeName, tell } from '../reports/attempts.ts';
import { stateIn } from '../state-sql.ts';
import type { Claimed } from './claim.ts';

const flushEveryMs = 40;
const flushAtMost = 2000;
/** Progress news and rates per run, at most this often: NOTIFY takes a commit-wide lock. */
const newsEveryMs = 250;
const rateWindowMs = 5000;
/** Runs told of at once, those that have waited longest first: hundreds of runs must not cost what their sends cost. */
const newsAtOnce = 100;

export interface Recorded {
  row: Claimed;
  claim: string;
  verdict: Verdict;
  /** As sent, for the thread; null when it could not even be rendered. */
  message: RenderedMessage | null;
  channel: string;
  connectionId: string;
  /** From the call to its answer. */
  latencyMs?: number;
}

/** An outcome meets its row under way, or declared unknown meanwhile. */
const met: DeliveryState[] = ['sending', 'unknown'];
for (const to of ['sent', 'failed', 'queued'] as const) fromStates(to, met);
const underWay = stateIn('d.state', met);

export interface Recorder {
  record(entry: Recorded): void;
  /** Resolves once everything handed over so far is written. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export function createRecorder(base: BaseCtx): Recorder {
  let waiting: Recorded[] = [];
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let stopped = false;
  const progress = new Map<string, RunProgress>();
  let telling: Promise<void> | null = null;
  const newsTimer = setInterval(() => {
    // never two at once: a slow database would pile them up
    telling ??= tellProgress(base, progress).finally(() => {
      telling = null;
    });
  }, newsEveryMs).unref();

  function schedule(): void {
    if (timer || running) return;
    timer = setTimeout(() => {
      timer = null;
      void drain();
    }, flushEveryMs);
  }

  function drain(): Promise<void> {
    running ??= (async () => {
      for (let failures = 0; waiting.length > 0; ) {
        const batch = waiting.slice(0, flushAtMost);
        try {
          await writeAll(base, batch);
          waiting = waiting.slice(batch.length);
          failures = 0;
          for (const entry of batch) note(progress, entry, base.clock.now().getTime());
        } catch (error) {
          failures += 1;
          base.log.error(
            { err: error, waiting: waiting.length },
            'outcomes could not be written yet; they are kept and tried again',
          );
          if (stopped && failures > 20) throw error;
          await base.clock.sleep(Math.min(200 * failures, 2000));
        }
      }
    })().finally(() => {
      running = null;
      if (waiting.length > 0 && !stopped) schedule();
    });
    return running;
  }

  return {
    record(entry) {
      waiting.push(entry);
      sendOutcomes.inc({ channel: entry.channel, outcome: entry.verdict.state });
      if (waiting.length >= flushAtMost) void drain().catch(() => {});
      else schedule();
    },
    async flush() {
      while (waiting.length > 0 || running) await drain();
    },
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      clearInterval(newsTimer);
      while (waiting.length > 0 || running) await drain();
      await telling;
      await tellProgress(base, progress);
    },
  };
}

/**
 * A batch mixes all lanes of the node, so one row that cannot be stored must not hold up the others: the batch is halved
 * until that row stands alone. Its send was real, so it is written as unknown without the words that could not be stored.
 * Throws only what passes by itself (a database that is away), and then nothing of the batch is forgotten.
 */
async function writeAll(base: BaseCtx, batch: Recorded[]): Promise<void> {
  try {
    await writeBatch(base, batch);
  } catch (error) {
    if (isPassing(error)) throw error;
    const [only] = batch;
    if (batch.length > 1) {
      const half = Math.ceil(batch.length / 2);
      await writeAll(base, batch.slice(0, half));
      await writeAll(base, batch.slice(half));
    } else if (only) {
      base.log.error(
        { err: error, delivery: only.row.id },
        'an outcome could not be stored; the row turns unknown',
      );
      await sql`WITH lost AS (
          UPDATE deliveries d SET state = 'unknown', reason = 'unreadable_answer', detail = NULL, unknown_at = ${base.clock.now()}
          WHERE d.workspace_id = ${only.row.workspaceId} AND d.id = ${only.row.id} AND d.claim = ${only.claim}
            AND d.attempts = ${only.row.attempts} AND d.claimed_at = ${only.row.claimedAt}
            AND ${stateIn('d.state', fromStates('unknown', ['sending']))}
          RETURNING d.workspace_id, d.id, d.attempts
        ) ${tell('lost', 'unknown', base.clock.now(), { reason: 'unreadable_answer' })}`.execute(base.db);
    }
  }
}

/**
 * One statement: the rows move, and those that were sent appear in their threads, each as a message with the delivery's own
 * id, so that it cannot stand there twice. A late answer moves unknown → sent. An outcome meets the try it belongs to and no
 * later one of the same lane, also when it is written twice: its number alone would not do, for a try that never left gives it back.
 */
async function writeBatch(base: BaseCtx, batch: Recorded[]): Promise<void> {
  const now = base.clock.now();
  await noteHeld(base, batch);
  const column = <T>(of: (entry: Recorded) => T) => batch.map(of);
  const bodies = column((entry) =>
    entry.verdict.state === 'sent' && entry.message ? storableJson(messageBody(entry.message)) : null,
  );
  await sql`/* record */
    WITH v AS (
      SELECT * FROM unnest(
        ${column((e) => e.row.workspaceId)}::uuid[], ${column((e) => e.row.id)}::uuid[], ${column((e) => e.claim)}::uuid[],
        ${column((e) => e.verdict.state)}::text[], ${column((e) => e.verdict.reason)}::text[], ${column((e) => (e.verdict.detail === null ? null : storableText(e.verdict.detail.slice(0, 500))))}::text[],
        ${column((e) => e.verdict.externalId)}::text[], ${column((e) => e.verdict.dueAt?.toISOString() ?? null)}::timestamptz[],
        ${bodies}::text[],
        ${column((e) => e.verdict.outcome)}::text[], ${column((e) => e.latencyMs ?? null)}::int[],
        ${column((e) => e.verdict.isFree === true)}::boolean[],
        ${column((e) => e.row.attempts)}::int[], ${column((e) => e.row.claimedAt)}::timestamptz[]
      ) AS v (workspace_id, id, claim, state, reason, detail, external_id, due_at, body, outcome, latency_ms, is_free, attempts, claimed_at)
    ), moved AS (
      UPDATE deliveries d SET
        state = v.state, reason = v.reason, detail = v.detail,
        -- the platform's id of a message may have the number in it: it is not kept of somebody who was erased meanwhile
        external_id = CASE WHEN d.address IS NOT NULL THEN coalesce(v.external_id, d.external_id) END,
        due_at = coalesce(v.due_at, d.due_at),
        uncounted = least(d.uncounted + v.is_free::int, d.attempts),
        sent_at = CASE WHEN v.state = 'sent' THEN ${now} ELSE d.sent_at END,
        claim = CASE WHEN v.state = 'queued' THEN NULL ELSE d.claim END,
        unknown_at = CASE WHEN v.state = 'unknown' AND d.state <> 'unknown' THEN ${now}
          WHEN v.state = 'queued' AND d.state = 'unknown' THEN NULL ELSE d.unknown_at END
      FROM v
      WHERE d.workspace_id = v.workspace_id AND d.id = v.id AND d.claim = v.claim
        AND d.attempts = v.attempts AND d.claimed_at = v.claimed_at AND ${underWay}
      RETURNING d.workspace_id, d.id, d.contact_id, d.connection_id, d.state, d.external_id, v.body,
        d.attempts, d.reason, d.detail, v.outcome, v.latency_ms, d.unknown_at >= d.claimed_at AS is_late
    ), told AS (
      -- accepted at the first try and in time: the row itself tells it
      INSERT INTO delivery_attempts (workspace_id, delivery_id, attempt, at, outcome, reason, detail, latency_ms, node)
      SELECT workspace_id, id, attempts, ${now}, CASE WHEN outcome = 'accepted' AND is_late THEN 'accepted_late' ELSE outcome END,
        reason, detail, latency_ms, ${nodeName}
      FROM moved WHERE outcome <> 'accepted' OR attempts > 1 OR is_late
    )
    INSERT INTO messages (workspace_id, id, contact_id, connection_id, direction, delivery_id, external_id, body, at)
    SELECT workspace_id, id, contact_id, connection_id, 'out', id, external_id, body::jsonb, ${now}
    FROM moved WHERE state = 'sent' AND body IS NOT NULL
      -- a person erased while their message was under way leaves no thread behind
      AND EXISTS (SELECT 1 FROM contacts c WHERE c.workspace_id = moved.workspace_id AND c.id = moved.contact_id)
    ON CONFLICT (workspace_id, id) DO NOTHING`.execute(base.db);
}

/**
 * The platform holds messages of these runs back, so its silence proves nothing of their others (settling/window.ts). Before the
 * rows and not with them: whoever has a run locked waits for its rows.
 */
async function noteHeld(base: BaseCtx, batch: Recorded[]): Promise<void> {
  const held = batch.filter(({ verdict, row }) => verdict.held && row.runId);
  if (held.length === 0) return;
  await sql`
    UPDATE runs SET held_answer_at = ${base.clock.now()}
    WHERE held_answer_at IS NULL AND (workspace_id, id) IN (SELECT * FROM unnest(
      ${held.map(({ row }) => row.workspaceId)}::uuid[], ${held.map(({ row }) => row.runId)}::uuid[]))`.execute(
    base.db,
  );
}

/** What the thread keeps of a message (messages.body; conversations/conversation.ts reads it). What is empty is left out. */
export function messageBody(message: RenderedMessage) {
  const { attachments, whatsapp } = message;
  return {
    text:
      message.plain ||
      (attachments?.length ? `[${attachments.map(({ kind }) => fileWord[kind]).join(', ')}]` : ''),
    spans: message.spans,
    image: message.image ? { url: message.image.url } : null,
    buttons: message.buttons,
    ...(attachments?.length && { files: attachments }),
    ...(whatsapp && whatsappBody(whatsapp)),
  };
}
const fileWord = { image: 'Picture', animation: 'Animation', video: 'Video', document: 'File' } as const;

function whatsappBody({ header, footer, replies, list, others = [] }: RenderedWhatsApp) {
  const pressed = [...replies, ...others].map(({ title }) => title);
  return {
    ...(header && { header }),
    ...(footer && { footer }),
    ...(pressed.length > 0 && { replies: pressed }),
    ...(list && {
      list: {
        button: list.button,
        rows: list.sections.flatMap(({ rows }) =>
          rows.map(({ title, description }) => ({ title, description })),
        ),
      },
    }),
  };
}

interface RunProgress {
  workspaceId: string;
  campaignId: string;
  sentAt: number[];
  changed: boolean;
  /** Contacts who were sent something that belongs to no run. */
  direct: Set<string>;
}

function note(progress: Map<string, RunProgress>, entry: Recorded, nowMs: number): void {
  const { row } = entry;
  const key = row.runId ?? `direct:${row.workspaceId}`;
  const run: RunProgress = progress.get(key) ?? {
    workspaceId: row.workspaceId,
    campaignId: row.campaignId ?? '',
    sentAt: [],
    changed: true,
    direct: new Set(),
  };
  run.changed = true;
  if (row.runId === null) run.direct.add(row.contactId);
  else if (entry.verdict.state === 'sent') run.sentAt.push(nowMs);
  progress.set(key, run);
}

/** All runs of the node in two statements: with hundreds of runs, a commit for each would leave none for the sends. */
async function tellProgress(base: BaseCtx, progress: Map<string, RunProgress>): Promise<void> {
  const nowMs = base.clock.now().getTime();
  const news: News[] = [];
  const rates: { workspaceId: string; runId: string; perSecond: number }[] = [];
  for (const [key, run] of [...progress]) {
    if (!run.changed) continue;
    if (news.length >= newsAtOnce) break;
    run.changed = false;
    // to the end of the line
    progress.delete(key);
    progress.set(key, run);
    const { workspaceId } = run;
    if (key.startsWith('direct:')) {
      progress.delete(key);
      for (const contactId of run.direct)
        news.push({ topic: 'live', workspaceId, frame: sentFrame(contactId) });
      continue;
    }
    run.sentAt = run.sentAt.filter((at) => at > nowMs - rateWindowMs);
    const spanMs = Math.max(1000, nowMs - (run.sentAt[0] ?? nowMs));
    rates.push({ workspaceId, runId: key, perSecond: (run.sentAt.length / spanMs) * 1000 });
    news.push({
      topic: 'live',
      workspaceId,
      frame: {
        type: 'run.progressed',
        campaign_id: toWireId('cmp', run.campaignId),
        run_id: toWireId('run', key),
      },
    });
    if (run.sentAt.length === 0) progress.delete(key);
  }
  if (news.length === 0) return;
  try {
    if (rates.length > 0)
      await sql`
        UPDATE runs r SET sends_per_second = v.rate, rated_at = ${new Date(nowMs)}
        FROM unnest(${rates.map((rate) => rate.workspaceId)}::uuid[], ${rates.map((rate) => rate.runId)}::uuid[],
          ${rates.map((rate) => rate.perSecond)}::real[]) AS v (workspace_id, id, rate)
        WHERE r.workspace_id = v.workspace_id AND r.id = v.id`.execute(base.db);
    await base.hub.publishAll(base, news);
  } catch (error) {
    base.log.warn({ err: error }, 'progress could not be told');
  }
}

function sentFrame(contactId: string): LiveFrame {
  return { type: 'message.sent', conversation_id: null, contact_id: toWireId('cnt', contactId) };
}
