// What of the emulated Telegram survives a restart.
import { fieldsOf, keepSnapshotFile, type Snapshot } from '../snapshot-file.ts';
import { registerFile, type StoredFile } from './file-shelf.ts';
import type { State } from './state.ts';

const FIELDS = [
  'bots',
  'people',
  'groups',
  'nextBotId',
  'nextPersonId',
  'nextGroupId',
  'nextQueryId',
  'webhookTimeScale',
] as const;

type Saved = Pick<State, (typeof FIELDS)[number]> & { storedFiles: StoredFile[] };

function restore(state: State, saved: Partial<Saved>): void {
  for (const name of FIELDS) if (saved[name] !== undefined) Object.assign(state, { [name]: saved[name] });
  for (const file of saved.storedFiles ?? []) registerFile(state.files, file);
  for (const bot of state.bots.values()) {
    bot.updates.wake = () => {};
    state.botsByToken.set(bot.token, bot);
  }
}

/** Loads the file if it is there, then keeps it up to date. */
export function keepSnapshot(state: State, path: string): Snapshot {
  const pick = (): Saved => ({
    ...fieldsOf(state, FIELDS),
    storedFiles: [...state.files.byId.values()],
  });
  return keepSnapshotFile<Saved>(path, pick, (saved) => restore(state, saved));
}
