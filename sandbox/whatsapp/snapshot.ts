// What of the emulated WhatsApp survives a restart. Webhooks that waited for a retry do not; statuses that nobody was told of
// are told again.
import { fieldsOf, keepSnapshotFile, type Snapshot } from '../snapshot-file.ts';
import { createBuckets } from './limits.ts';
import type { MediaShelf } from './media.ts';
import type { WaState } from './state.ts';
import { climb, deliverLater, tellAgain } from './statuses.ts';
import type { WaWorld } from './world.ts';

const FIELDS = [
  'apps',
  'wabas',
  'numbers',
  'people',
  'peopleByUserId',
  'portfolios',
  'tokens',
  'webhookTimeScale',
  'nextPerson',
] as const;

type Saved = Pick<WaState, (typeof FIELDS)[number]> & Pick<MediaShelf, 'byId' | 'handles'>;

function restore(state: WaState, saved: Partial<Saved>): void {
  for (const name of FIELDS) if (saved[name] !== undefined) Object.assign(state, { [name]: saved[name] });
  if (saved.byId) state.media.byId = saved.byId;
  if (saved.handles) state.media.handles = saved.handles;
  // a full bucket is no number in JSON
  for (const number of state.numbers.values()) {
    number.buckets = createBuckets();
    number.held ??= new Map();
  }
}

/** Messages that were on their way go on. */
function resume(world: WaWorld): void {
  for (const number of world.state.numbers.values()) {
    for (const chat of number.chats.values()) {
      for (const message of chat.messages.values()) {
        if (message.direction !== 'out') continue;
        // of a file it comes twice
        if (message.held) number.held.set(message.id, message);
        else if (message.status === 'accepted') climb(world, number, message, undefined);
        else {
          tellAgain(world, number, message);
          if (message.status === 'sent') deliverLater(world, number, message);
        }
      }
    }
  }
}

/** Loads the file if it is there, then keeps it up to date. */
export function keepWaSnapshot(world: WaWorld, path: string): Snapshot {
  const { state } = world;
  const pick = (): Saved => ({
    ...fieldsOf(state, FIELDS),
    byId: state.media.byId,
    handles: state.media.handles,
  });
  const snapshot = keepSnapshotFile<Saved>(path, pick, (saved) => restore(state, saved));
  resume(world);
  return snapshot;
}
