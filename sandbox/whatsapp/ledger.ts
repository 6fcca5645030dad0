// The emulator's own count of what it took on and what it told: no crash of the sender can falsify it.
import type { Message, Status } from './message.ts';
import { STATUS_BIT } from './message.ts';

export type StatusCounts = Record<Status, number>;

export interface SeenData {
  wa_id: string;
  count: number;
  /** Empty in "counts" mode until there is a second one. */
  ids: string[];
}

export interface Ledger {
  accepted: number;
  refused: number;
  sentTwice: number;
  byStatus: StatusCounts;
  /** What came about, whether anybody was told or not. */
  reached: StatusCounts;
  failedByCode: Record<string, number>;
  byTemplate: Map<string, StatusCounts>;
  byType: Record<string, number>;
  byPerson: Map<string, number>;
  byData: Map<string, SeenData>;
  errors: Record<string, number>;
  requests: number;
  maxPerSecond: number;
  second: number;
  inSecond: number;
  firstAtMs: number;
  lastAtMs: number;
  webhooks: { posted: number; attempts: number; failed: number; statuses: number; given_up: number };
}

export function noCounts(): StatusCounts {
  return { accepted: 0, sent: 0, delivered: 0, read: 0, failed: 0 };
}

export function createLedger(): Ledger {
  return {
    accepted: 0,
    refused: 0,
    sentTwice: 0,
    byStatus: noCounts(),
    reached: noCounts(),
    failedByCode: {},
    byTemplate: new Map(),
    byType: {},
    byPerson: new Map(),
    byData: new Map(),
    errors: {},
    requests: 0,
    maxPerSecond: 0,
    second: 0,
    inSecond: 0,
    firstAtMs: 0,
    lastAtMs: 0,
    webhooks: { posted: 0, attempts: 0, failed: 0, statuses: 0, given_up: 0 },
  };
}

export function countUp(table: Record<string, number>, key: string | number): void {
  table[key] = (table[key] ?? 0) + 1;
}

function countsOf(ledger: Ledger, template: string): StatusCounts {
  let counts = ledger.byTemplate.get(template);
  if (!counts) {
    counts = noCounts();
    ledger.byTemplate.set(template, counts);
  }
  return counts;
}

/** Books one message that was taken on. `isRepeated`: the same content came before with no act of the person in between. */
export function recordAccepted(
  ledger: Ledger,
  message: Message,
  nowMs: number,
  isRepeated: boolean,
  keepsIds: boolean,
): void {
  ledger.accepted += 1;
  ledger.byStatus.accepted += 1;
  ledger.reached.accepted += 1;
  if (message.template !== undefined) countsOf(ledger, message.template).accepted += 1;
  countUp(ledger.byType, message.type);
  ledger.byPerson.set(message.wa_id, (ledger.byPerson.get(message.wa_id) ?? 0) + 1);
  if (ledger.firstAtMs === 0) ledger.firstAtMs = nowMs;
  ledger.lastAtMs = nowMs;
  const second = Math.floor(nowMs / 1000);
  ledger.inSecond = second === ledger.second ? ledger.inSecond + 1 : 1;
  ledger.second = second;
  if (ledger.inSecond > ledger.maxPerSecond) ledger.maxPerSecond = ledger.inSecond;

  let isTwice = isRepeated;
  if (message.data !== undefined) {
    const seen = ledger.byData.get(message.data);
    if (seen) {
      isTwice = true;
      seen.count += 1;
      seen.ids.push(message.id);
    } else {
      ledger.byData.set(message.data, {
        wa_id: message.wa_id,
        count: 1,
        ids: keepsIds ? [message.id] : [],
      });
    }
  }
  if (isTwice) ledger.sentTwice += 1;
}

/** Books that a webhook told of a status. Repetitions do not count. */
export function recordTold(ledger: Ledger, message: Message, status: Status, code?: number): void {
  const bit = STATUS_BIT[status];
  if ((message.told & bit) !== 0) return;
  message.told |= bit;
  ledger.byStatus[status] += 1;
  if (message.template !== undefined) countsOf(ledger, message.template)[status] += 1;
  if (status === 'failed' && code !== undefined) countUp(ledger.failedByCode, code);
}
