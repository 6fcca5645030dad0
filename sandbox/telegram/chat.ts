// A conversation as one place keeps it: a private dialog (one per bot and person) or a group, supergroup or channel.
import type { ChatObject, Message, UserObject } from './message.ts';

/** Only the latest messages of a chat stay readable, so that a long benchmark does not fill the memory. */
const KEPT_MESSAGES = 300;

export type MemberStatus = 'creator' | 'administrator' | 'member' | 'restricted' | 'left' | 'kicked';

export interface Member {
  user: UserObject;
  status: MemberStatus;
  rights: Record<string, boolean>;
  until_date: number;
}

export interface InviteLink {
  invite_link: string;
  creator: UserObject;
  creates_join_request: boolean;
  is_primary: boolean;
  is_revoked: boolean;
  name?: string;
  expire_date?: number;
  member_limit?: number;
}

export interface Chat {
  /** Shape that goes into every message of the chat; shared, never copied. */
  about: ChatObject;
  /** Private dialogs only. A person who never pressed Start cannot be written to (telegram.md §4). */
  started: boolean;
  blocked: boolean;
  description?: string;
  linkedChatId?: number;
  migratedTo?: number;
  canSend: boolean;
  lastMessageId: number;
  messages: Map<number, Message>;
  pinned: number[];
  members: Map<number, Member>;
  inviteLinks: Map<string, InviteLink>;
  joinRequests: Map<number, InviteLink | undefined>;
  reactions: Map<number, Map<number, unknown[]>>;
  accepted: number;
  /** text + media → message ids, for the count of duplicates (ledger.ts). */
  fingerprints: Map<string, Sighting>;
  /** Grows with every act of a person; two equal messages with none in between are the ones to worry about. */
  acts: number;
  activeAt: number;
  /** The latest thing that the person did; the phones page shows it as a badge. */
  lastAct: PersonAct | undefined;
}

export interface PersonAct {
  kind: 'start' | 'message' | 'press' | 'react' | 'block' | 'unblock' | 'edit';
  at: number;
  messageId?: number;
  /** Running number of the pressed button, row by row. */
  button?: number;
  queryId?: string;
}

export interface Sighting {
  messageIds: number[];
  acts: number;
  unprompted: number;
}

export function createChat(about: ChatObject): Chat {
  return {
    about,
    started: false,
    blocked: false,
    canSend: true,
    lastMessageId: 0,
    messages: new Map(),
    pinned: [],
    members: new Map(),
    inviteLinks: new Map(),
    joinRequests: new Map(),
    reactions: new Map(),
    accepted: 0,
    fingerprints: new Map(),
    acts: 0,
    activeAt: 0,
    lastAct: undefined,
  };
}

export function keepMessage(chat: Chat, message: Message, nowMs: number): void {
  chat.messages.set(message.message_id, message);
  chat.activeAt = nowMs;
  if (chat.messages.size > KEPT_MESSAGES) {
    const oldest = chat.messages.keys().next().value;
    if (oldest !== undefined) chat.messages.delete(oldest);
  }
}

/** Wording differs by kind: "group chat", "supergroup chat", "channel chat" (telegram.md §5). */
export function kindOf(chat: Chat): string {
  return chat.about.type === 'private' ? 'private chat' : `${chat.about.type} chat`;
}
