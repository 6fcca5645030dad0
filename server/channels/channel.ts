// THE PORT: what a messaging platform must offer to be a channel of Carillon. Adapters return outcomes and throw only on
// bugs. To add a channel: implement `Adapter` in a folder of its own, pass channel.contract.ts, name it in registry.ts.
import type { IncomingHttpHeaders } from 'node:http';
import type { AccountHealth, Channel } from '../../contract/connections.ts';
import type { FailureReason, UnknownReason } from '../../contract/deliveries.ts';
import type { MediaKind } from '../../contract/media.ts';
import type { RenderedMessage } from '../../contract/message.ts';
import type { TemplateComponent } from '../../contract/whatsapp-templates.ts';

/** One connected account, with its secrets open; lives in memory only. */
export interface Account {
  workspaceId: string;
  connectionId: string;
  /** Root of the platform's API without a trailing slash, its version included where it has one: the real one or an emulator's. */
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
  /** The platform's id of the message that this one answers, where the platform shows that. */
  inReplyTo?: string | null;
}

/** What became of one send. Only `accepted` and `rejected` are final. */
export type Outcome =
  /**
   * `externalId` null: accepted, but the platform named no id yet; of an album it is the first message's. `handles`: what
   * the platform calls each file, in the order of `media`, to be reused. `held`: the platform keeps it back for now and tells
   * nothing of it until it lets it go or drops it.
   */
  | { kind: 'accepted'; externalId: string | null; handles?: (string | null)[]; held?: true }
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
  /** Surely not sent, and nothing of this campaign will be until a person looks at it; others of the connection go on. */
  | { kind: 'stopped'; detail: string }
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
      /** The person's other address on this platform, which may be the only one it tells next time. */
      alsoAt?: string;
      person: Person;
      externalId: string;
      text: string;
      at: Date;
      image?: boolean;
      /** To be fetched by `Adapter.download`, while the platform keeps it. */
      media?: InboundMedia;
      /** The platform's id of the message that it answers. */
      inReplyTo?: string;
      /** It was not typed but pressed: a reply button or a row of a list; what we called it. */
      pressed?: string;
    }
  /** `emoji` null: taken back. */
  | { kind: 'reacted'; address: string; person: Person; to: string; emoji: string | null; at: Date }
  /** The person told the platform, not us, that they want no marketing of ours any more, or want it again. */
  | { kind: 'marketing'; address: string; person: Person; wanted: boolean; words: string; at: Date }
  /** The person has another address from now on. */
  | { kind: 'moved'; from: string; to: string; at: Date }
  /** A button was pressed; the platform names no time for it. */
  | { kind: 'pressed'; address: string; person: Person; callbackId: string; data: string }
  /** The person can be written to again / no more (blocked the bot, deleted the chat). */
  | { kind: 'reachable'; address: string; person: Person; at: Date }
  | { kind: 'unreachable'; address: string; person: Person; reason: 'blocked' | 'deactivated'; at: Date }
  | TemplateEvent
  | AccountEvent
  | GroupEvent;

export interface InboundMedia {
  kind: 'image' | 'video' | 'audio' | 'document' | 'sticker';
  /** What the platform calls it. */
  handle: string;
  mime: string | null;
  fileName: string | null;
  /** A voice note. */
  voice?: boolean;
}

/** What the platform says of a template that it approves or not. What is absent did not change. */
export interface TemplateEvent {
  kind: 'template';
  /** The platform's id of it. */
  externalId: string;
  name: string;
  language: string;
  /** In the platform's own words: APPROVED, PAUSED, … */
  status?: string;
  quality?: string;
  category?: string;
  reason?: string | null;
  at: Date;
}

/** A template as the platform keeps it. */
export interface PlatformTemplate {
  externalId: string;
  name: string;
  language: string;
  /** In the platform's own words, as in TemplateEvent. */
  status: string;
  category: string;
  previousCategory: string | null;
  quality: string;
  parameterFormat: 'POSITIONAL' | 'NAMED';
  components: TemplateComponent[];
  /** Why it was rejected, in the platform's word; null: it was not. */
  reason: string | null;
}

/** What a template is made of when it is handed in. */
export interface TemplateSubmission {
  category: string;
  parameterFormat: 'POSITIONAL' | 'NAMED';
  components: TemplateComponent[];
}

/**
 * Templates that the platform approves before they can be sent. Everything throws AppError: CREDENTIALS_REJECTED,
 * PLATFORM_UNREACHABLE (also where it asks us to wait), VALIDATION_FAILED (the platform does not take what it says, with the
 * field where the platform names it), NOT_FOUND, PLATFORM_REFUSED (anything else, in the platform's words).
 */
export interface TemplateDesk {
  /** Where the account's templates are kept; several numbers may share one. */
  placeOf(account: Account): string;
  /** One page; `after` null: the first. */
  list(
    account: Account,
    after: string | null,
  ): Promise<{ templates: PlatformTemplate[]; after: string | null }>;
  read(account: Account, externalId: string): Promise<PlatformTemplate>;
  create(
    account: Account,
    template: TemplateSubmission & { name: string; language: string },
  ): Promise<{ externalId: string; status: string; category: string }>;
  /** `category` only where it is to change. */
  change(
    account: Account,
    externalId: string,
    template: Omit<TemplateSubmission, 'category'> & { category?: string },
  ): Promise<void>;
  /** One language of it. */
  remove(account: Account, template: { name: string; externalId: string }): Promise<void>;
  /** A sample for a header, by which a template is judged; returns what the submission names it by. */
  uploadSample(
    account: Account,
    file: { fileName: string; mime: string; bytes: () => Promise<Buffer>; sizeBytes: number },
  ): Promise<string>;
}

/** What the platform says of the account itself; whoever keeps its health asks anew. `words`: for people. */
export interface AccountEvent {
  kind: 'account';
  /** Nothing may be sent through it at present. */
  stops: boolean;
  words: string;
  at: Date;
}

/** What the platform tells of one message that we sent. Early, late, repeated and disordered ones are normal. */
export interface Receipt {
  /** The platform's id of the message. */
  externalId: string;
  /** Our own, echoed; null: the message is not one of ours, or the platform echoes nothing. */
  deliveryId: string | null;
  /** Which try of it, as in Outbound; null: not told. */
  attempt: number | null;
  status: 'sent' | 'delivered' | 'read' | 'failed';
  at: Date;
  /** Of `failed`. */
  failure: {
    reason: FailureReason;
    detail: string;
    /** It says so of the whole campaign, as the outcome `stopped` does. */
    stops?: true;
  } | null;
  /** As in RawUpdate. */
  account?: string;
}

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
  /** Whom it is for, where one address serves several accounts: an account's id, or that of the business they belong to. Absent: whose address it came to. */
  account?: string;
}

/** The body of one webhook, taken apart: one update each for what people do, and the receipts, which come in thousands. */
export interface Webhook {
  updates: RawUpdate[];
  receipts: Receipt[];
}

/** What an incoming webhook is judged by. */
export interface WebhookSecrets {
  /** Ours, drawn when the connection was made. */
  secret: string;
  /** The connection's own credentials, opened. */
  credentials: Record<string, string>;
}

export interface Adapter {
  channel: Channel;
  pace: Pace;
  /** Asks the platform who the account is. Throws AppError CREDENTIALS_REJECTED or PLATFORM_UNREACHABLE with what to do. */
  identify(account: Account): Promise<{ accountId: string; username: string | null; name: string }>;
  /** How the account stands with its platform; absent: it tells nothing of it. Throws AppError like `identify`. */
  health?(account: Account): Promise<AccountHealth>;
  send(account: Account, outbound: Outbound): Promise<Outcome>;
  /** Tells the platform where to deliver updates; null: we poll. Throws AppError like `identify`. */
  receiveBy(account: Account, webhook: { url: string; secret: string } | null): Promise<void>;
  /** Waits for updates from `offset` on, up to `waitSeconds`. Throws AppError; an abort ends it early with what is there. Absent: the platform has webhooks only. */
  poll?(
    account: Account,
    offset: number,
    waitSeconds: number,
    signal: AbortSignal,
  ): Promise<{ updates: RawUpdate[]; nextOffset: number }>;
  /** Asks how many are in a group and what we are in it; null: it is not ours to know, or gone. Throws AppError like `identify`. */
  lookAtGroup?(account: Account, address: string): Promise<{ members: number; standing: Standing } | null>;
  /** Tells the platform that a pressed button was noticed, where it waits for that. Best effort, never throws. */
  acknowledge?(account: Account, callbackId: string): Promise<void>;
  /** Whether an incoming webhook can be the platform's own, by its headers alone: asked before the body is read. */
  admits(headers: IncomingHttpHeaders, secrets: WebhookSecrets): boolean;
  /** Whether an incoming webhook is the platform's own; compares in constant time. */
  verify(headers: IncomingHttpHeaders, rawBody: Buffer, secrets: WebhookSecrets): boolean;
  /** The answer to the platform's question whether the address is ours (a GET); null: refuse it. Absent: it asks nothing. */
  handshake?(query: Record<string, string>, secrets: WebhookSecrets): string | null;
  /** What the platform must be told to deliver, where a person sets that up by hand. */
  webhookFields?: readonly string[];
  /** Takes a webhook's body apart; null where it is none of the platform's. Never throws on foreign shapes. */
  split(raw: unknown): Webhook | null;
  /** What a raw update means to us; [] for what we do not use. Never throws on foreign shapes. */
  parse(raw: unknown): InboundEvent[];
  /** The bytes of a received file. Throws AppError PLATFORM_REFUSED where it is gone, else as `identify`. */
  download?(account: Account, handle: string): Promise<{ bytes: Buffer; mime: string | null }>;
  /** Puts an emoji on a message of the person's; null takes it back. Throws AppError PLATFORM_REFUSED, else as `identify`. */
  react?(account: Account, address: string, externalId: string, emoji: string | null): Promise<void>;
  /** Shows the person that their message was read, with `typing` also that an answer is being written. Best effort, never throws. */
  markRead?(account: Account, externalId: string, typing: boolean): Promise<void>;
  /** Absent: the platform approves no templates. */
  templates?: TemplateDesk;
  /** Closes the connections kept alive to that platform. */
  close(): Promise<void>;
}
