// The ladder of a sent message: what becomes of it, when, and what is told of it.

import { webhookError } from './graph-error.ts';
import { drawDelay } from './ladder.ts';
import type { Chat, Message, Status, StatusMark } from './message.ts';
import type { Outbox } from './outbox.ts';
import { userIdOf, type WaNumber, type WaState } from './state.ts';

/** A message that will not arrive, and why. */
export interface Failure {
  code: number;
  details?: string | undefined;
}

export interface Clockwork {
  /** Real milliseconds; 0 = after the answer was written. */
  later(ms: number, act: () => void): void;
  /** Acts that are still to come. */
  waiting(): number;
  close(): void;
}

const TICK_MS = 5;
const SHUFFLE_MS = 120;

/** One timer for all acts of the same few milliseconds: a benchmark has hundreds of thousands of them. */
export function createClockwork(): Clockwork {
  const ticks = new Map<number, (() => void)[]>();
  const timers = new Set<NodeJS.Timeout>();
  let soon: (() => void)[] = [];
  let waiting = 0;
  let isClosed = false;

  // an act counts until it has put off what follows from it, so that nobody finds a ladder empty between two steps
  function runAll(acts: (() => void)[]): void {
    for (const act of acts) {
      act();
      waiting -= 1;
    }
  }

  function runSoon(): void {
    const acts = soon;
    soon = [];
    if (!isClosed) runAll(acts);
  }

  return {
    waiting: () => waiting,
    later: (ms, act) => {
      waiting += 1;
      if (ms <= 0) {
        if (soon.length === 0) setImmediate(runSoon);
        soon.push(act);
        return;
      }
      const tick = Math.ceil((performance.now() + ms) / TICK_MS);
      const known = ticks.get(tick);
      if (known) {
        known.push(act);
        return;
      }
      ticks.set(tick, [act]);
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          const acts = ticks.get(tick) ?? [];
          ticks.delete(tick);
          runAll(acts);
        },
        tick * TICK_MS - performance.now(),
      ).unref();
      timers.add(timer);
    },
    close: () => {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

export interface Post {
  state: WaState;
  outbox: Outbox;
  clockwork: Clockwork;
  /** 0..1 */
  random: () => number;
}

/** `pricing` comes with sent and with one of delivered and read (Cloud API, status messages webhook, 2026-11-20). */
function pricingFor(message: Message, status: Status): Message['pricing'] | undefined {
  if (status === 'sent' || status === 'delivered') return message.pricing;
  return status === 'read' && !message.statuses?.some((mark) => mark.status === 'delivered')
    ? message.pricing
    : undefined;
}

function statusObject(
  post: Post,
  number: WaNumber,
  message: Message,
  status: Status,
  failure?: Failure,
  atMs = post.state.now(),
): Record<string, unknown> {
  const person = post.state.people.get(message.wa_id);
  const pricing = pricingFor(message, status);
  const conversation =
    number.ladder.conversation && status === 'sent'
      ? {
          id: Buffer.from(message.wa_id).toString('hex').padEnd(32, '0').slice(0, 32),
          expiration_timestamp: String(Math.floor(message.at / 1000) + 86_400),
          origin: { type: message.category },
        }
      : undefined;
  return {
    id: message.id,
    status,
    timestamp: String(Math.floor(atMs / 1000)),
    ...(person?.hides_phone ? {} : { recipient_id: message.wa_id }),
    ...(person ? { recipient_user_id: userIdOf(person) } : {}),
    ...(message.data === undefined ? {} : { biz_opaque_callback_data: message.data }),
    ...(conversation ? { conversation } : {}),
    ...(pricing ? { pricing } : {}),
    ...(failure ? { errors: [webhookError(failure.code, failure.details)] } : {}),
  };
}

/** A status comes about now: it is noted, and told unless the ladder drops it. */
export function reach(
  post: Post,
  number: WaNumber,
  message: Message,
  status: Exclude<Status, 'accepted'>,
  options: { failure?: Failure; onPosted?: (() => void) | undefined } = {},
): void {
  const { ladder } = number;
  const { failure, onPosted } = options;
  const mark: StatusMark = {
    status,
    at: post.state.now(),
    told: false,
    ...(failure ? { code: failure.code } : {}),
    ...(failure?.details === undefined ? {} : { details: failure.details }),
  };
  const object = statusObject(post, number, message, status, failure);
  message.status = status;
  number.ledger.reached[status] += 1;
  message.statuses?.push(mark);
  post.state.onChange(number.id, message.wa_id);
  if (ladder.drop[status] > 0 && post.random() < ladder.drop[status]) {
    mark.dropped = true;
    onPosted?.();
    return;
  }
  const person = post.state.people.get(message.wa_id);
  const contact =
    ladder.contacts && person
      ? { profile: { name: person.name }, wa_id: person.wa_id, user_id: userIdOf(person) }
      : undefined;
  const tell = (isFirst: boolean) =>
    post.outbox.postStatus(number, {
      message,
      mark,
      object,
      contact,
      onPosted: isFirst ? onPosted : undefined,
    });
  const delayed = (isFirst: boolean) => {
    if (ladder.shuffle) post.clockwork.later(post.random() * SHUFFLE_MS, () => tell(isFirst));
    else tell(isFirst);
  };
  delayed(true);
  for (let extra = 0; extra < ladder.duplicates; extra += 1) delayed(false);
}

/** After a restart: what nobody was told of. */
export function tellAgain(post: Post, number: WaNumber, message: Message): void {
  for (const mark of message.statuses ?? []) {
    if (mark.told || mark.dropped || mark.status === 'accepted') continue;
    const failure = mark.code === undefined ? undefined : { code: mark.code, details: mark.details };
    const object = statusObject(post, number, message, mark.status, failure, mark.at);
    post.outbox.postStatus(number, { message, mark, object });
  }
}

/** What happens to an accepted message from here on. `onFirstPosted`: its first status was posted, or there will be none. */
export function climb(
  post: Post,
  number: WaNumber,
  message: Message,
  failure: Failure | undefined,
  onFirstPosted?: () => void,
): void {
  const { ladder } = number;
  const { random, clockwork } = post;
  const delay = (step: 'sent_ms' | 'delivered_ms' | 'read_ms') =>
    drawDelay(ladder[step], ladder.jitter_ms, random);
  const drawn: Failure | undefined =
    failure ??
    (ladder.failed_share > 0 && random() < ladder.failed_share ? { code: ladder.failed_code } : undefined);
  if (drawn) {
    clockwork.later(delay('sent_ms'), () =>
      reach(post, number, message, 'failed', { failure: drawn, onPosted: onFirstPosted }),
    );
    return;
  }
  if (random() >= ladder.sent_share) {
    onFirstPosted?.();
    return;
  }
  clockwork.later(delay('sent_ms'), () => {
    reach(post, number, message, 'sent', { onPosted: onFirstPosted });
    deliverLater(post, number, message);
  });
}

/** A sent message arrives, unless the phone is off or the ladder loses it. */
export function deliverLater(post: Post, number: WaNumber, message: Message): void {
  const { ladder } = number;
  const person = post.state.people.get(message.wa_id);
  if (person?.offline || post.random() >= ladder.delivered_share) return;
  post.clockwork.later(drawDelay(ladder.delivered_ms, ladder.jitter_ms, post.random), () => {
    const isRead = (person?.receipts ?? true) && ladder.read_share > 0 && post.random() < ladder.read_share;
    if (!(isRead && ladder.read_without_delivered)) reach(post, number, message, 'delivered');
    if (!isRead) return;
    post.clockwork.later(drawDelay(ladder.read_ms, ladder.jitter_ms, post.random), () =>
      reach(post, number, message, 'read'),
    );
  });
}

/** The phone is on again: what waited arrives. */
export function deliverWaiting(post: Post, number: WaNumber, chat: Chat): void {
  for (const message of chat.messages.values())
    if (message.direction === 'out' && message.status === 'sent') deliverLater(post, number, message);
}

/** The person looks at the chat. Without receipts nothing is told. Returns how many messages were read. */
export function readMessages(post: Post, number: WaNumber, chat: Chat, upTo?: string): number {
  const hasReceipts = post.state.people.get(chat.wa_id)?.receipts ?? true;
  let read = 0;
  for (const message of chat.messages.values()) {
    if (message.direction === 'out' && (message.status === 'delivered' || message.status === 'sent')) {
      if (message.status === 'sent' && !number.ladder.read_without_delivered)
        reach(post, number, message, 'delivered');
      read += 1;
      if (hasReceipts) reach(post, number, message, 'read');
    }
    if (message.id === upTo) break;
  }
  return read;
}
