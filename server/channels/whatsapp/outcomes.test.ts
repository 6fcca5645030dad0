// The whole error table of reference/whatsapp.md section 8, row by row: class → outcome.
import { expect, test } from 'vitest';
import { ERROR_TABLE } from '../../../sandbox/whatsapp/error-table.ts';
import type { Unanswered } from '../exchange.ts';
import type { Answered } from './client.ts';
import { codes, ruleOf } from './codes.ts';
import { readError } from './graph-error.ts';
import { outcomeOf } from './outcomes.ts';
import { refusal } from './refusal.ts';

function answer(status: number, body: object | null, waitMs: number | null = null): Answered {
  return { kind: 'answered', status, body: body as Answered['body'], error: readError(body, {}), waitMs };
}
const failed = (status: number, code: number, more: object = {}) =>
  answer(status, {
    error: { message: `(#${code}) Said so`, code, error_data: { details: 'In detail' }, ...more },
  });
const noAnswer = (left: boolean, cause: Unanswered['cause']): Unanswered => ({
  kind: 'unanswered',
  left,
  cause,
  detail: 'x',
});

test.each([
  [0, 401],
  [3, 500],
  [10, 403],
  [33, 400],
  [104, 400],
  [190, 401],
  [200, 403],
  [250, 403],
  [299, 403],
  [368, 403],
  [131005, 403],
  [131030, 400],
  [131031, 403],
  [131037, 400],
  [131042, 400],
  [131044, 400],
  [131045, 500],
  [133000, 400],
  [133005, 400],
  [133006, 400],
  [133008, 400],
  [133009, 400],
  [133010, 400],
  [133015, 400],
  [133016, 400],
  [134011, 400],
])('A: %d breaks the connection, whatever its HTTP status says', (code, status) => {
  expect(outcomeOf(failed(status, code), 1)).toMatchObject({ kind: 'broken' });
});

test.each([131048, 131063, 131064, 132015, 132016])('A: %d stops the campaign alone', (code) => {
  expect(outcomeOf(failed(code === 131048 ? 429 : 400, code), 1)).toMatchObject({ kind: 'stopped' });
});

test.each([2, 131000, 131016, 131057, 133004, 134101])('T: %d comes again by itself', (code) => {
  expect(outcomeOf(failed(500, code), 1)).toMatchObject({ kind: 'deferred', scope: 'message' });
});

test('T: what lasts is given up after its number of tries', () => {
  expect(outcomeOf(failed(500, 131000), 2)).toMatchObject({ kind: 'deferred' });
  expect(outcomeOf(failed(500, 131000), 3)).toMatchObject({
    kind: 'rejected',
    reason: 'platform_unavailable',
  });
  expect(outcomeOf(failed(400, 1), 1)).toMatchObject({ kind: 'deferred' });
  expect(outcomeOf(failed(400, 1), 2)).toMatchObject({ kind: 'stopped' });
  expect(outcomeOf(failed(400, 131053), 1)).toMatchObject({ kind: 'deferred', scope: 'message' });
  expect(outcomeOf(failed(400, 131053), 2)).toMatchObject({ kind: 'rejected', reason: 'media_refused' });
});

test.each([
  [4, 60_000],
  [613, 60_000],
  [80007, 60_000],
  [130429, 1000],
])('R: %d slows the connection down', (code, retryAfterMs) => {
  for (const status of [400, 403, 429])
    expect(outcomeOf(failed(status, code), 1)).toMatchObject({
      kind: 'deferred',
      scope: 'connection',
      retryAfterMs,
    });
});

test('R: 131056 makes one chat wait 4^X seconds and nobody else', () => {
  const waits = [1, 2, 3, 4, 9].map((attempt) => outcomeOf(failed(403, 131056), attempt));
  expect(waits).toMatchObject(
    [1000, 4000, 16_000, 64_000, 3_600_000].map((retryAfterMs) => ({ scope: 'recipient', retryAfterMs })),
  );
});

test('R: any HTTP 429 is a flood, also with a code that nobody knows or with a page', () => {
  const expected = { kind: 'deferred', scope: 'connection', retryAfterMs: 60_000 };
  expect(outcomeOf(failed(429, 999_999), 1)).toMatchObject(expected);
  expect(outcomeOf(answer(429, null), 1)).toMatchObject(expected);
  expect(outcomeOf(answer(429, null, 7000), 1)).toMatchObject({ ...expected, retryAfterMs: 7000 });
});

test.each([
  [130403, 'no_rights'],
  [130472, 'platform_experiment'],
  [130497, 'country_restricted'],
  [131021, 'invalid_address'],
  [131026, 'not_on_platform'],
  [131047, 'window_closed'],
  [131049, 'marketing_capped'],
  [131050, 'marketing_stopped'],
  [131062, 'invalid_address'],
  [137000, 'invalid_address'],
  [100, 'content_refused'],
  [131008, 'content_refused'],
  [131009, 'content_refused'],
  [131051, 'content_refused'],
  [131055, 'content_refused'],
  [135000, 'content_refused'],
  [131014, 'media_refused'],
  [131052, 'media_refused'],
  [132000, 'template_refused'],
  [132001, 'template_refused'],
  [132005, 'template_refused'],
  [132007, 'template_refused'],
  [132008, 'template_refused'],
  [132012, 'template_refused'],
  [132018, 'template_refused'],
  [132068, 'template_refused'],
  [132069, 'template_refused'],
  [134100, 'template_refused'],
  [134102, 'template_refused'],
  [888_888, 'content_refused'],
])('P, O, C: %d refuses this message for good as %s', (code, reason) => {
  expect(outcomeOf(failed(400, code), 1)).toMatchObject({ kind: 'rejected', reason });
});

test('every code that the emulator can answer is in the table', () => {
  // 200 to 299 are one row; 136024 answers a question that we never ask
  const others = [200, 299, 136024];
  const unknown = Object.keys(ERROR_TABLE).filter(
    (code) => !(code in codes) && !others.includes(Number(code)),
  );
  expect(unknown).toEqual([]);
});

test('every row says what a person can do, in sentences', () => {
  for (const rule of Object.values(codes)) expect(rule.todo).toMatch(/^[A-Z].{10,}\.$/);
});

test('people read what Meta said, its code, and what to do', () => {
  expect(outcomeOf(failed(400, 131026), 1)).toMatchObject({
    detail: expect.stringMatching(
      /^Said so: In detail \(WhatsApp error 131026\)\. The number is not on WhatsApp/,
    ),
  });
});

test('an unknown code goes by its status: 5xx comes again, 401 is the token', () => {
  expect(outcomeOf(failed(500, 777_777), 1)).toMatchObject({ kind: 'deferred', scope: 'message' });
  expect(outcomeOf(failed(401, 777_777), 1)).toMatchObject({ kind: 'broken' });
});

test('subcode 33 is a wrong phone number ID, and a wrong app secret is named beside its field', () => {
  const foreign = failed(400, 100, { error_subcode: 33 });
  expect(outcomeOf(foreign, 1)).toMatchObject({ kind: 'broken' });
  expect(refusal(foreign)).toMatchObject({
    code: 'CREDENTIALS_REJECTED',
    errors: [{ pointer: '/credentials/phone_number_id' }],
  });
  const proof = failed(400, 100, { message: 'Invalid appsecret_proof provided in the API argument' });
  expect(refusal(proof)).toMatchObject({ errors: [{ pointer: '/credentials/app_secret' }] });
});

test('an accepted message has its id; a success without one is unknown', () => {
  const ok = (status: string) => answer(200, { messages: [{ id: 'wamid.A', message_status: status }] });
  expect(outcomeOf(ok('accepted'), 1)).toEqual({ kind: 'accepted', externalId: 'wamid.A' });
  for (const status of ['held_for_quality_assessment', 'paused'])
    expect(outcomeOf(ok(status), 1)).toEqual({ kind: 'accepted', externalId: 'wamid.A', held: true });
  for (const body of [null, {}, { messages: [] }, { messages: [{}] }, { messages: 'x' }])
    expect(outcomeOf(answer(200, body), 1)).toMatchObject({ kind: 'unknown', cause: 'unreadable_answer' });
});

test.each([
  ['502 with a page of a gateway', answer(502, null), { kind: 'unknown', cause: 'unreadable_answer' }],
  ['504 of a gateway', answer(504, null), { kind: 'unknown', cause: 'timeout' }],
  ['403 of a proxy', answer(403, null), { kind: 'deferred', scope: 'connection' }],
  ['404 with a page', answer(404, null), { kind: 'broken' }],
  ['301', answer(301, null), { kind: 'broken' }],
  ['401 with a page', answer(401, null), { kind: 'broken' }],
  ['413', answer(413, null), { kind: 'rejected', reason: 'media_refused' }],
  ['never left', noAnswer(false, 'refused'), { kind: 'deferred', scope: 'connection', retryAfterMs: null }],
  ['connection lost', noAnswer(true, 'lost'), { kind: 'unknown', cause: 'connection_lost' }],
  ['silence', noAnswer(true, 'timeout'), { kind: 'unknown', cause: 'timeout' }],
  ['endless answer', noAnswer(true, 'too_large'), { kind: 'unknown', cause: 'unreadable_answer' }],
] as const)('no answer of the Cloud API: %s', (_name, reply, expected) => {
  expect(outcomeOf(reply, 1)).toMatchObject(expected);
});

test('a quoted token does not reach anybody, and NUL is taken out', () => {
  const secrets = { access_token: 'EAAsecret', app_secret: 'shh-shh-shh', waba_id: '12345' };
  const body = { error: { code: 190, message: 'Malformed access token EAAsecret\u0000 of 12345' } };
  expect(readError(body, secrets)).toMatchObject({ words: 'Malformed access token … of 12345' });
});

test('a webhook without a status judges by the code alone', () => {
  expect(ruleOf({ code: 131049, subcode: null, words: '' }, null)).toMatchObject({
    reason: 'marketing_capped',
  });
  expect(ruleOf({ code: 1_234, subcode: null, words: '' }, null)).toMatchObject({ does: 'reject' });
});
