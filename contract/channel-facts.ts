// What each channel is like. Server and panel ask here and never by a channel's name (server/architecture.test.ts sees to it), so
// that another channel is one more entry. What only its adapter needs to know stands in server/channels/<name>/.
import type { Channel } from './connections.ts';
import type { MediaKind } from './media.ts';

export interface FileRule {
  /** Null: every type that we take. */
  mimes: readonly string[] | null;
  maxBytes: number;
  /** "JPEG or PNG" */
  types: string;
}

export interface ChannelFacts {
  /** In a sentence: "through WhatsApp", "through the website". */
  name: string;
  /** What is connected: "a Telegram bot". */
  account: 'bot' | 'number' | 'website';
  /** Stands before the name that people know the account by: "@shop_bot". */
  handleMark: '@' | '+' | '';
  /** Whom people block there: "of 100 people, 2 blocked the bot". */
  blocked: string;
  /** The platform says that a person has blocked us; else they are only out of reach. */
  tellsBlocking: boolean;
  /** It tells of every message, with our own id in it, that it was sent, delivered and read. */
  tellsReceipts: boolean;
  /** Free texts reach only who wrote within so many hours; null: everybody who can be reached. */
  replyWindowHours: number | null;
  /** Messages may be templates that the platform has approved, which no window holds. */
  takesTemplates: boolean;
  /** A message may have footer, reply buttons and a list (`content.whatsapp`). */
  hasOwnParts: boolean;
  /** Addresses are phone numbers: whoever has one can be written to first, and may turn out not to be there. */
  addressesArePhones: boolean;
  /** The platform wants an opt-in on record before a person is written to first. */
  wantsOptIn: boolean;
  /** The platform charges for each message, by the person's country. */
  chargesPerMessage: boolean;
  /** It sells a higher rate for broadcasts. */
  sellsHigherRate: boolean;
  /** A message can come without a sound. */
  sendsSilently: boolean;
  /** Writing to many is known there as broadcast lists, each of at most 256 people. */
  hasBroadcastLists: boolean;
  /** The person sees that an answer is being written (its adapter's `markRead`). */
  showsTyping: boolean;
  /** Operators can put an emoji on what the person wrote (its adapter's `react`). */
  takesReactions: boolean;
  /** People know commands with a slash; else the bare word is the command. */
  knowsCommands: boolean;
  /** An address can stand behind words; else it stands behind them in the text. */
  linksBehindWords: boolean;
  /** Marks can be written so that they are read as typed. */
  escapesMarks: boolean;
  /** Of a button with an address, in characters; null: as long as we take it. */
  buttonText: number | null;
  filesPerMessage: number;
  /** What the platform takes of each kind, whatever we keep of it; null: nothing of that kind. */
  files: Record<MediaKind, FileRule | null>;
}

const megabyte = 1024 * 1024;
/** What Carillon takes is what it may be: contract/media.ts. */
const whatWeTake = (maxBytes: number, types: string): FileRule => ({ mimes: null, maxBytes, types });
const ours = {
  image: whatWeTake(10 * megabyte, 'JPEG, PNG or WebP'),
  animation: whatWeTake(10 * megabyte, 'GIF'),
  video: whatWeTake(16 * megabyte, 'MP4'),
  document: whatWeTake(16 * megabyte, 'PDF, DOC or DOCX'),
};

const facts: Record<Channel, ChannelFacts> = {
  /** Bot API 10.1, 2026-06-11. */
  telegram: {
    name: 'Telegram',
    account: 'bot',
    handleMark: '@',
    blocked: 'the bot',
    tellsBlocking: true,
    tellsReceipts: false,
    replyWindowHours: null,
    takesTemplates: false,
    hasOwnParts: false,
    addressesArePhones: false,
    wantsOptIn: false,
    chargesPerMessage: false,
    sellsHigherRate: true,
    sendsSilently: true,
    hasBroadcastLists: false,
    showsTyping: false,
    takesReactions: false,
    knowsCommands: true,
    linksBehindWords: true,
    escapesMarks: true,
    buttonText: null,
    filesPerMessage: 10,
    files: ours,
  },
  /** Cloud API: messages, media, webhooks, pricing, 2026-11-20. */
  whatsapp: {
    name: 'WhatsApp',
    account: 'number',
    handleMark: '+',
    blocked: 'your number',
    tellsBlocking: false,
    tellsReceipts: true,
    replyWindowHours: 24,
    takesTemplates: true,
    hasOwnParts: true,
    addressesArePhones: true,
    wantsOptIn: true,
    chargesPerMessage: true,
    sellsHigherRate: false,
    sendsSilently: false,
    hasBroadcastLists: true,
    showsTyping: true,
    takesReactions: true,
    knowsCommands: false,
    linksBehindWords: false,
    escapesMarks: false,
    buttonText: 20,
    filesPerMessage: 1,
    files: {
      image: { mimes: ['image/jpeg', 'image/png'], maxBytes: 5 * megabyte, types: 'JPEG or PNG' },
      animation: null,
      video: { mimes: ['video/mp4', 'video/3gpp'], maxBytes: 16 * megabyte, types: 'MP4' },
      document: { mimes: null, maxBytes: 100 * megabyte, types: 'PDF, Word, Excel or PowerPoint' },
    },
  },
  /** Our own widget: it will tell of every message that a browser has shown. */
  website: {
    name: 'website',
    account: 'website',
    handleMark: '',
    blocked: 'the website’s messages',
    tellsBlocking: false,
    tellsReceipts: true,
    replyWindowHours: null,
    takesTemplates: false,
    hasOwnParts: false,
    addressesArePhones: false,
    wantsOptIn: false,
    chargesPerMessage: false,
    sellsHigherRate: false,
    sendsSilently: true,
    hasBroadcastLists: false,
    showsTyping: false,
    takesReactions: false,
    knowsCommands: true,
    linksBehindWords: true,
    escapesMarks: true,
    buttonText: null,
    filesPerMessage: 10,
    files: ours,
  },
};

/** Null: no channel has been chosen yet, or it is one that this version does not know. */
export function factsOf(channel: Channel): ChannelFacts;
export function factsOf(channel: string | null | undefined): ChannelFacts | null;
export function factsOf(channel: string | null | undefined): ChannelFacts | null {
  return channel && Object.hasOwn(facts, channel) ? facts[channel as Channel] : null;
}

type YesOrNo = { [K in keyof ChannelFacts]: ChannelFacts[K] extends boolean ? K : never }[keyof ChannelFacts];

/** Of which something is true: for queries. */
export function channelsWhere(fact: YesOrNo): Channel[] {
  return (Object.keys(facts) as Channel[]).filter((channel) => facts[channel][fact]);
}

/** "5 MB" */
export const inMegabytes = (bytes: number) => `${Math.floor(bytes / megabyte)} MB`;
