// Signing in, the cookie, and what happens to guesses.
import { beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from '../platform/clock.ts';
import { attemptLimits } from './attempts.ts';
import { anOwner, codeOf, goodPassword, signedIn, testApp, uuid, visitor } from './testing-visitor.ts';

const clock = manualClock(new Date());
const { app, ctx } = await testApp({ clock });
const owner = await anOwner(app);
const wrong = { email: owner.email, password: 'something else' };

beforeEach(() => ctx.db.deleteFrom('rate_limits').execute());

describe('sign-in', () => {
  test('answers with the person and a cookie that scripts and other sites cannot use', async () => {
    const answer = await visitor(app).call('POST', '/sign_in', {
      email: ` ${owner.email.toUpperCase()} `,
      password: goodPassword,
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ user: { email: owner.email, role: 'owner' } });
    expect(answer.json().scopes).toContain('campaigns:send');
    const header = String(answer.headers['set-cookie']);
    expect(header).toMatch(/^carillon_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test('marks the cookie Secure where the panel is public over https', async () => {
    const { config } = app.base;
    config.publicUrl = 'https://shop.example';
    const answer = await visitor(app).call('POST', '/sign_in', {
      email: owner.email,
      password: goodPassword,
    });
    config.publicUrl = null;
    expect(String(answer.headers['set-cookie'])).toContain('; Secure');
  });

  test('gives an unknown email and a wrong password the same answer', async () => {
    const unknown = await visitor(app).call('POST', '/sign_in', { ...wrong, email: 'nobody@shop.example' });
    const known = await visitor(app).call('POST', '/sign_in', wrong);
    const { instance: _, ...first } = unknown.json();
    const { instance: __, ...second } = known.json();
    expect(first).toEqual(second);
    expect(codeOf(known)).toBe('401 WRONG_CREDENTIALS');
    expect(Object.keys(unknown.headers).sort()).toEqual(Object.keys(known.headers).sort());
  });

  test('refuses the right password too once an account has used up its failures, and says when to come back', async () => {
    for (let i = 0; i < attemptLimits.perEmail; i++)
      expect(codeOf(await visitor(app).call('POST', '/sign_in', wrong))).toBe('401 WRONG_CREDENTIALS');
    const refused = await visitor(app).call('POST', '/sign_in', { ...wrong, password: goodPassword });
    expect(codeOf(refused)).toBe('429 RATE_LIMITED');
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(attemptLimits.windowSeconds - 120);
    expect(seconds).toBeLessThanOrEqual(attemptLimits.windowSeconds);
  });

  test('limits an email that has no account in the same way', async () => {
    const unknown = { email: 'ghost@shop.example', password: 'x' };
    for (let i = 0; i < attemptLimits.perEmail; i++) await visitor(app).call('POST', '/sign_in', unknown);
    expect(codeOf(await visitor(app).call('POST', '/sign_in', unknown))).toBe('429 RATE_LIMITED');
  });

  test('lets no burst of guesses through the limit', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => visitor(app).call('POST', '/sign_in', wrong)),
    );
    const judged = answers.filter((answer) => answer.statusCode === 401).length;
    expect(judged).toBeGreaterThanOrEqual(attemptLimits.perEmail);
    expect(judged).toBeLessThanOrEqual(attemptLimits.perEmail + 1);
    expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([401, 429]));
  });

  test('serves a hundred right passwords at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        visitor(app).call('POST', '/sign_in', { email: owner.email, password: goodPassword }),
      ),
    );
    expect(answers.every((answer) => answer.statusCode === 200)).toBe(true);
  });

  test('limits one network over many accounts, and an IPv6 network as a whole', async () => {
    const guess = (i: number) =>
      app.inject({
        method: 'POST',
        url: '/api/v1/sign_in',
        remoteAddress: `2001:db8:1:2::${i.toString(16)}`,
        payload: { email: `guess${i}@shop.example`, password: 'x' },
      });
    for (let i = 0; i < attemptLimits.perNetwork; i += 20)
      await Promise.all(Array.from({ length: 20 }, (_, k) => guess(i + k)));
    expect(codeOf(await guess(9999))).toBe('429 RATE_LIMITED');
    const elsewhere = await visitor(app).call('POST', '/sign_in', wrong);
    expect(elsewhere.statusCode).toBe(401);
  });

  test('forgets typing errors after the right password', async () => {
    for (let i = 0; i < 9; i++) await visitor(app).call('POST', '/sign_in', wrong);
    await signedIn(app, owner.email);
    for (let i = 0; i < 9; i++)
      expect(codeOf(await visitor(app).call('POST', '/sign_in', wrong))).toBe('401 WRONG_CREDENTIALS');
  });

  test('refuses a sign-in that another site starts', async () => {
    const credentials = { email: owner.email, password: goodPassword };
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect(codeOf(await visitor(app).call('POST', '/sign_in', credentials, headers))).toBe(
      '403 FOREIGN_ORIGIN',
    );
  });

  test.each([
    ['NUL', 'a\u0000b'],
    ['a lone surrogate', '\ud800'],
    ['two hundred emoji', '😀'.repeat(100)],
  ])('takes %s in email and password without failing itself', async (_name, text) => {
    const answer = await visitor(app).call('POST', '/sign_in', { email: text, password: text });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.statusCode).toBeLessThan(500);
  });
});

describe('a session', () => {
  test('is stored as a hash only', async () => {
    const me = await signedIn(app, owner.email);
    const rows = await ctx.db.selectFrom('sessions').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(me.cookie);
    expect(rows.some((row) => row.token_hash.includes(Buffer.from(me.cookie ?? '?')))).toBe(false);
  });

  test('notes its use at most every five minutes and lives 30 days from the last use', async () => {
    const me = await signedIn(app, owner.email);
    const id = uuid('ses', me.me.session_id ?? '');
    const row = () =>
      ctx.db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const begun = clock.now();
    clock.advance(4 * 60_000);
    await me.call('GET', '/me');
    expect((await row()).last_seen_at).toEqual(begun);
    clock.advance(60_000);
    await me.call('GET', '/me');
    expect((await row()).last_seen_at).toEqual(clock.now());
    clock.advance(29 * 86_400_000);
    expect((await me.call('GET', '/me')).statusCode).toBe(200);
    clock.advance(29 * 86_400_000);
    expect((await me.call('GET', '/me')).statusCode).toBe(200);
    clock.advance(30 * 86_400_000);
    expect(codeOf(await me.call('GET', '/me'))).toBe('401 UNAUTHENTICATED');
  });

  test('ends with sign-out, which is fine to repeat', async () => {
    const me = await signedIn(app, owner.email);
    const copy = visitor(app);
    copy.cookie = me.cookie;
    expect((await me.call('POST', '/sign_out')).statusCode).toBe(204);
    expect(me.cookie).toBeNull();
    expect(codeOf(await copy.call('GET', '/me'))).toBe('401 UNAUTHENTICATED');
    expect((await copy.call('POST', '/sign_out')).statusCode).toBe(204);
  });

  test('does not rescue a bad bearer token', async () => {
    const me = await signedIn(app, owner.email);
    for (const authorization of ['Bearer car_wrong', 'Basic abc', 'Bearer'])
      expect(codeOf(await me.call('GET', '/me', undefined, { authorization }))).toBe('401 UNAUTHENTICATED');
  });
});

test('an account that is in no workspace any more is told so, but only with its password', async () => {
  const left = await anOwner(app);
  await ctx.db.deleteFrom('memberships').where('workspace_id', '=', left.workspaceId).execute();
  const credentials = { email: left.email, password: goodPassword };
  expect(codeOf(await visitor(app).call('POST', '/sign_in', credentials))).toBe('403 FORBIDDEN');
  expect(codeOf(await visitor(app).call('POST', '/sign_in', { ...credentials, password: 'x' }))).toBe(
    '401 WRONG_CREDENTIALS',
  );
});
