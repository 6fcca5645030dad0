// What really arrived: the emulator's own count, which no crash of the sender can falsify.
// "0 sent twice" is measured here: equal text and media in the same chat.
import type { Chat } from './chat.ts';
import type { Message } from './message.ts';

export interface Ledger {
  accepted: number;
  rateLimited: number;
  requestsByMethod: Record<string, number>;
  errorsByDescription: Record<string, number>;
  maxPerSecond: number;
  second: number;
  inSecond: number;
  firstAtMs: number;
  lastAtMs: number;
  /** Repetitions with no act of the person in between. */
  sentTwice: number;
}

export interface DuplicateGroup {
  chat_id: number;
  count: number;
  message_ids: number[];
  unprompted: number;
  text: string;
}

export function createLedger(): Ledger {
  return {
    accepted: 0,
    rateLimited: 0,
    requestsByMethod: {},
    errorsByDescription: {},
    maxPerSecond: 0,
    second: 0,
    inSecond: 0,
    firstAtMs: 0,
    lastAtMs: 0,
    sentTwice: 0,
  };
}

function mediaKey(message: Message): string {
  const photo = message.photo?.at(-1);
  const file = photo ?? message.video ?? message.animation ?? message.document;
  return file ? `${file.file_unique_id}\u0000` : '';
}

/** Books one accepted message of a bot. */
export function recordAccepted(ledger: Ledger, chat: Chat, message: Message, nowMs: number): void {
  ledger.accepted += 1;
  chat.accepted += 1;
  if (ledger.firstAtMs === 0) ledger.firstAtMs = nowMs;
  ledger.lastAtMs = nowMs;
  const second = Math.floor(nowMs / 1000);
  ledger.inSecond = second === ledger.second ? ledger.inSecond + 1 : 1;
  ledger.second = second;
  if (ledger.inSecond > ledger.maxPerSecond) ledger.maxPerSecond = ledger.inSecond;

  const key = mediaKey(message) + (message.text ?? message.caption ?? '');
  const seen = chat.fingerprints.get(key);
  if (seen === undefined) {
    chat.fingerprints.set(key, { messageIds: [message.message_id], acts: chat.acts, unprompted: 0 });
    return;
  }
  seen.messageIds.push(message.message_id);
  if (seen.acts === chat.acts) {
    seen.unprompted += 1;
    ledger.sentTwice += 1;
  }
  seen.acts = chat.acts;
}

export function listDuplicates(chats: Iterable<Chat>): DuplicateGroup[] {
  const groups: DuplicateGroup[] = [];
  for (const chat of chats) {
    for (const [key, seen] of chat.fingerprints) {
      if (seen.messageIds.length < 2) continue;
      groups.push({
        chat_id: chat.about.id,
        count: seen.messageIds.length,
        message_ids: seen.messageIds,
        unprompted: seen.unprompted,
        text: key.slice(key.indexOf('\u0000') + 1, 300),
      });
    }
  }
  return groups;
}
