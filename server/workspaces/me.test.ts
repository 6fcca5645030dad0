// The signed-in person: name, password, sessions; then the workspace and the audit log.
import { beforeEach, describe, expect, test } from 'vitest';
import type { AuditEvent, Session } from '../../contract/workspaces.ts';
import { manualClock } from '../platform/clock.ts';
import { sweepWorkspaces } from './sweep.ts';
import { aMember, anOwner, codeOf, goodPassword, signedIn, testApp, visitor } from './testing-visitor.ts';

const clock = manualClock(new Date());
const { app, ctx } = await testApp({ clock });
beforeEach(() => ctx.db.deleteFrom('rate_limits').execute());

describe('PATCH /me', () => {
  test('changes the name without a password', async () => {
    const owner = await anOwner(app);
    const answer = await owner.call('PATCH', '/me', { name: '  Nora  Ångström ' });
    expect(answer.json().user.name).toBe('Nora  Ångström');
  });

  test('changes the password with the present one, and ends the other sessions', async () => {
    const owner = await anOwner(app);
    const elsewhere = await signedIn(app, owner.email);
    const new_password = 'another good password';
    const change = (current_password?: string) =>
      owner.call('PATCH', '/me', { current_password, new_password });
    for (const wrong of [undefined, 'wrong']) {
      const refused = await change(wrong);
      expect(codeOf(refused)).toBe('422 VALIDATION_FAILED');
      expect(refused.json().errors[0].pointer).toBe('/current_password');
    }
    expect((await change(goodPassword)).statusCode).toBe(200);
    expect((await owner.call('GET', '/me')).statusCode).toBe(200);
    expect((await elsewhere.call('GET', '/me')).statusCode).toBe(401);
    await signedIn(app, owner.email, new_password);
    expect(
      (await visitor(app).call('POST', '/sign_in', { email: owner.email, password: goodPassword }))
        .statusCode,
    ).toBe(401);
  });

  test('limits guesses at the present password', async () => {
    const owner = await anOwner(app);
    const guess = () =>
      owner.call('PATCH', '/me', { current_password: 'guess', new_password: 'another good password' });
    for (let i = 0; i < 10; i++) await guess();
    expect(codeOf(await guess())).toBe('429 RATE_LIMITED');
  });

  test('refuses a role, an id and scopes in the body', async () => {
    const owner = await anOwner(app);
    const operator = await aMember(app, owner.workspaceId, 'operator');
    const answer = await operator.call('PATCH', '/me', {
      role: 'owner',
      id: owner.me.user.id,
      scopes: ['users:write'],
    });
    expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
    expect((await operator.call('GET', '/me')).json()).toMatchObject({
      user: { id: operator.userId, role: 'operator' },
    });
  });
});

describe('sessions', () => {
  test('are listed with the present one marked, and ended one by one or all others at once', async () => {
    const owner = await anOwner(app);
    const second = await signedIn(app, owner.email);
    const third = await signedIn(app, owner.email);
    const list = (await owner.call('GET', '/sessions')).json<{ data: Session[] }>().data;
    expect(list).toHaveLength(3);
    expect(list.filter((session) => session.current).map(({ id }) => id)).toEqual([owner.me.session_id]);
    expect((await owner.call('DELETE', `/sessions/${second.me.session_id}`)).statusCode).toBe(204);
    expect((await second.call('GET', '/me')).statusCode).toBe(401);
    expect(codeOf(await owner.call('DELETE', `/sessions/${second.me.session_id}`))).toBe('404 NOT_FOUND');
    expect((await owner.call('DELETE', '/sessions')).statusCode).toBe(204);
    expect((await third.call('GET', '/me')).statusCode).toBe(401);
    expect((await owner.call('GET', '/me')).statusCode).toBe(200);
  });

  test('of a colleague are neither seen nor ended, not even by an owner', async () => {
    const owner = await anOwner(app);
    const colleague = await aMember(app, owner.workspaceId, 'operator');
    expect(codeOf(await owner.call('DELETE', `/sessions/${colleague.me.session_id}`))).toBe('404 NOT_FOUND');
    expect((await owner.call('GET', '/sessions')).body).not.toContain(colleague.me.session_id);
    await owner.call('DELETE', '/sessions');
    expect((await colleague.call('GET', '/me')).statusCode).toBe(200);
  });

  test('that have ended are swept away, the others stay', async () => {
    const owner = await anOwner(app);
    clock.advance(31 * 86_400_000);
    const fresh = await signedIn(app, owner.email);
    await sweepWorkspaces(ctx);
    const rows = await ctx.db.selectFrom('sessions').select('id').execute();
    expect(rows).toHaveLength(1);
    expect((await fresh.call('GET', '/me')).statusCode).toBe(200);
  });
});

describe('the workspace', () => {
  test('tells the second of two tabs that somebody else was faster', async () => {
    const owner = await anOwner(app);
    const { version } = owner.me.workspace;
    const tabs = await Promise.all(
      ['One', 'Two'].map((name) => owner.call('PATCH', '/workspace', { name, version })),
    );
    expect(tabs.map(codeOf).sort()).toEqual(['200', '409 VERSION_CONFLICT']);
    const now = (await owner.call('GET', '/workspace')).json();
    expect(now.version).toBe(version + 1);
    expect(codeOf(await owner.call('PATCH', '/workspace', { time_zone: 'Asia/Tokyo' }))).toBe('200');
    expect(codeOf(await owner.call('PATCH', '/workspace', { time_zone: 'Mars/Base' }))).toBe(
      '422 VALIDATION_FAILED',
    );
  });
});

describe('the audit log', () => {
  test('tells who did what, by action, noun and actor, and holds no secret', async () => {
    const owner = await anOwner(app);
    const admin = await aMember(app, owner.workspaceId, 'admin');
    const made = await admin.call('POST', '/tokens', { name: 'Sync', scopes: ['users:read'] });
    await owner.call('PATCH', '/workspace', { name: 'Renamed' });
    await admin.call('POST', '/invitations', { email: 'guest@x.example', role: 'operator' });
    const events = async (query: string) =>
      (await owner.call('GET', `/audit_events?${query}`)).json<{ data: AuditEvent[] }>().data;
    expect((await events('action=token.created'))[0]).toMatchObject({
      actor: { kind: 'user', name: admin.me.user.name },
      subject_type: 'token',
      subject_id: made.json().id,
      detail: { name: 'Sync' },
    });
    expect((await events('action=workspace')).map(({ action }) => action)).toEqual([
      'workspace.changed',
      'workspace.created',
    ]);
    expect((await events(`actor=${admin.userId}`)).map(({ action }) => action)).toEqual([
      'invitation.created',
      'token.created',
      'session.started',
    ]);
    expect((await events('actor=system')).map(({ action }) => action)).toEqual(['workspace.created']);
    expect(await events('actor=nobody')).toEqual([]);
    const all = JSON.stringify(await events('limit=200'));
    expect(all).not.toContain(made.json().token);
    expect(all).not.toContain('guest@x.example');
    expect(codeOf(await owner.call('GET', '/audit_events?cursor=broken'))).toBe('422 INVALID_CURSOR');
  });

  test('is closed to marketers and operators', async () => {
    const owner = await anOwner(app);
    for (const role of ['marketer', 'operator'] as const) {
      const person = await aMember(app, owner.workspaceId, role);
      expect(codeOf(await person.call('GET', '/audit_events'))).toBe('403 FORBIDDEN');
    }
  });
});
