// Invitations from both ends.
import { describe, expect, test } from 'vitest';
import { manualClock } from '../platform/clock.ts';
import { aMember, anOwner, codeOf, goodPassword, signedIn, testApp, visitor } from './testing-visitor.ts';

const clock = manualClock(new Date());
const { app, ctx } = await testApp({ clock });
let guests = 0;

async function invited(owner: Awaited<ReturnType<typeof anOwner>>, role = 'marketer', email?: string) {
  const guest = email ?? `guest${++guests}@shop.example`;
  const answer = await owner.call('POST', '/invitations', { email: guest, role });
  expect(codeOf(answer)).toBe('201');
  const made = answer.json<{ id: string; accept_url: string; status: string }>();
  return { ...made, email: guest, token: new URL(made.accept_url).searchParams.get('token') ?? '' };
}
const accept = (token: string, password = goodPassword, who = visitor(app)) =>
  who.call('POST', '/invitations/accept', { token, name: 'Guest', password });

describe('an invitation', () => {
  test('shows what it invites to, lets one person in with its role, and is used up then', async () => {
    const owner = await anOwner(app);
    const { email, token, accept_url } = await invited(owner);
    expect(accept_url).toMatch(/^http:\/\/localhost(:80)?\/join\?token=[\w-]{43}$/);
    const preview = await visitor(app).call('GET', `/invitations/preview?token=${token}`);
    expect(preview.json()).toMatchObject({
      workspace_name: owner.me.workspace.name,
      email: 'guest1@shop.example',
      role: 'marketer',
      has_account: false,
    });
    const guest = visitor(app);
    const joined = await accept(token, goodPassword, guest);
    expect(joined.json()).toMatchObject({ user: { email, role: 'marketer', name: 'Guest' } });
    expect((await guest.call('GET', '/me')).json().workspace.id).toBe(owner.me.workspace.id);
    expect(codeOf(await accept(token))).toBe('410 INVITATION_INVALID');
    const list = (await owner.call('GET', '/invitations')).json();
    expect(list.data[0]).toMatchObject({ email, status: 'accepted', invited_by: owner.me.user.name });
  });

  test('points to PUBLIC_URL where one is set', async () => {
    const owner = await anOwner(app);
    app.base.config.publicUrl = 'https://shop.example/panel';
    const { accept_url } = await invited(owner);
    app.base.config.publicUrl = null;
    expect(accept_url).toMatch(/^https:\/\/shop\.example\/panel\/join\?token=/);
  });

  test('accepted twice at the same moment makes one member and one account', async () => {
    const owner = await anOwner(app);
    const { token } = await invited(owner);
    const answers = await Promise.all([1, 2, 3, 4].map(() => accept(token)));
    expect(answers.map(codeOf).sort()).toEqual(['200', ...Array(3).fill('410 INVITATION_INVALID')]);
    expect((await owner.call('GET', '/users')).json().data).toHaveLength(2);
  });

  test('expires after seven days', async () => {
    const owner = await anOwner(app);
    const { token, id } = await invited(owner);
    clock.advance(7 * 86_400_000);
    expect(codeOf(await accept(token))).toBe('410 INVITATION_INVALID');
    const list = (await owner.call('GET', '/invitations')).json<{ data: { id: string; status: string }[] }>();
    expect(list.data.find((one) => one.id === id)?.status).toBe('expired');
  });

  test('can be revoked, also twice, but not once it was accepted', async () => {
    const owner = await anOwner(app);
    const first = await invited(owner);
    for (let i = 0; i < 2; i++)
      expect((await owner.call('DELETE', `/invitations/${first.id}`)).statusCode).toBe(204);
    expect(codeOf(await accept(first.token))).toBe('410 INVITATION_INVALID');
    const second = await invited(owner);
    await accept(second.token);
    expect(codeOf(await owner.call('DELETE', `/invitations/${second.id}`))).toBe('409 ILLEGAL_MOVE');
  });

  test('is replaced by a second one for the same person', async () => {
    const owner = await anOwner(app);
    const first = await invited(owner);
    const second = await invited(owner, 'operator', first.email);
    expect(codeOf(await accept(first.token))).toBe('410 INVITATION_INVALID');
    expect((await accept(second.token)).json().user.role).toBe('operator');
  });

  test('is refused for a member and above the own role, and unseen from other workspaces', async () => {
    const owner = await anOwner(app);
    const admin = await aMember(app, owner.workspaceId, 'admin');
    const asks = (email: string, role: string) => admin.call('POST', '/invitations', { email, role });
    expect(codeOf(await asks(owner.email.toUpperCase(), 'operator'))).toBe('409 EMAIL_TAKEN');
    expect(codeOf(await asks('new@shop.example', 'owner'))).toBe('403 FORBIDDEN');
    expect(codeOf(await asks('new@shop.example', 'emperor'))).toBe('422 VALIDATION_FAILED');
    const ofOwner = await invited(owner, 'owner');
    expect(codeOf(await admin.call('DELETE', `/invitations/${ofOwner.id}`))).toBe('403 FORBIDDEN');
    const foreign = await anOwner(app);
    expect(codeOf(await foreign.call('DELETE', `/invitations/${ofOwner.id}`))).toBe('404 NOT_FOUND');
  });

  test('is kept only as a hash', async () => {
    const owner = await anOwner(app);
    const { token } = await invited(owner);
    const rows = await ctx.db.selectFrom('invitations').selectAll().execute();
    expect(rows.some((row) => row.token_hash.includes(Buffer.from(token)))).toBe(false);
  });

  test.each(['', 'x', '\u0000', '%00', '../..', 'ü'.repeat(50)])(
    'with the token %j is no longer valid',
    async (token) => {
      const query = encodeURIComponent(token);
      const preview = await visitor(app).call('GET', `/invitations/preview?token=${query}`);
      expect(codeOf(preview)).toBe('410 INVITATION_INVALID');
    },
  );
});

describe('an email that has an account', () => {
  test('joins with its own password only, keeps it, and its guesses are limited', async () => {
    const home = await anOwner(app);
    const away = await anOwner(app);
    const { token } = await invited(away, 'admin', home.email);
    const guess = await accept(token, 'a password of the attacker');
    expect(codeOf(guess)).toBe('422 VALIDATION_FAILED');
    expect(guess.json().errors[0].pointer).toBe('/password');
    const joined = await accept(token);
    expect(joined.json()).toMatchObject({ user: { name: home.me.user.name, role: 'admin' } });
    expect((await home.call('GET', '/me')).json().workspace.id).toBe(home.me.workspace.id);

    const again = await invited(await anOwner(app), 'admin', home.email);
    for (let i = 0; i < 10; i++) await accept(again.token, 'wrong wrong wrong');
    expect(codeOf(await accept(again.token))).toBe('429 RATE_LIMITED');
  });

  test('but no workspace any more starts anew with the password it chooses', async () => {
    const owner = await anOwner(app);
    const gone = await aMember(app, owner.workspaceId, 'operator');
    await owner.call('DELETE', `/users/${gone.userId}`);
    const { token } = await invited(owner, 'operator', gone.email);
    expect((await accept(token, 'quite another password')).statusCode).toBe(200);
    await signedIn(app, gone.email, 'quite another password');
    expect(
      codeOf(await visitor(app).call('POST', '/sign_in', { email: gone.email, password: goodPassword })),
    ).toBe('401 WRONG_CREDENTIALS');
  });

  test('two links for such an account, taken at once with two passwords, give it one password', async () => {
    const a = await anOwner(app);
    const b = await anOwner(app);
    const gone = await aMember(app, a.workspaceId, 'operator');
    await a.call('DELETE', `/users/${gone.userId}`);
    const links = await Promise.all([invited(a, 'operator', gone.email), invited(b, 'admin', gone.email)]);
    const passwords = ['password of the first', 'password of the second'];
    const answers = await Promise.all(links.map((link, i) => accept(link.token, passwords[i])));
    const winner = answers.findIndex((answer) => answer.statusCode === 200);
    expect(answers.filter((answer) => answer.statusCode === 200)).toHaveLength(1);
    await signedIn(app, gone.email, passwords[winner]);
  });
});
