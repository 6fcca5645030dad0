// Posts webhooks: every subscribed app gets its own copy, concurrently and in no promised order; what is not answered with
// 2xx is tried again with decreasing frequency for seven days (Cloud API, webhooks, 2026-11-20).
import { Agent, request } from 'undici';
import { isLocalHost } from '../telegram/local-address.ts';
import { recordTold } from './ledger.ts';
import type { Message, StatusMark } from './message.ts';
import type { WaNumber, WaState } from './state.ts';
import { serialise, signatureHeaders } from './webhook-sign.ts';

const CONNECTIONS = 64;
const TIMEOUT_MS = 20_000;
const SEVEN_DAYS_MS = 7 * 86_400_000;
const LOGGED = 100;
/** How long statuses wait for company where several may travel in one POST. */
const GATHER_MS = 10;

/** Waits before the retries; the last one repeats. How often exactly is not published. */
const RETRY_WAITS_MS = [
  5_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000,
];

export interface StatusItem {
  message: Message;
  mark: StatusMark;
  /** `value.statuses[0]` and what belongs beside it. */
  object: Record<string, unknown>;
  contact?: Record<string, unknown> | undefined;
  /** Called once after the first attempt, whatever came of it. */
  onPosted?: (() => void) | undefined;
}

interface Job {
  wabaId: string;
  number: WaNumber | undefined;
  field: string;
  value: Record<string, unknown> | undefined;
  statuses: StatusItem[];
  body: Buffer | undefined;
  attempts: number;
  waitedMs: number;
  entry: { at: number; url: string; status: number; attempts: number; body: unknown } | undefined;
}

interface Target {
  url: string;
  appId: string;
  agent: Agent;
  queue: Job[];
  head: number;
  busy: number;
  /** Runs while statuses gather for one POST. */
  soon: NodeJS.Timeout | undefined;
}

export interface Outbox {
  post(wabaId: string, field: string, value: Record<string, unknown>, number?: WaNumber): void;
  postStatus(number: WaNumber, item: StatusItem): void;
  /** Posts that wait: in a queue, on the wire or for a retry. */
  pending(): number;
  log: { at: number; url: string; status: number; attempts: number; body: unknown; number?: string }[];
  close(): Promise<void>;
}

export function headOf(number: WaNumber): Record<string, unknown> {
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: number.display.replace(/\D/g, ''), phone_number_id: number.id },
  };
}

export function createOutbox(state: WaState): Outbox {
  const targets = new Map<string, Target>();
  const timers = new Set<NodeJS.Timeout>();
  const log: Outbox['log'] = [];
  let waiting = 0;
  let isClosed = false;

  function targetsOf(wabaId: string): Target[] {
    const found: Target[] = [];
    for (const [appId, { overrideUrl }] of state.wabas.get(wabaId)?.subscriptions ?? []) {
      const url = overrideUrl || (state.apps.get(appId)?.callbackUrl ?? '');
      if (url === '') continue;
      const key = `${appId} ${url}`;
      let target = targets.get(key);
      if (!target) {
        const agent = new Agent({
          connections: CONNECTIONS,
          headersTimeout: TIMEOUT_MS,
          bodyTimeout: TIMEOUT_MS,
          connect: { rejectUnauthorized: false },
        });
        target = { url, appId, agent, queue: [], head: 0, busy: 0, soon: undefined };
        targets.set(key, target);
      }
      found.push(target);
    }
    return found;
  }

  function enqueue(target: Target, job: Job): void {
    waiting += 1;
    target.queue.push(job);
    if (gathers(target, job)) {
      target.soon ??= setTimeout(() => {
        target.soon = undefined;
        pump(target);
      }, GATHER_MS);
    } else pump(target);
  }

  /** A status that may still get company. */
  function gathers(target: Target, job: Job): boolean {
    const room = job.statuses.length === 0 || job.attempts > 0 ? 1 : (job.number?.ladder.batch ?? 1);
    return room > 1 && target.queue.length - target.head < room;
  }

  function take(target: Target): Job | undefined {
    const job = target.queue[target.head];
    if (!job) {
      target.queue.length = 0;
      target.head = 0;
      return undefined;
    }
    target.head += 1;
    if (target.head > 10_000) {
      target.queue.splice(0, target.head);
      target.head = 0;
    }
    return job;
  }

  /** Several statuses of one number travel together, up to the ladder's `batch`. Retried jobs stay as they are. */
  function gather(target: Target, job: Job): void {
    const room = job.number?.ladder.batch ?? 1;
    while (job.statuses.length > 0 && job.statuses.length < room) {
      const next = target.queue[target.head];
      if (!next || next.statuses.length === 0 || next.number !== job.number || next.attempts > 0) return;
      take(target);
      waiting -= 1;
      job.statuses.push(...next.statuses);
    }
  }

  function pump(target: Target): void {
    while (target.busy < CONNECTIONS && !isClosed) {
      const next = target.queue[target.head];
      if (next && target.soon && gathers(target, next)) return;
      const job = take(target);
      if (!job) return;
      if (job.attempts === 0) gather(target, job);
      target.busy += 1;
      void deliver(target, job);
    }
  }

  function contentOf(job: Job): Record<string, unknown> {
    if (job.value) return job.value;
    const contacts = job.statuses.flatMap((item) => (item.contact ? [item.contact] : []));
    return {
      ...headOf(job.number!),
      ...(contacts.length > 0 ? { contacts } : {}),
      statuses: job.statuses.map((item) => item.object),
    };
  }

  function bodyOf(job: Job): Buffer {
    const change = { value: contentOf(job), field: job.field };
    // what concerns the account says when; messages and statuses have times of their own
    const time = job.field === 'messages' ? {} : { time: Math.floor(state.now() / 1000) };
    return serialise({
      object: 'whatsapp_business_account',
      entry: [{ id: job.wabaId, ...time, changes: [change] }],
    });
  }

  async function attempt(target: Target, job: Job): Promise<number> {
    const app = state.apps.get(target.appId);
    job.body ??= bodyOf(job);
    // nothing leaves this machine
    if (!isLocalHost(new URL(target.url).hostname)) return 0;
    try {
      const answer = await request(target.url, {
        method: 'POST',
        headers: {
          Accept: '*/*',
          'Content-Type': 'application/json',
          'User-Agent': 'facebookexternalua',
          ...signatureHeaders(job.body, app?.secret ?? ''),
        },
        body: job.body,
        dispatcher: target.agent,
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return 0;
    }
  }

  function told(job: Job): void {
    const ledger = job.number?.ledger;
    for (const { message, mark } of job.statuses) {
      mark.told = true;
      if (ledger) recordTold(ledger, message, mark.status, mark.code);
    }
    if (ledger) {
      ledger.webhooks.posted += 1;
      ledger.webhooks.statuses += job.statuses.length;
    }
  }

  function note(target: Target, job: Job, status: number): void {
    if (job.number?.keep === 'counts') return;
    if (!job.entry) {
      job.entry = {
        at: state.now(),
        url: target.url,
        status,
        attempts: 0,
        body: JSON.parse(job.body!.toString()),
      };
      log.push({ ...job.entry, ...(job.number ? { number: job.number.id } : {}) });
      if (log.length > LOGGED) log.shift();
      job.entry = log.at(-1)!;
    }
    job.entry.status = status;
    job.entry.attempts = job.attempts;
  }

  async function deliver(target: Target, job: Job): Promise<void> {
    const status = await attempt(target, job);
    job.attempts += 1;
    target.busy -= 1;
    if (isClosed) return;
    if (job.number) job.number.ledger.webhooks.attempts += 1;
    note(target, job, status);
    for (const item of job.statuses) {
      item.onPosted?.();
      item.onPosted = undefined;
    }
    if (status >= 200 && status < 300) {
      waiting -= 1;
      told(job);
    } else {
      if (job.number) job.number.ledger.webhooks.failed += 1;
      retry(target, job);
    }
    if (job.number) for (const { message } of job.statuses) state.onChange(job.number.id, message.wa_id);
    pump(target);
  }

  function retry(target: Target, job: Job): void {
    const waitMs = RETRY_WAITS_MS[Math.min(job.attempts, RETRY_WAITS_MS.length) - 1]!;
    job.waitedMs += waitMs;
    if (job.waitedMs > SEVEN_DAYS_MS) {
      waiting -= 1;
      if (job.number) job.number.ledger.webhooks.given_up += 1;
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      target.queue.push(job);
      pump(target);
    }, waitMs * state.webhookTimeScale).unref();
    timers.add(timer);
  }

  const jobOf = (wabaId: string, number: WaNumber | undefined, field: string): Job => ({
    wabaId,
    number,
    field,
    value: undefined,
    statuses: [],
    body: undefined,
    attempts: 0,
    waitedMs: 0,
    entry: undefined,
  });

  return {
    log,
    post: (wabaId, field, value, number) => {
      for (const target of targetsOf(wabaId)) enqueue(target, { ...jobOf(wabaId, number, field), value });
    },
    postStatus: (number, item) => {
      const found = targetsOf(number.wabaId);
      if (found.length === 0) item.onPosted?.();
      for (const target of found)
        enqueue(target, { ...jobOf(number.wabaId, number, 'messages'), statuses: [item] });
    },
    pending: () => waiting,
    close: async () => {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
      for (const { soon } of targets.values()) clearTimeout(soon);
      await Promise.allSettled([...targets.values()].map(({ agent }) => agent.destroy()));
    },
  };
}
