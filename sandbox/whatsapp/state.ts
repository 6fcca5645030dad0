// Everything that the emulated WhatsApp knows. Time comes in as a function, so that tests can turn the clock.
import { randomBytes } from 'node:crypto';
import { createWaFaultBook, type WaFaultBook } from './faults.ts';
import { BSUID, derivedUserId, makeDigits, phoneOfDerived } from './ids.ts';
import { createLadder, type Ladder } from './ladder.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { type Buckets, createBuckets, DEFAULT_WA_LIMITS, type WaLimits } from './limits.ts';
import { createMediaShelf, type MediaShelf } from './media.ts';
import { type Chat, createChat, type Message } from './message.ts';
import type { Template } from './template.ts';

export interface App {
  id: string;
  secret: string;
  callbackUrl: string;
  verifyToken: string;
}

export interface Waba {
  id: string;
  name: string;
  portfolioId: string;
  /** By app id; an override takes the place of the app's own callback. */
  subscriptions: Map<string, { overrideUrl: string }>;
  templates: Map<string, Template>;
  /** `name\u0000language` → id. */
  templateKeys: Map<string, string>;
  /** Names of approved templates that were deleted, blocked for 30 days: name → until. */
  blockedNames: Map<string, number>;
  createdAt: number[];
  moderation: { delayMs: number | null; rejectWords: string[]; reason: string };
}

export interface WaNumber {
  id: string;
  wabaId: string;
  appId: string;
  token: string;
  display: string;
  verifiedName: string;
  status: string;
  quality: string;
  nameStatus: string;
  codeVerification: string;
  throughput: string;
  messagingLimit: string;
  isRegistered: boolean;
  pin: string;
  hasPaymentProblem: boolean;
  isRestricted: boolean;
  strangers: 'absent' | 'exist';
  keep: 'all' | 'counts';
  limits: WaLimits | null;
  buckets: Buckets;
  ladder: Ladder;
  ledger: Ledger;
  chats: Map<string, Chat>;
  /** Templates that are held back, by id. */
  held: Map<string, Message>;
  blockedUsers: string[];
  /** Service messages in the month, of which the first 1000 are free (Cloud API, pricing, 2026-10-01). */
  service: { month: string; count: number };
  registrationsAt: number[];
}

export interface WaPerson {
  wa_id: string;
  user_id?: string;
  username?: string;
  name: string;
  receipts: boolean;
  on_whatsapp: boolean;
  /** Always over the per-user marketing cap. */
  capped: boolean;
  /** Webhooks leave the phone number out. */
  hides_phone: boolean;
  /** The phone is switched off: messages stay at "sent". */
  offline: boolean;
}

export interface WaState {
  now: () => number;
  apps: Map<string, App>;
  wabas: Map<string, Waba>;
  numbers: Map<string, WaNumber>;
  people: Map<string, WaPerson>;
  /** Only ids that were given; derived ones are calculated. */
  peopleByUserId: Map<string, string>;
  /** Unique people written to outside the window: portfolio id → (wa_id → when). */
  portfolios: Map<string, Map<string, number>>;
  tokens: Map<string, { appId: string; wabaIds: Set<string> }>;
  media: MediaShelf;
  faults: WaFaultBook;
  defaultLimits: WaLimits | null;
  webhookTimeScale: number;
  /** How clients reach the sandbox: for download addresses in webhooks. */
  origin: string;
  nextPerson: number;
  /** The phone number or '' changed. */
  onChange: (numberId: string, waId: string) => void;
}

export function createWaState(
  options: { now?: () => number; limits?: WaLimits | null; mediaDir?: string } = {},
): WaState {
  return {
    now: options.now ?? Date.now,
    apps: new Map(),
    wabas: new Map(),
    numbers: new Map(),
    people: new Map(),
    peopleByUserId: new Map(),
    portfolios: new Map(),
    tokens: new Map(),
    media: createMediaShelf(options.mediaDir),
    faults: createWaFaultBook(),
    defaultLimits: options.limits === undefined ? DEFAULT_WA_LIMITS : options.limits,
    webhookTimeScale: 1,
    origin: '',
    nextPerson: 1,
    onChange: () => {},
  };
}

export function nowSeconds(state: WaState): string {
  return String(Math.floor(state.now() / 1000));
}

export function addApp(state: WaState, given: Partial<App> = {}): App {
  const app: App = {
    id: given.id ?? makeDigits(16),
    secret: given.secret ?? randomBytes(16).toString('hex'),
    callbackUrl: given.callbackUrl ?? '',
    verifyToken: given.verifyToken ?? randomBytes(12).toString('hex'),
  };
  state.apps.set(app.id, app);
  return app;
}

export function addWaba(state: WaState, id: string, portfolioId: string, name: string): Waba {
  const waba: Waba = {
    id,
    name,
    portfolioId,
    subscriptions: new Map(),
    templates: new Map(),
    templateKeys: new Map(),
    blockedNames: new Map(),
    createdAt: [],
    moderation: { delayMs: 0, rejectWords: ['forbidden'], reason: 'INVALID_FORMAT' },
  };
  state.wabas.set(id, waba);
  if (!state.portfolios.has(portfolioId)) state.portfolios.set(portfolioId, new Map());
  return waba;
}

export function makeToken(): string {
  return `EAA${randomBytes(60).toString('base64url').replace(/[-_]/g, 'Z')}`;
}

export function grant(state: WaState, token: string, appId: string, wabaId: string): void {
  const known = state.tokens.get(token);
  if (known) known.wabaIds.add(wabaId);
  else state.tokens.set(token, { appId, wabaIds: new Set([wabaId]) });
}

export function addNumber(
  state: WaState,
  given: { id: string; waba: Waba; app: App; token: string; display: string; verifiedName: string },
): WaNumber {
  const number: WaNumber = {
    id: given.id,
    wabaId: given.waba.id,
    appId: given.app.id,
    token: given.token,
    display: given.display,
    verifiedName: given.verifiedName,
    status: 'CONNECTED',
    quality: 'GREEN',
    nameStatus: 'APPROVED',
    codeVerification: 'VERIFIED',
    throughput: 'STANDARD',
    messagingLimit: 'TIER_10K',
    isRegistered: true,
    pin: '',
    hasPaymentProblem: false,
    isRestricted: false,
    strangers: 'absent',
    keep: 'all',
    limits: state.defaultLimits,
    buckets: createBuckets(),
    ladder: createLadder(),
    ledger: createLedger(),
    chats: new Map(),
    held: new Map(),
    blockedUsers: [],
    service: { month: '', count: 0 },
    registrationsAt: [],
  };
  state.numbers.set(number.id, number);
  grant(state, given.token, given.app.id, given.waba.id);
  return number;
}

export function digitsOf(phone: string): string {
  return phone.replace(/\D/g, '');
}

export function addPerson(state: WaState, given: Partial<WaPerson>): WaPerson {
  let waId = given.wa_id === undefined ? '' : digitsOf(given.wa_id);
  // numbers that are reserved for fiction in Britain: no real phone rings
  while (waId === '' || (given.wa_id === undefined && state.people.has(waId)))
    waId = `447700900${String(state.nextPerson++).padStart(3, '0')}`;
  const old = state.people.get(waId);
  const person: WaPerson = {
    wa_id: waId,
    name: given.name ?? old?.name ?? `Person ${waId.slice(-4)}`,
    receipts: given.receipts ?? old?.receipts ?? true,
    on_whatsapp: given.on_whatsapp ?? old?.on_whatsapp ?? true,
    capped: given.capped ?? old?.capped ?? false,
    hides_phone: given.hides_phone ?? old?.hides_phone ?? false,
    offline: given.offline ?? old?.offline ?? false,
  };
  const userId = given.user_id ?? old?.user_id;
  const username = given.username?.replace(/^@/, '') ?? old?.username;
  if (userId !== undefined) {
    person.user_id = userId;
    state.peopleByUserId.set(userId, waId);
  }
  if (username !== undefined) person.username = username;
  state.people.set(waId, person);
  return person;
}

export function userIdOf(person: WaPerson): string {
  return person.user_id ?? derivedUserId(person.wa_id);
}

/** By wa_id, BSUID or @username. */
export function findPerson(state: WaState, given: string): WaPerson | undefined {
  if (given.startsWith('@')) {
    const username = given.slice(1);
    for (const person of state.people.values()) if (person.username === username) return person;
    return undefined;
  }
  if (BSUID.test(given)) {
    const waId = state.peopleByUserId.get(given) ?? phoneOfDerived(given);
    return waId === undefined ? undefined : state.people.get(waId);
  }
  return state.people.get(digitsOf(given));
}

export function chatOf(number: WaNumber, waId: string): Chat {
  let chat = number.chats.get(waId);
  if (!chat) {
    chat = createChat(waId);
    number.chats.set(waId, chat);
  }
  return chat;
}

export function findMessage(number: WaNumber, id: string) {
  for (const chat of number.chats.values()) {
    const message = chat.messages.get(id);
    if (message) return { chat, message };
  }
  return undefined;
}
