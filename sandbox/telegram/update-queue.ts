// The queue of updates of one bot. It knows nothing of transport: getUpdates and the webhook worker both read from it.

export const DAY_MS = 86_400_000;

/** Sent only when asked for by name (telegram.md §6 [D]). */
const ON_REQUEST_ONLY = new Set(['chat_member', 'message_reaction', 'message_reaction_count']);

/** Lifetime by kind (telegram.md §6 [S]); everything else lives 24 h. */
const LIFETIME_MS: Record<string, number> = {
  callback_query: 150_000,
  inline_query: 30_000,
  chosen_inline_result: 600_000,
};

export interface Update {
  update_id: number;
  [kind: string]: unknown;
}

export interface QueuedUpdate {
  update: Update;
  kind: string;
  /** Updates of one lane are delivered in order, lanes run side by side (telegram.md §6 [S]). */
  lane: string;
  expiresAtMs: number;
}

export interface UpdateQueue {
  nextId: number;
  items: QueuedUpdate[];
  /** undefined = never set or []: everything but ON_REQUEST_ONLY. */
  allowed: string[] | undefined;
  /** Called after an update was added: wakes the long poll or the webhook worker. */
  wake: () => void;
}

export function createUpdateQueue(): UpdateQueue {
  return { nextId: 700_000_001, items: [], allowed: undefined, wake: () => {} };
}

/** The filter applies when the update is created, not when it is fetched (telegram.md §6 [D]). */
export function isWanted(queue: UpdateQueue, kind: string): boolean {
  return queue.allowed === undefined ? !ON_REQUEST_ONLY.has(kind) : queue.allowed.includes(kind);
}

export function addUpdate(
  queue: UpdateQueue,
  kind: string,
  payload: unknown,
  lane: string,
  nowMs: number,
): void {
  if (!isWanted(queue, kind)) return;
  queue.items.push({
    update: { update_id: queue.nextId, [kind]: payload },
    kind,
    lane,
    expiresAtMs: nowMs + (LIFETIME_MS[kind] ?? DAY_MS),
  });
  queue.nextId += 1;
  queue.wake();
}

export function dropExpired(queue: UpdateQueue, nowMs: number): void {
  if (queue.items.some((item) => item.expiresAtMs <= nowMs)) {
    queue.items = queue.items.filter((item) => item.expiresAtMs > nowMs);
  }
}

/** Removes what the bot confirmed by `offset`; a negative offset keeps only the last -offset updates. */
export function confirm(queue: UpdateQueue, offset: number): void {
  if (offset < 0) {
    queue.items = queue.items.slice(offset);
    return;
  }
  let confirmed = 0;
  while (confirmed < queue.items.length && queue.items[confirmed]!.update.update_id < offset) confirmed += 1;
  if (confirmed > 0) queue.items = queue.items.slice(confirmed);
}

/** `[]` returns to the default, undefined keeps what was set (telegram.md §6 [D]). */
export function setAllowed(queue: UpdateQueue, allowed: string[] | undefined): void {
  if (allowed !== undefined) queue.allowed = allowed.length === 0 ? undefined : allowed;
}
