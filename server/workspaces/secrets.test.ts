// A canary goes through every path that takes a secret, at the most talkative log level; it must not come out again.
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from '../platform/log.ts';
import { anOwner, signedIn, testApp, visitor } from './testing-visitor.ts';

test('no password, session, invitation or API token reaches the log, nor the kept idempotent answers', async () => {
  let logged = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged += chunk;
      done();
    },
  });
  const { app, ctx } = await testApp({ log: createLog('trace', sink) });
  const canary = 'canary-secret-0123456789';
  const owner = await anOwner(app);
  const someone = visitor(app);
  const email = owner.email;
  await someone.call('POST', '/sign_in', { email, password: canary });
  await someone.call('POST', '/sign_in', { email: { canary }, password: [canary] });
  await someone.call('POST', '/setup', { password: canary });
  await someone.call('POST', '/invitations/accept', { token: canary, name: 'x', password: canary });
  await someone.call('GET', `/invitations/preview?token=${canary}`);
  await someone.call('GET', '/workspace', undefined, { authorization: `Bearer ${canary}` });
  await someone.call('GET', '/workspace', undefined, { cookie: `carillon_session=${canary}` });
  await owner.call('PATCH', '/me', { current_password: canary, new_password: `${canary}2` });
  await app.inject({
    method: 'POST',
    url: '/api/v1/sign_in',
    headers: { 'content-type': 'application/json' },
    payload: `{"password":"${canary}`,
  });
  const key = { 'idempotency-key': 'once' };
  const body = { name: 'T', scopes: ['users:read'] };
  const made = await owner.call('POST', '/tokens', body, key);
  const { token } = made.json();
  expect((await owner.call('POST', '/tokens', body, key)).json().token).toBe(token);
  const again = await signedIn(app, email);

  // a failure of ours is the most talkative
  await ctx.db.schema.alterTable('users').renameTo('users_away').execute();
  const broken = await someone.call('POST', '/sign_in', { email, password: canary });
  expect(broken.statusCode).toBe(500);
  await ctx.db.schema.alterTable('users_away').renameTo('users').execute();

  expect(logged).toContain('request failed');
  for (const secret of [canary, token, owner.cookie, again.cookie]) expect(logged).not.toContain(secret);
  const kept = await ctx.db.selectFrom('idempotency_keys').selectAll().execute();
  expect(JSON.stringify(kept)).not.toContain(token);
});
