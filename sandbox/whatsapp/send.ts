// POST /{phone_number_id}/messages: checked, limited, taken on (Cloud API, messages, 2026-11-20).
import { readContent } from './content.ts';
import { type Fields, isFields, readOptionalText } from './content-read.ts';
import { badValue, GraphError, invalidParameter, missingParameter } from './graph-error.ts';
import { hold } from './hold.ts';
import { BSUID, callingCodeOf, makeWamid } from './ids.ts';
import { recordAccepted } from './ledger.ts';
import {
  chargePair,
  chargePortfolio,
  chargeThroughput,
  DAY_MS,
  isUsNumber,
  uniquePeopleLimit,
} from './limits.ts';
import { fetchProblem } from './link-fetch.ts';
import { type Chat, keepMessage, type Message } from './message.ts';
import type { Content } from './scene.ts';
import { addPerson, chatOf, digitsOf, findPerson, userIdOf, type WaNumber, type WaPerson } from './state.ts';
import { climb, type Failure, type Post } from './statuses.ts';
import { readTemplateSend, type TemplateContent } from './template-send.ts';

/** Marketing caps do not exist there (Cloud API, per-user marketing limits, 2026-11-20). */
const UNCAPPED = new Set(
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB JP KR'.split(
    ' ',
  ),
);

export interface Recipient {
  /** As it was given. */
  input: string;
  wa_id: string;
  person: WaPerson | undefined;
}

/** `to` wins over `recipient`. Without "+" the calling code of the business is put in front (Cloud API, messages, 2026-11-20). */
export function readRecipient(post: Post, number: WaNumber, body: Fields): Recipient {
  const { state } = post;
  const { to, recipient } = body;
  if (to === undefined && recipient !== undefined) {
    const input = String(recipient);
    if (!BSUID.test(input)) throw badValue('recipient is not a business-scoped user ID.');
    const person = findPerson(state, input);
    return { input, wa_id: person?.wa_id ?? input, person };
  }
  if (to === undefined || to === null || to === '')
    throw new GraphError(100, { message: '(#100) The parameter to is required.' });
  const input = String(to);
  if (!/^\+?[\d\s().-]+$/.test(input) || digitsOf(input).length < 5 || digitsOf(input).length > 20)
    throw badValue(`Recipient phone number is not valid: ${input}`);
  let digits = digitsOf(input);
  const code = callingCodeOf(digitsOf(number.display));
  if (!input.trim().startsWith('+') && !digits.startsWith(code)) digits = code + digits;
  let person = state.people.get(digits);
  if (!person && number.strangers === 'exist') {
    if (number.keep === 'all') person = addPerson(state, { wa_id: digits });
    else return { input, wa_id: digits, person: undefined };
  }
  return { input, wa_id: digits, person };
}

/** @throws GraphError 133010, 131042, 368, 131031, 131045 */
function checkNumber(number: WaNumber): void {
  if (!number.isRegistered || number.status === 'DISCONNECTED') throw new GraphError(133010);
  if (number.status === 'DELETED') throw new GraphError(33);
  if (number.isRestricted || number.status === 'BANNED') throw new GraphError(368);
  if (number.status === 'RESTRICTED') throw new GraphError(131031);
  if (number.status === 'PENDING' || number.status === 'UNVERIFIED') throw new GraphError(131045);
  if (number.hasPaymentProblem) throw new GraphError(131042);
}

function pricingOf(
  number: WaNumber,
  chat: Chat | undefined,
  category: string,
  nowMs: number,
): Message['pricing'] {
  if (chat && chat.freeUntil > nowMs)
    return { billable: false, pricing_model: 'PMP', type: 'free_entry_point', category };
  if (category === 'service') {
    // the first 1000 service messages of a number and month are free (Cloud API, pricing, 2026-10-01)
    const month = new Date(nowMs).toISOString().slice(0, 7);
    if (number.service.month !== month) number.service = { month, count: 0 };
    number.service.count += 1;
    if (number.service.count <= 1000)
      return { billable: false, pricing_model: 'PMP', type: 'free_customer_service', category };
  }
  return { billable: true, pricing_model: 'PMP', type: 'regular', category };
}

/** Why an accepted message will not arrive, if so. */
function fate(
  post: Post,
  number: WaNumber,
  message: Message,
  to: Recipient,
  chat: Chat | undefined,
): Failure | undefined {
  const { limits } = number;
  const { person } = to;
  const exists = person ? person.on_whatsapp : number.strangers === 'exist';
  if (!exists) return { code: 131026 };
  if (chat?.hasBlocked) return { code: 131026 };
  const nowMs = post.state.now();
  const isOpen = (chat?.windowUntil ?? 0) > nowMs;
  if (limits?.window === 'async' && message.template === undefined && !isOpen) return { code: 131047 };
  if (message.category !== 'marketing') return undefined;
  if (chat?.hasStoppedMarketing) return { code: 131050 };
  if (isOpen) return undefined;
  if (limits?.usMarketing && isUsNumber(to.wa_id)) return { code: 131049 };
  if (person?.capped) return { code: 131049 };
  if (limits?.marketingPerDay != null && chat && !UNCAPPED.has(userCountry(person))) {
    chat.marketingAt = chat.marketingAt.filter((at) => at > nowMs - DAY_MS);
    if (chat.marketingAt.length >= limits.marketingPerDay) return { code: 131049 };
    chat.marketingAt.push(nowMs);
  }
  return undefined;
}

function userCountry(person: WaPerson | undefined): string {
  return person ? userIdOf(person).slice(0, 2) : 'ZZ';
}

function isRepeated(chat: Chat, message: Message): boolean {
  const key = `${message.type}\u0000${message.context ?? ''}\u0000${JSON.stringify(message.content)}`;
  const print = chat.prints.get(key);
  if (!print) {
    chat.prints.set(key, { ids: [message.id], acts: chat.acts });
    return false;
  }
  print.ids.push(message.id);
  const repeated = print.acts === chat.acts;
  print.acts = chat.acts;
  return repeated;
}

export interface Accepted {
  message: Message;
  answer: Record<string, unknown>;
  /** Resolves when the first status was posted; only with `before_answer`. */
  posted: Promise<void> | undefined;
}

/** `forced`: a failure that a fault brings. @throws GraphError */
export function acceptSend(post: Post, number: WaNumber, body: Fields, forced?: Failure): Accepted {
  const { state } = post;
  const nowMs = state.now();
  checkNumber(number);
  if (body.messaging_product !== 'whatsapp')
    throw new GraphError(100, { message: '(#100) Param messaging_product must be one of {WHATSAPP}' });
  if (body.recipient_type !== undefined && body.recipient_type !== 'individual')
    throw invalidParameter('recipient_type must be individual: the sandbox has no groups.');
  const to = readRecipient(post, number, body);
  if (to.wa_id === digitsOf(number.display)) throw new GraphError(131021);
  if (number.blockedUsers.includes(to.wa_id)) throw new GraphError(130403);
  const data = readOptionalText(body, 'biz_opaque_callback_data', 'biz_opaque_callback_data', 512);
  const { limits } = number;
  const isLight = number.keep === 'counts' && limits === null;
  const chat = isLight ? number.chats.get(to.wa_id) : chatOf(number, to.wa_id);
  const scene = { state, number, chat };
  const type = body.type === undefined ? 'text' : String(body.type);
  const content: Content | TemplateContent =
    type === 'template' ? readTemplateSend(scene, body) : readContent(scene, type, body);
  const { template, shown } = content as Partial<TemplateContent>;
  const context = readContext(number, chat, body);

  const isOpen = (chat?.windowUntil ?? 0) > nowMs;
  if (!template && !isOpen && limits?.window === 'sync') throw new GraphError(131047);
  const exists = to.person ? to.person.on_whatsapp : number.strangers === 'exist';
  if (!exists && limits?.existence === 'sync') throw new GraphError(131026);
  if (limits) {
    chargeThroughput(number.buckets, limits, number.throughput === 'HIGH', nowMs);
    if (chat) chargePair(chat, limits, nowMs);
    const portfolio = state.portfolios.get(state.wabas.get(number.wabaId)?.portfolioId ?? '');
    if (!isOpen && portfolio)
      chargePortfolio(portfolio, to.wa_id, uniquePeopleLimit(limits, number.messagingLimit), nowMs);
  }

  const category = template ? template.category.toLowerCase() : 'service';
  const message: Message = {
    id: makeWamid(to.wa_id),
    direction: 'out',
    wa_id: to.wa_id,
    at: nowMs,
    type,
    content: content.value,
    category,
    pricing: pricingOf(number, chat, category, nowMs),
    status: 'accepted',
    told: 1,
    ...(context === undefined ? {} : { context }),
    ...(data === undefined ? {} : { data }),
    ...(template ? { template: template.name } : {}),
  };
  const keeps = number.keep === 'all';
  let repeated = false;
  if (keeps && chat) {
    message.statuses = [{ status: 'accepted', at: nowMs, told: true }];
    if (shown) message.shown = shown;
    repeated = isRepeated(chat, message);
    keepMessage(chat, message);
    if (type === 'reaction') applyReaction(chat, content.value);
  }
  if (chat) {
    chat.accepted += 1;
    chat.typingUntil = 0;
    if (chat.referredAt > 0 && nowMs - chat.referredAt <= DAY_MS) {
      chat.freeUntil = nowMs + 3 * DAY_MS;
      chat.referredAt = 0;
    }
  }
  recordAccepted(number.ledger, message, nowMs, repeated, keeps);
  state.onChange(number.id, to.wa_id);
  const failure = forced ?? fate(post, number, message, to, chat);
  const isHeld = template !== undefined && number.ladder.hold;
  if (isHeld) hold(number, message, failure);
  const posted = isHeld ? undefined : start(post, number, message, content, failure);
  return { message, answer: answerOf(to, message, template !== undefined), posted };
}

/** The ladder begins once links are fetched; a link that cannot be had fails the message by webhook (131053). */
function start(
  post: Post,
  number: WaNumber,
  message: Message,
  content: Content,
  failure: Failure | undefined,
): Promise<void> | undefined {
  let settle: (() => void) | undefined;
  const posted = number.ladder.before_answer
    ? new Promise<void>((resolve) => {
        settle = resolve;
      })
    : undefined;
  if (content.links.length === 0 || failure) {
    climb(post, number, message, failure, settle);
    return posted;
  }
  void (async () => {
    for (const { kind, link } of content.links) {
      const problem = await fetchProblem(post.state, kind, link);
      if (problem === undefined) continue;
      climb(post, number, message, { code: 131053, details: problem }, settle);
      return;
    }
    climb(post, number, message, undefined, settle);
  })();
  return posted;
}

function readContext(number: WaNumber, chat: Chat | undefined, body: Fields): string | undefined {
  if (body.context === undefined) return undefined;
  if (!isFields(body.context)) throw invalidParameter('Param context must be a JSON object.');
  const id = body.context.message_id;
  if (typeof id !== 'string' || id === '') throw missingParameter("context['message_id']");
  if (number.keep === 'all' && !chat?.messages.has(id))
    throw new GraphError(131009, { details: 'The message in context was not found in this conversation.' });
  return id;
}

function applyReaction(chat: Chat, value: Fields): void {
  const target = chat.messages.get(String(value.message_id));
  if (!target) return;
  if (value.emoji === '') delete target.reaction_from_business;
  else target.reaction_from_business = String(value.emoji);
}

function answerOf(to: Recipient, message: Message, isTemplate: boolean): Record<string, unknown> {
  const hidesPhone = to.person?.hides_phone === true;
  return {
    messaging_product: 'whatsapp',
    contacts: [
      {
        input: to.input,
        ...(hidesPhone && to.input === userIdOf(to.person!) ? {} : { wa_id: message.wa_id }),
        ...(to.person ? { user_id: userIdOf(to.person) } : {}),
      },
    ],
    messages: [
      {
        id: message.id,
        ...(isTemplate ? { message_status: message.held ? 'held_for_quality_assessment' : 'accepted' } : {}),
      },
    ],
  };
}

const TYPING_MS = 25_000;

/** Mark read, and show the typing indicator for 25 seconds (Cloud API, typing indicators, 2026-11-20). @throws GraphError 131009 */
export function markRead(post: Post, number: WaNumber, body: Fields): Record<string, unknown> {
  if (body.status !== 'read') throw badValue("status must be 'read'.");
  const id = body.message_id;
  if (typeof id !== 'string' || id === '') throw missingParameter('message_id');
  for (const chat of number.chats.values()) {
    if (!chat.messages.has(id)) continue;
    if (chat.messages.get(id)!.direction !== 'in') break;
    for (const message of chat.messages.values()) {
      if (message.direction === 'in') message.seen = true;
      if (message.id === id) break;
    }
    if (isFields(body.typing_indicator)) chat.typingUntil = post.state.now() + TYPING_MS;
    post.state.onChange(number.id, chat.wa_id);
    return { success: true };
  }
  throw new GraphError(131009, { details: 'The message to mark as read was not found.' });
}
