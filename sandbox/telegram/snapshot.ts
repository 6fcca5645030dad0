// Keeps the state in one JSON file, so that chats survive a restart. Written to a temporary file first, then renamed.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { registerFile, type StoredFile } from './file-shelf.ts';
import type { State } from './state.ts';

const QUIET_MS = 400;

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

function pack(_key: string, value: unknown): unknown {
  return value instanceof Map ? { $map: [...value] } : value;
}

function unpack(_key: string, value: unknown): unknown {
  const entries = (value as { $map?: [unknown, unknown][] } | null)?.$map;
  return Array.isArray(entries) ? new Map(entries) : value;
}

function restore(state: State, text: string): void {
  const saved = JSON.parse(text, unpack) as Partial<State> & { storedFiles?: StoredFile[] };
  for (const name of FIELDS) if (saved[name] !== undefined) Object.assign(state, { [name]: saved[name] });
  for (const file of saved.storedFiles ?? []) registerFile(state.files, file);
  for (const bot of state.bots.values()) {
    bot.updates.wake = () => {};
    state.botsByToken.set(bot.token, bot);
  }
}

export interface Snapshot {
  touch(): void;
  close(): void;
}

/** Loads the file if it is there, then keeps it up to date. */
export function keepSnapshot(state: State, path: string): Snapshot {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) restore(state, readFileSync(path, 'utf8'));
  let timer: NodeJS.Timeout | undefined;
  let lastWriteMs = 0;

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    const began = performance.now();
    const picked = Object.fromEntries(FIELDS.map((name) => [name, state[name]]));
    writeFileSync(
      `${path}.new`,
      JSON.stringify({ ...picked, storedFiles: [...state.files.byId.values()] }, pack),
    );
    renameSync(`${path}.new`, path);
    lastWriteMs = performance.now() - began;
  }

  return {
    touch: () => {
      // A large state takes long to write: at most a twentieth of the time goes into it.
      timer ??= setTimeout(write, Math.max(QUIET_MS, lastWriteMs * 20)).unref();
    },
    close: write,
  };
}
