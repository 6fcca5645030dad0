// The whole error catalogue of reference/telegram.md section 5, row by row.
import { expect, test } from 'vitest';
import type { Unanswered } from '../exchange.ts';
import type { Answered, Envelope } from './client.ts';
import { outcomeOf } from './outcomes.ts';

function answer(status: number, description?: string, more: Partial<Envelope> = {}): Answered {
  const envelope = description === undefined ? null : { ok: false, error_code: status, description, ...more };
  return { kind: 'answered', status, envelope, hasBody: true, retryAfterSeconds: null };
}
const ok = (result: unknown): Answered => ({
  kind: 'answered',
  status: 200,
  envelope: { ok: true, result },
  hasBody: true,
  retryAfterSeconds: null,
});
const noAnswer = (left: boolean, cause: Unanswered['cause']): Unanswered => ({
  kind: 'unanswered',
  left,
  cause,
  detail: 'x',
});

test.each([
  ['Forbidden: bot was blocked by the user', 'blocked', 'blocked'],
  ['Forbidden: user is deactivated', 'deactivated', 'deactivated'],
  ["Forbidden: bot can't initiate conversation with a user", 'never_started', undefined],
  ["Forbidden: the bot can't send messages to the bot", 'invalid_address', undefined],
  ["Forbidden: bot can't send messages to bots", 'invalid_address', undefined],
  ['Forbidden: bot was kicked from the supergroup chat', 'no_rights', undefined],
  ['Forbidden: bot is not a member of the channel chat', 'no_rights', undefined],
  ['Forbidden: the group chat was deleted', 'no_rights', undefined],
  ['Forbidden: something new', 'no_rights', undefined],
] as const)('403 "%s" is %s', (description, reason, gone) => {
  const outcome = outcomeOf(answer(403, description), '5');
  expect(outcome).toEqual({ kind: 'rejected', reason, detail: description, ...(gone ? { gone } : {}) });
});

test.each([
  ['chat not found', 'invalid_address'],
  ['private chat not found', 'invalid_address'],
  ['user not found', 'invalid_address'],
  ['member not found', 'invalid_address'],
  ['PARTICIPANT_ID_INVALID', 'invalid_address'],
  ['PEER_ID_INVALID', 'invalid_address'],
  ['group chat was upgraded to a supergroup chat', 'invalid_address'],
  ['group chat was migrated to a supergroup chat', 'invalid_address'],
  ['group is deactivated', 'invalid_address'],
  ['need administrator rights in the channel chat', 'no_rights'],
  ['not enough rights to send photos to the chat', 'no_rights'],
  ['not enough rights to manage pinned messages in the chat', 'no_rights'],
  ['CHAT_ADMIN_REQUIRED', 'no_rights'],
  ['have no write access to the chat', 'no_rights'],
  ['CHAT_WRITE_FORBIDDEN', 'no_rights'],
  ['CHAT_RESTRICTED', 'no_rights'],
  ['TOPIC_CLOSED', 'no_rights'],
  ['message thread not found', 'no_rights'],
  ['ALLOW_PAYMENT_REQUIRED_5', 'no_rights'],
  ['user restricted receiving of voice messages', 'no_rights'],
  ['message is too long', 'content_refused'],
  ['message caption is too long', 'content_refused'],
  ['text is too long', 'content_refused'],
  ['message text is empty', 'content_refused'],
  ['text must be non-empty', 'content_refused'],
  [`can't parse entities: Can't find end tag corresponding to start tag "b"`, 'content_refused'],
  ["can't parse reply keyboard markup JSON object", 'content_refused'],
  ['BUTTON_URL_INVALID', 'content_refused'],
  ['BUTTON_DATA_INVALID', 'content_refused'],
  ['reply markup is too long', 'content_refused'],
  ['inline keyboard expected', 'content_refused'],
  ['message to be replied not found', 'content_refused'],
  ["message has protected content and can't be forwarded", 'content_refused'],
  ['something new', 'content_refused'],
  ['wrong file identifier/HTTP URL specified', 'media_refused'],
  ['wrong file_id or the file is temporarily unavailable', 'media_refused'],
  ['invalid file id', 'media_refused'],
  ['wrong HTTP URL specified', 'media_refused'],
  ['failed to get HTTP URL content', 'media_refused'],
  ['wrong type of the web page content', 'media_refused'],
  ["can't upload file by URL", 'media_refused'],
  ['file is too big', 'media_refused'],
  ['file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes', 'media_refused'],
  ['file must be non-empty', 'media_refused'],
  ['PHOTO_INVALID_DIMENSIONS', 'media_refused'],
  ['IMAGE_PROCESS_FAILED', 'media_refused'],
  ["can't use the media of the specified type in the album", 'media_refused'],
  ['failed to send message #1 with the error message "x"', 'media_refused'],
  ['group send failed', 'media_refused'],
] as const)('400 "%s" is %s', (words, reason) => {
  const description = `Bad Request: ${words}`;
  expect(outcomeOf(answer(400, description), '5')).toEqual({ kind: 'rejected', reason, detail: description });
});

test.each(['failed to get HTTP URL content', "can't upload file by URL"])(
  '400 "%s" is worth one more try and not a third',
  (words) => {
    const reply = answer(400, `Bad Request: ${words}`);
    expect(outcomeOf(reply, '5', 1)).toMatchObject({ kind: 'deferred', scope: 'message' });
    expect(outcomeOf(reply, '5', 2)).toMatchObject({ kind: 'rejected', reason: 'media_refused' });
  },
);

test.each([
  [answer(401, 'Unauthorized'), 'broken'],
  [answer(404, 'Not Found'), 'broken'],
  [answer(404), 'broken'],
  [answer(421, 'Misdirected Request: unallowed token specified'), 'broken'],
  [answer(302), 'broken'],
] as const)('an answer that a person must mend is broken: $status', (reply, kind) => {
  expect(outcomeOf(reply, '5').kind).toBe(kind);
});

test('413 without an explanation is the picture', () => {
  expect(outcomeOf(answer(413), '5')).toMatchObject({ kind: 'rejected', reason: 'media_refused' });
});

test('429 freezes the bot for exactly retry_after', () => {
  const reply = answer(429, 'Too Many Requests: retry after 35', { parameters: { retry_after: 35 } });
  expect(outcomeOf(reply, '5')).toMatchObject({
    kind: 'deferred',
    retryAfterMs: 35_000,
    scope: 'connection',
  });
});

test('429 in a group freezes that group alone', () => {
  const reply = answer(429, 'Too Many Requests: retry after 3', { parameters: { retry_after: 3 } });
  expect(outcomeOf(reply, '-1001')).toMatchObject({
    kind: 'deferred',
    retryAfterMs: 3000,
    scope: 'recipient',
  });
});

test('429 without the parameter takes the Retry-After header', () => {
  const reply = { ...answer(429), retryAfterSeconds: 5 };
  expect(outcomeOf(reply, '5')).toMatchObject({ kind: 'deferred', retryAfterMs: 5000, scope: 'connection' });
});

test.each([
  [
    '500 with the API’s words',
    answer(500, 'Internal Server Error: restart'),
    { kind: 'deferred', scope: 'message' },
  ],
  ['502 with a page of the gateway', answer(502), { kind: 'deferred', scope: 'message' }],
  ['500 with nothing', { ...answer(500), hasBody: false }, { kind: 'unknown' }],
  ['504 of the gateway', answer(504), { kind: 'unknown', cause: 'timeout' }],
  ['504 with the API’s words', answer(504, 'Gateway Timeout'), { kind: 'deferred', scope: 'message' }],
  ['409', answer(409, 'Conflict: x'), { kind: 'deferred', scope: 'connection' }],
  ['403 of a proxy', answer(403), { kind: 'deferred', scope: 'connection' }],
] as const)('%s', (_name, reply, expected) => {
  expect(outcomeOf(reply, '5')).toMatchObject(expected);
});

test.each([
  ['never left', noAnswer(false, 'refused'), { kind: 'deferred', scope: 'connection' }],
  ['connection lost', noAnswer(true, 'lost'), { kind: 'unknown', cause: 'connection_lost' }],
  ['aborted', noAnswer(true, 'aborted'), { kind: 'unknown', cause: 'connection_lost' }],
  ['silence', noAnswer(true, 'timeout'), { kind: 'unknown', cause: 'timeout' }],
  ['endless answer', noAnswer(true, 'too_large'), { kind: 'unknown', cause: 'unreadable_answer' }],
] as const)('no answer: %s', (_name, reply, expected) => {
  expect(outcomeOf(reply, '5')).toMatchObject(expected);
});

test('an accepted message has its id and the largest picture as handle', () => {
  expect(outcomeOf(ok({ message_id: 5, photo: [{ file_id: 's' }, { file_id: 'l' }] }), '5')).toEqual({
    kind: 'accepted',
    externalId: '5',
    handles: ['l'],
  });
});

test('message_id 0 is accepted without an id', () => {
  expect(outcomeOf(ok({ message_id: 0 }), '5')).toEqual({ kind: 'accepted', externalId: null });
});

test.each([null, 'x', {}, [], { message_id: '5' }])(
  'a success without a message is unknown: %j',
  (result) => {
    expect(outcomeOf(ok(result), '5')).toMatchObject({ kind: 'unknown', cause: 'unreadable_answer' });
  },
);
