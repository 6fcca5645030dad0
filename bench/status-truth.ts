// A million statuses whose end is known before they are sent: what the platform tells of each message, some of it twice, in
// any order. The same in every run.

export const statuses = ['sent', 'delivered', 'read', 'failed'] as const;
export type Status = (typeof statuses)[number];

/** Every so many-th message was unknown when its statuses came. */
export const unknownEvery = 20;

export interface Truth {
  messages: number;
  /** Message times four plus the place of its status in `statuses`, in the order of sending. */
  order: Uint32Array;
  /** The state that each message must end in. */
  endOf(message: number): Status;
}

/** `count` webhooks, one status each; a fifth of them repetitions. */
export function tellAll(count: number, random: () => number): Truth {
  const order = new Uint32Array(count);
  const ends: Status[] = [];
  let told = 0;
  const tell = (message: number, status: Status) => {
    const code = message * statuses.length + statuses.indexOf(status);
    order[told++] = code;
    if (random() < 0.2 && told < count) order[told++] = code;
  };
  for (let message = 0; told < count; message++) {
    const ladder = ladderOf(random());
    for (const status of ladder) if (told < count) tell(message, status);
    const first = order.subarray(Math.max(0, told - 2 * ladder.length), told);
    const has = (status: Status) => first.includes(message * statuses.length + statuses.indexOf(status));
    // what was told to be delivered did arrive, whatever else was told
    ends.push((['read', 'delivered', 'failed', 'sent'] as const).find(has) as Status);
  }
  shuffle(order, random);
  return { messages: ends.length, order, endOf: (message) => ends[message] as Status };
}

/** Of twenty: one fails after it was sent, one fails first and arrives after all, two stop at one tick, four are read without more. */
function ladderOf(dice: number): Status[] {
  if (dice < 0.05) return ['sent', 'failed'];
  if (dice < 0.1) return ['sent', 'failed', 'delivered'];
  if (dice < 0.2) return ['sent'];
  if (dice < 0.4) return ['sent', 'read'];
  if (dice < 0.6) return ['sent', 'delivered'];
  return ['sent', 'delivered', 'read'];
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    const kept = order[at] as number;
    order[at] = order[other] as number;
    order[other] = kept;
  }
}

/** Our own id of the n-th message. */
export const deliveryIdOf = (message: number): string =>
  `00000000-0000-7000-8000-${message.toString(16).padStart(12, '0')}`;
