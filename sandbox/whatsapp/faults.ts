// Trouble on demand for the Cloud API: any row of the error table, and what the network does on a bad day.

export type WaFaultKind =
  | 'error'
  | 'flood'
  | 'http_500'
  | 'http_502'
  | 'latency'
  | 'reset_before'
  | 'reset_after'
  | 'hang'
  | 'unauthorized'
  | 'garbage';

export const WA_FAULT_KINDS: readonly WaFaultKind[] = [
  'error',
  'flood',
  'http_500',
  'http_502',
  'latency',
  'reset_before',
  'reset_after',
  'hang',
  'unauthorized',
  'garbage',
];

export interface WaFault {
  id: string;
  kind: WaFaultKind;
  number?: string | undefined;
  person?: string | undefined;
  template?: string | undefined;
  /** messages, media, templates, numbers, accounts, uploads or "*"; absent = sends (`unauthorized`: everything). */
  calls?: string[] | undefined;
  code?: number | undefined;
  details?: string | undefined;
  http_status?: number | undefined;
  /** The message is accepted and fails by webhook. */
  async?: boolean | undefined;
  probability: number;
  /** Hits each nth request that it meets. */
  every?: number | undefined;
  /** How many more requests it hits; absent = no end. */
  count?: number | undefined;
  /** Unix milliseconds; absent = no end. */
  until?: number | undefined;
  ms?: number | undefined;
  met: number;
  hits: number;
}

export interface WaFaultBook {
  list: WaFault[];
  nextId: number;
  random: () => number;
}

export function createWaFaultBook(random: () => number = Math.random): WaFaultBook {
  return { list: [], nextId: 1, random };
}

export function addWaFault(
  book: WaFaultBook,
  fault: Omit<WaFault, 'id' | 'hits' | 'met' | 'probability'> & { probability?: number | undefined },
): WaFault {
  const added: WaFault = {
    ...fault,
    id: `fault_${book.nextId++}`,
    met: 0,
    hits: 0,
    probability: fault.probability ?? 1,
  };
  book.list.push(added);
  return added;
}

export interface WaFaultTarget {
  number: string | undefined;
  person: string | undefined;
  template: string | undefined;
  call: string;
}

function hitsTarget(fault: WaFault, target: WaFaultTarget): boolean {
  if (fault.number !== undefined && fault.number !== target.number) return false;
  if (fault.person !== undefined && fault.person !== target.person) return false;
  if (fault.template !== undefined && fault.template !== target.template) return false;
  if (fault.calls) return fault.calls.includes('*') || fault.calls.includes(target.call);
  return fault.kind === 'unauthorized' || target.call === 'messages';
}

export function dropSpentFaults(book: WaFaultBook, nowMs: number): void {
  const isSpent = (fault: WaFault) =>
    (fault.until !== undefined && fault.until <= nowMs) || (fault.count !== undefined && fault.count <= 0);
  if (book.list.some(isSpent)) book.list = book.list.filter((fault) => !isSpent(fault));
}

/** The faults that this request meets, in the order they were added; each one is counted as a hit. */
export function drawWaFaults(book: WaFaultBook, target: WaFaultTarget, nowMs: number): WaFault[] {
  dropSpentFaults(book, nowMs);
  const drawn: WaFault[] = [];
  for (const fault of book.list) {
    if (!hitsTarget(fault, target)) continue;
    fault.met += 1;
    if (fault.every !== undefined && fault.met % fault.every !== 0) continue;
    if (fault.probability < 1 && book.random() >= fault.probability) continue;
    fault.hits += 1;
    if (fault.count !== undefined) fault.count -= 1;
    drawn.push(fault);
  }
  return drawn;
}
