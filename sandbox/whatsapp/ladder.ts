// How the statuses of a number's messages come about, and what goes wrong while they are told.

export type Delay = number | [number, number];

export interface Ladder {
  sent_ms: Delay;
  delivered_ms: Delay;
  read_ms: Delay;
  jitter_ms: number;
  sent_share: number;
  delivered_share: number;
  read_share: number;
  failed_share: number;
  failed_code: number;
  /** Shares of statuses that come about and are never told. */
  drop: { sent: number; delivered: number; read: number; failed: number };
  /** Every status is told so many times more. */
  duplicates: number;
  shuffle: boolean;
  /** Up to so many statuses of one number in one POST. */
  batch: number;
  /** Templates are answered as held for their quality, and no status follows until they are let go or dropped (hold.ts). */
  hold: boolean;
  /** The answer to a send waits until its first status was posted. */
  before_answer: boolean;
  read_without_delivered: boolean;
  /** Statuses carry `contacts`, as newer payloads do. */
  contacts: boolean;
  /** Statuses carry `conversation`, as before v24. */
  conversation: boolean;
}

export function createLadder(): Ladder {
  return {
    sent_ms: 0,
    delivered_ms: 0,
    read_ms: 0,
    jitter_ms: 0,
    sent_share: 1,
    delivered_share: 1,
    read_share: 0,
    failed_share: 0,
    failed_code: 131026,
    drop: { sent: 0, delivered: 0, read: 0, failed: 0 },
    duplicates: 0,
    shuffle: false,
    batch: 1,
    hold: false,
    before_answer: false,
    read_without_delivered: false,
    contacts: false,
    conversation: false,
  };
}

export function drawDelay(delay: Delay, jitterMs: number, random: () => number): number {
  const base = typeof delay === 'number' ? delay : delay[0] + random() * (delay[1] - delay[0]);
  return jitterMs > 0 ? base + random() * jitterMs : base;
}
