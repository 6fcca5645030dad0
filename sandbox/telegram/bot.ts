// One bot: its token, its dialogs and its queue of updates.
import { randomBytes } from 'node:crypto';
import type { Chat } from './chat.ts';
import { createFlood, type Flood, type Limits } from './flood.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { UserObject } from './message.ts';
import { createUpdateQueue, type UpdateQueue } from './update-queue.ts';

export interface Webhook {
  url: string;
  secretToken: string;
  maxConnections: number;
  hasCertificate: boolean;
  ipAddress?: string;
  lastErrorDate?: number;
  lastErrorMessage?: string;
  lastSetAtMs: number;
}

export interface PendingQuery {
  id: string;
  userId: number;
  atMs: number;
  answer?: { text?: string; show_alert?: boolean; url?: string };
}

export interface Bot {
  id: number;
  token: string;
  username: string;
  name: string;
  about: UserObject;
  /** On by default: a group bot sees only what is meant for it (telegram.md §6 [C]). */
  privacy: boolean;
  limits: Limits | null;
  flood: Flood;
  ledger: Ledger;
  updates: UpdateQueue;
  webhook: Webhook | undefined;
  commands: Map<string, { command: string; description: string }[]>;
  dialogs: Map<number, Chat>;
  queries: Map<string, PendingQuery>;
}

export function makeToken(id: number): string {
  return `${id}:${randomBytes(26).toString('base64url')}`;
}

export function createBot(
  id: number,
  token: string,
  username: string,
  name: string,
  limits: Limits | null,
): Bot {
  return {
    id,
    token,
    username,
    name,
    about: { id, is_bot: true, first_name: name, username },
    privacy: true,
    limits,
    flood: createFlood(),
    ledger: createLedger(),
    updates: createUpdateQueue(),
    webhook: undefined,
    commands: new Map(),
    dialogs: new Map(),
    queries: new Map(),
  };
}
