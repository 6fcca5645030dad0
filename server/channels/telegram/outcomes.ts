// What an answer of the Bot API to a send means. Pure. Codes and descriptions: reference/telegram.md section 5, written
// 2026-11-20 from Bot API 10.1 and the sources of telegram-bot-api 01a3679 and tdlib 022d602. Descriptions change their
// capitals and prefixes, so they are matched as lower-case substrings, after the code.
import type { FailureReason } from '../../../contract/deliveries.ts';
import { storableText } from '../../platform/db/storable.ts';
import type { Outcome } from '../channel.ts';
import { fields } from '../fields.ts';
import type { Answered, Reply } from './client.ts';
import { isGroup } from './pace.ts';
import { tokenUnknown } from './refusal.ts';

type Rejection = Extract<Outcome, { kind: 'rejected' }>;
type Rule = [FailureReason, ...string[]];

/** 403: this chat is closed to us. Without `gone` the address may work again without the person doing anything. */
const forbidden: Rule[] = [
  ['blocked', 'bot was blocked by the user'],
  ['deactivated', 'user is deactivated'],
  ['never_started', "can't initiate conversation"],
  ['invalid_address', "can't send messages to the bot", "can't send messages to bots"],
  ['no_rights', 'bot was kicked', 'bot is not a member', 'chat was deleted'],
];

/** 400, first match wins: pictures before texts, because "file must be non-empty" and "text must be non-empty" differ. */
const badRequest: Rule[] = [
  ['invalid_address', 'chat not found', 'user not found', 'member not found', 'participant_id_invalid'],
  ['invalid_address', 'peer_id_invalid', 'group is deactivated'],
  ['invalid_address', 'upgraded to a supergroup', 'group chat was migrated', 'chat was upgraded'],
  ['no_rights', 'need administrator rights', 'not enough rights', 'chat_admin_required', 'no write access'],
  ['no_rights', 'chat_write_forbidden', 'chat_restricted', 'topic_closed', 'message thread not found'],
  ['no_rights', 'allow_payment_required', 'user restricted receiving'],
  ['media_refused', 'wrong file identifier', 'wrong file_id', 'invalid file id', 'wrong remote file'],
  ['media_refused', 'wrong http url', 'failed to get http url content', 'wrong type of the web page content'],
  [
    'media_refused',
    "can't upload file by url",
    'file is too big',
    'is too big for a',
    'file must be non-empty',
  ],
  ['media_refused', 'photo_invalid_dimensions', 'image_process_failed', 'photo_save_file_invalid'],
  ['media_refused', 'in the album', 'failed to send message #', 'group send failed', 'there is no photo'],
  // everything else is about the request's own content: too long, empty, unparsable marks, buttons, replies to nothing
];

/** Telegram fetches pictures by URL itself; these two often pass on a second try (catalogue: "T×1"). */
const worthOneMoreTry = ['failed to get http url content', "can't upload file by url"];
const oneMoreTryAfterMs = 5000;
/** A day: longer is no wait but a mistake, and a date beyond the calendar cannot be stored. */
const maxRetryAfterSeconds = 86_400;

/** `address` tells groups (negative ids) from people; `attempt` as in Outbound. */
export function outcomeOf(reply: Reply, address: string, attempt?: number): Outcome {
  if (reply.kind === 'answered') return outcomeOfAnswer(reply, address, attempt);
  const { detail } = reply;
  if (!reply.left) return { kind: 'deferred', retryAfterMs: null, scope: 'connection', detail };
  if (reply.cause === 'timeout') return { kind: 'unknown', cause: 'timeout', detail };
  if (reply.cause === 'too_large') return { kind: 'unknown', cause: 'unreadable_answer', detail };
  return { kind: 'unknown', cause: 'connection_lost', detail };
}

function outcomeOfAnswer(answer: Answered, address: string, attempt?: number): Outcome {
  const { status, envelope } = answer;
  if (status >= 200 && status < 300) return accepted(answer);
  // whatever stands there is only quoted: a proxy that lies about types must not reach further than this line
  const detail =
    typeof envelope?.description === 'string'
      ? storableText(envelope.description).slice(0, 500)
      : `HTTP ${status} without a readable explanation`;
  if (status === 429) return flooded(answer, address, detail);
  if (status >= 500) return serverFailed(answer, detail);
  // 404 is what a token with a broken form gets (reference/telegram.md section 1, 2026-11-20)
  if (status === 401 || status === 404) return { kind: 'broken', detail: tokenUnknown };
  if (status === 421)
    return {
      kind: 'broken',
      detail: `${detail}: this Bot API server does not serve this bot. Check TELEGRAM_API_ROOT.`,
    };
  if (status < 400)
    return {
      kind: 'broken',
      detail: `${detail}. The address of the Bot API leads elsewhere: check TELEGRAM_API_ROOT.`,
    };
  if (status === 413) return { kind: 'rejected', reason: 'media_refused', detail };
  // a proxy or firewall spoke, not Telegram: nothing was sent, and the person is not to blame
  if (!envelope || status === 409)
    return { kind: 'deferred', retryAfterMs: null, scope: 'connection', detail };
  if (status === 403) return rejected(forbidden, 'no_rights', detail);
  const isWorthIt = attempt === 1 && worthOneMoreTry.some((words) => detail.toLowerCase().includes(words));
  if (isWorthIt) return { kind: 'deferred', retryAfterMs: oneMoreTryAfterMs, scope: 'message', detail };
  return rejected(badRequest, 'content_refused', detail);
}

/** One message, or those of an album in their order. */
function accepted({ envelope }: Answered): Outcome {
  const result: unknown = envelope?.ok ? envelope.result : null;
  const messages = (Array.isArray(result) ? result : [result]).map(fields);
  const id = messages[0]?.message_id;
  if (typeof id !== 'number')
    return { kind: 'unknown', cause: 'unreadable_answer', detail: 'Telegram’s answer could not be read' };
  // 0: queued by the server, sent later, id not known (Bot API 10.1, Message.message_id, 2026-06-11)
  const externalId = id === 0 ? null : String(id);
  const handles = messages.map(fileHandle);
  return handles.some(Boolean) ? { kind: 'accepted', externalId, handles } : { kind: 'accepted', externalId };
}

/** `photo` is listed from small to large; an animation stands under `document` too (Bot API 10.1, Message, 2026-06-11). */
function fileHandle(message: Record<string, unknown>): string | null {
  const { photo, animation, video, document } = message;
  const largest: unknown = Array.isArray(photo) ? photo.at(-1) : undefined;
  const fileId = fields(largest ?? animation ?? video ?? document).file_id;
  return typeof fileId === 'string' ? fileId : null;
}

/**
 * The answer does not say whose wait it is. In a group it is taken for that group's (20 a minute, slow mode): were it the whole
 * bot's after all, the next message elsewhere is told so. In a person's chat it is usually the whole bot's (grammY's flood
 * guide, quoted 2026-11-20).
 */
function flooded(answer: Answered, address: string, detail: string): Outcome {
  const seconds = answer.envelope?.parameters?.retry_after ?? answer.retryAfterSeconds;
  const isChatsOwn = isGroup(address) || /slow ?mode/i.test(detail);
  return {
    kind: 'deferred',
    retryAfterMs:
      typeof seconds === 'number' && seconds >= 0 ? Math.min(seconds, maxRetryAfterSeconds) * 1000 : null,
    scope: isChatsOwn ? 'recipient' : 'connection',
    detail,
  };
}

/** A server that explains itself did not send. A gateway's own time-out (504) or silence explains nothing. */
function serverFailed(answer: Answered, detail: string): Outcome {
  if (answer.envelope) return { kind: 'deferred', retryAfterMs: null, scope: 'message', detail };
  if (answer.status === 504) return { kind: 'unknown', cause: 'timeout', detail };
  if (!answer.hasBody) return { kind: 'unknown', cause: 'unreadable_answer', detail };
  return { kind: 'deferred', retryAfterMs: null, scope: 'message', detail };
}

function rejected(rules: Rule[], otherwise: FailureReason, detail: string): Rejection {
  const text = detail.toLowerCase();
  const rule = rules.find(([, ...patterns]) => patterns.some((pattern) => text.includes(pattern)));
  const reason = rule?.[0] ?? otherwise;
  const gone = reason === 'blocked' || reason === 'deactivated' ? reason : undefined;
  return gone ? { kind: 'rejected', reason, detail, gone } : { kind: 'rejected', reason, detail };
}
