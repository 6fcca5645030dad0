// THE PORT: what a messaging platform must offer to be a channel of Carillon. Adapters return outcomes and throw only on
// bugs. To add a channel: implement `Adapter` in a folder of its own, pass channel.contract.ts, name it in registry.ts.
import type { IncomingHttpHeaders } from 'node:http';
import type { Channel } from '../../contract/connections.ts';
import type { FailureReason, UnknownReason } from '../../contract/deliveries.ts';
import type { MediaKind } from '../../contract/media.ts';
import type { RenderedMessage } from '../../contract/message.ts';

/** One connected account, with its secrets open; lives in memory only. */
export interface Account {
  workspaceId: string;
  connectionId: string;
  /** Origin of the platform's API without a trailing slash: the real one or an emulator. */
  apiRoot: string;
  credentials: Record<string, string>;
}

export interface OutboundMedia {
  kind: MediaKind;
  /** Of a video, where it is known: a player that does not know its shape opens it as a square. */
  shape?: { width: number | null; height: number | null; durationSeconds: number | null };
  /** An address the platform fetches itself, or bytes that we upload. */
  source: { url: string } | { fileName: string; mime: string; bytes: () => Promise<Buffer> };
  /** The platform's own handle of the same file from an earlier upload; uploading once per run is enough. */
  handle: string | null;
}

export interface Outbound {
  /** Our id of the message; echoed by platforms that can (WhatsApp's biz_opaque_callback_data). */
  deliveryId: string;
  address: string;
  message: RenderedMessage;
  /** Several go as one album, in one call: what became of it is known for all of them or for none. */
  media: OutboundMedia[];
  silent: boolean;
  linkPreview: boolean;
  /** Sent at the platform's paid rate, where it sells one (`Pace.paidPerSecond`). */
  paid?: boolean;
  /** 1 for the first try of this message; absent: the last one. Some refusals are worth one more try. */
  attempt?: number;
}

/** What became of one send. Only `accepted` and `rejected` are final. */
export type Outcome =
  /**
   * `externalId` null: accepted, but the platform named no id yet; of an album it is the first message's. `handles`: what
   * the platform calls each file, in the order of `media`, to be reused.
   */
  | { kind: 'accepted'; externalId: string | null; handles?: (string | null)[] }
  /** Never again for this message. `gone`: the person cannot be reached here until they come back by themselves. */
  | { kind: 'rejected'; reason: FailureReason; detail: string; gone?: 'blocked' | 'deactivated' }
  /**
   * Surely not sent: a 429, a refused connection, a 5xx with a body. `retryAfterMs` null: the lane chooses a backoff.
   * `scope` is what must wait: this message, this chat (a person's or a group's), or everything of the connection.
   */
  | {
      kind: 'deferred';
      retryAfterMs: number | null;
      scope: 'message' | 'recipient' | 'connection';
      detail: string;
    }
  /** Surely not sent, and nothing will be until a person mends the connection. */
  | { kind: 'broken'; detail: string }
  /** Bytes may have left and no readable answer came back. Never resent blindly. */
  | { kind: 'unknown'; cause: UnknownReason; detail: string };

/** What a platform allows in one chat. */
export type ChatLimit =
  /** One message every so often; what was not used adds up to `burst` at once. */
  | { kind: 'bucket'; everyMs: number; burst: number }
  /** At most so many in any stretch of that length. */
  | { kind: 'window'; messages: number; perMs: number };

/** What the platform allows, in all its scopes. Shown on the limits page with where the figures are from. */
export interface Pace {
  /** The whole account. */
  perSecond: number;
  /** The whole account for messages that are paid for; null: the platform sells no higher rate. */
  paidPerSecond: number | null;
  /** One person's chat. */
  recipient: ChatLimit;
  /** One group's chat; null: the platform has no groups. */
  group: ChatLimit | null;
  isGroup(address: string): boolean;
  /** Document and date of each figure. */
  sources: Record<'connection' | 'recipient', string> & { group?: string; paid?: string };
}

/** One thing that happened on the customer's side. `at` is the platform's time. */
export type InboundEvent =
  | {
      kind: 'message';
      address: string;
      person: Person;
      externalId: string;
      text: string;
      at: Date;
      image?: boolean;
    }
  /** A button was pressed; the platform names no time for it. */
  | { kind: 'pressed'; address: string; person: Person; callbackId: string; data: string }
  /** The person can be written to again / no more (blocked the bot, deleted the chat). */
  | { kind: 'reachable'; address: string; person: Person; at: Date }
  | { kind: 'unreachable'; address: string; person: Person; reason: 'blocked' | 'deactivated'; at: Date }
  | GroupEvent;

/**
 * What shows itself of a group. None of it is a conversation: nobody opts out, replies or becomes a contact by it.
 * `address` of a person is theirs in a private chat, whether or not we could write to it.
 */
export type GroupEvent =
  /** It is there: something was posted in it. */
  | { kind: 'group_seen'; group: Group; at: Date }
  /** What we are in it now. */
  | { kind: 'group_standing'; group: Group; standing: Standing; at: Date }
  /** What somebody is in it now, as the platform says. */
  | { kind: 'group_member'; group: Group; address: string; person: Person; standing: Standing; at: Date }
  /** Somebody was let in, whatever they are there. */
  | { kind: 'group_joined'; group: Group; address: string; person: Person; at: Date }
  /** Somebody wrote in it. `isMember`: which only members can. */
  | { kind: 'group_wrote'; group: Group; address: string; person: Person; isMember: boolean; at: Date }
  /** It has another address from now on. */
  | { kind: 'group_moved'; from: string; to: string; at: Date };

export interface Group {
  address: string;
  kind: 'group' | 'supergroup' | 'channel';
  title: string;
  username: string | null;
}
export type Standing = 'owner' | 'administrator' | 'member' | 'restricted' | 'left' | 'banned';

export interface Person {
  firstName: string | null;
  lastName: string | null;
  username: string | null;
  language: string | null;
}

/** One raw update as the platform sent it. `key` is the platform's own number of it, the same on every repetition. */
export interface RawUpdate {
  key: string;
  raw: unknown;
}

export interface Adapter {
  channel: Channel;
  pace: Pace;
  /** Asks the platform who the account is. Throws AppError CREDENTIALS_REJECTED or PLATFORM_UNREACHABLE with what to do. */
  identify(account: Account): Promise<{ accountId: string; username: string | null; name: string }>;
  send(account: Account, outbound: Outbound): Promise<Outcome>;
  /** Tells the platform where to deliver updates; null: we poll. Throws AppError like `identify`. */
  receiveBy(account: Account, webhook: { url: string; secret: string } | null): Promise<void>;
  /** Waits for updates from `offset` on, up to `waitSeconds`. Throws AppError; an abort ends it early with what is there. */
  poll(
    account: Account,
    offset: number,
    waitSeconds: number,
    signal: AbortSignal,
  ): Promise<{ updates: RawUpdate[]; nextOffset: number }>;
  /** Asks how many are in a group and what we are in it; null: it is not ours to know, or gone. Throws AppError like `identify`. */
  lookAtGroup?(account: Account, address: string): Promise<{ members: number; standing: Standing } | null>;
  /** Tells the platform that a pressed button was noticed, where it waits for that. Best effort, never throws. */
  acknowledge?(account: Account, callbackId: string): Promise<void>;
  /** Whether an incoming webhook is the platform's own; compares in constant time. */
  verify(headers: IncomingHttpHeaders, rawBody: Buffer, secret: string): boolean;
  /** The update's own number, or null where the body is none of the platform's updates. */
  updateKey(raw: unknown): string | null;
  /** What a raw update means to us; [] for what we do not use. Never throws on foreign shapes. */
  parse(raw: unknown): InboundEvent[];
  /** Closes the connections kept alive to that platform. */
  close(): Promise<void>;
}
