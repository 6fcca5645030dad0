// Keeps a state in one JSON file, so that chats survive a restart. Written to a temporary file first, then renamed.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const QUIET_MS = 400;

function pack(_key: string, value: unknown): unknown {
  if (value instanceof Map) return { $map: [...value] };
  return value instanceof Set ? { $set: [...value] } : value;
}

function unpack(_key: string, value: unknown): unknown {
  const kept = value as { $map?: [unknown, unknown][]; $set?: unknown[] } | null;
  if (Array.isArray(kept?.$map)) return new Map(kept.$map);
  return Array.isArray(kept?.$set) ? new Set(kept.$set) : value;
}

/** The named fields of a state. */
export function fieldsOf<State extends object, Name extends keyof State>(
  state: State,
  names: readonly Name[],
): Pick<State, Name> {
  return Object.fromEntries(names.map((name) => [name, state[name]])) as unknown as Pick<State, Name>;
}

export interface Snapshot {
  touch(): void;
  close(): void;
}

/** Loads the file if it is there, then keeps it up to date with what `pick` gives. */
export function keepSnapshotFile<Saved extends object>(
  path: string,
  pick: () => Saved,
  restore: (saved: Partial<Saved>) => void,
): Snapshot {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) restore(JSON.parse(readFileSync(path, 'utf8'), unpack) as Partial<Saved>);
  let timer: NodeJS.Timeout | undefined;
  let lastWriteMs = 0;

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    const began = performance.now();
    writeFileSync(`${path}.new`, JSON.stringify(pick(), pack));
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
