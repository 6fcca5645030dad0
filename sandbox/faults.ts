// Trouble on demand: what the network and the platform do on a bad day, switched on by the control API.

export type FaultKind =
  | 'http_500'
  | 'http_502'
  | 'flood'
  | 'latency'
  | 'reset_before'
  | 'reset_after'
  | 'hang'
  | 'unauthorized'
  | 'garbage';

export const FAULT_KINDS: readonly FaultKind[] = [
  'http_500',
  'http_502',
  'flood',
  'latency',
  'reset_before',
  'reset_after',
  'hang',
  'unauthorized',
  'garbage',
];

export interface Fault {
  id: string;
  kind: FaultKind;
  bot_id?: number;
  chat_id?: number;
  /** Names of methods in lower case; absent = everything that sends (for `unauthorized`: every method). */
  methods?: string[];
  /** 0..1, default 1. */
  probability: number;
  /** How many more requests it hits; absent = no end. */
  count?: number;
  /** Unix milliseconds; absent = no end. */
  until?: number;
  retry_after?: number;
  ms?: number;
  /** How many requests it has hit. */
  hits: number;
}

export interface FaultBook {
  list: Fault[];
  nextId: number;
  random: () => number;
}

export function createFaultBook(random: () => number = Math.random): FaultBook {
  return { list: [], nextId: 1, random };
}

export function addFault(
  book: FaultBook,
  fault: Omit<Fault, 'id' | 'hits' | 'probability'> & { probability?: number },
): Fault {
  const added: Fault = {
    ...fault,
    id: `fault_${book.nextId++}`,
    hits: 0,
    probability: fault.probability ?? 1,
  };
  book.list.push(added);
  return added;
}

export function removeFault(book: FaultBook, id: string): boolean {
  const before = book.list.length;
  book.list = book.list.filter((fault) => fault.id !== id);
  return book.list.length < before;
}

export interface FaultTarget {
  botId: number;
  chatId: number | undefined;
  method: string;
  isSend: boolean;
}

function hitsTarget(fault: Fault, target: FaultTarget): boolean {
  if (fault.bot_id !== undefined && fault.bot_id !== target.botId) return false;
  if (fault.chat_id !== undefined && fault.chat_id !== target.chatId) return false;
  if (fault.methods) return fault.methods.includes('*') || fault.methods.includes(target.method);
  return fault.kind === 'unauthorized' || target.isSend;
}

/** Faults that are over by time or count. */
export function dropSpent(book: FaultBook, nowMs: number): void {
  const isSpent = (fault: Fault) =>
    (fault.until !== undefined && fault.until <= nowMs) || (fault.count !== undefined && fault.count <= 0);
  if (book.list.some(isSpent)) book.list = book.list.filter((fault) => !isSpent(fault));
}

/** The faults that this request meets, in the order they were added; each one is counted as a hit. */
export function drawFaults(book: FaultBook, target: FaultTarget, nowMs: number): Fault[] {
  dropSpent(book, nowMs);
  const drawn: Fault[] = [];
  for (const fault of book.list) {
    if (!hitsTarget(fault, target)) continue;
    if (fault.probability < 1 && book.random() >= fault.probability) continue;
    fault.hits += 1;
    if (fault.count !== undefined) fault.count -= 1;
    drawn.push(fault);
  }
  return drawn;
}
