// Long polling with getUpdates. Asking with an offset confirms everything below it, so the offset is only advanced by
// whoever has stored what came before (channels/inbound.ts).
import type { Account, RawUpdate } from '../channel.ts';
import type { TelegramClient } from './client.ts';
import { allowedUpdates, updateKey } from './parse.ts';
import { refusal } from './refusal.ts';

/** The server holds a poll for `timeout` seconds at most; after this much more silence it is dead. */
const graceMs = 10_000;

export async function pollUpdates(
  client: TelegramClient,
  account: Account,
  offset: number,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<{ updates: RawUpdate[]; nextOffset: number }> {
  const reply = await client.call(
    account,
    'getUpdates',
    { offset, limit: 100, timeout: waitSeconds, allowed_updates: allowedUpdates },
    { timeoutMs: waitSeconds * 1000 + graceMs, signal },
  );
  if (reply.kind === 'unanswered' && reply.cause === 'aborted') return { updates: [], nextOffset: offset };
  const list: unknown = reply.kind === 'answered' && reply.envelope?.ok ? reply.envelope.result : null;
  if (!Array.isArray(list)) throw refusal(reply);
  const updates: RawUpdate[] = [];
  let nextOffset = offset;
  for (const raw of list) {
    const key = updateKey(raw);
    if (key === null) continue;
    updates.push({ key, raw });
    nextOffset = Math.max(nextOffset, Number(key) + 1);
  }
  return { updates, nextOffset };
}
