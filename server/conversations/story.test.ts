// From the phone to the inbox and back: poller, drain, receive, reply and lane together, against the emulator.
import { expect, onTestFinished, test } from 'vitest';
import { startInbound } from '../channels/inbound.ts';
import { createLeases } from '../platform/db/leases.ts';
import { testCtx } from '../testing/context.ts';
import { testLanes } from '../testing/engine.ts';
import { testSandbox } from '../testing/sandbox.ts';
import { fetchFile } from './message-file.ts';
import { confirmations } from './opt-out/confirmations.ts';
import { receive } from './receive.ts';
import { reply } from './reply.ts';
import { contactThread, readMessage } from './thread.ts';

test('a person writes, is answered, and says stop: phone and thread show the same', async () => {
  const ctx = await testCtx();
  const sandbox = await testSandbox(ctx);
  const leases = createLeases(ctx.databaseUrl, ctx.log);
  const inbound = startInbound(ctx, leases, receive);
  const lanes = testLanes(ctx);
  onTestFinished(async () => {
    await inbound.stop();
    await lanes.stop();
    await leases.stop();
  });
  const user = 8001;
  await sandbox.control('users', { users: [{ id: user, first_name: 'Ann' }] });
  const write = (text: string) => sandbox.control('message', { bot: sandbox.botId, user, text });
  const phone = async () => {
    const chat = await sandbox.control<{ messages: { text?: string }[] }>(
      `chats/${user}?bot=${sandbox.botId}`,
    );
    return chat.messages.map((message) => message.text);
  };
  const inbox = () => ctx.db.selectFrom('conversations').select(['id', 'contact_id']).executeTakeFirst();

  await write('Do you ship to Malta?');
  await expect.poll(inbox, { timeout: 10_000 }).toBeDefined();
  const conversation = (await inbox())!;
  await reply(ctx, conversation.id, { text: 'We do, in 4 days.' });
  await expect.poll(phone, { timeout: 10_000 }).toEqual(['Do you ship to Malta?', 'We do, in 4 days.']);
  await write('/stop');
  const said = ['Do you ship to Malta?', 'We do, in 4 days.', '/stop', confirmations.en];
  await expect.poll(phone, { timeout: 10_000 }).toEqual(said);
  await sandbox.control('block', { bot: sandbox.botId, user });
  await expect
    .poll(() => ctx.db.selectFrom('identities').select(['reachable']).executeTakeFirst(), { timeout: 10_000 })
    .toEqual({ reachable: false });
  await expect(reply(ctx, conversation.id, { text: 'One more thing' })).rejects.toMatchObject({
    code: 'CONTACT_UNREACHABLE',
  });

  // a picture is fetched from Telegram, and an answer to it quotes it on the phone
  await sandbox.control('unblock', { bot: sandbox.botId, user });
  await sandbox.control('photo', { bot: sandbox.botId, user, caption: 'This one' });
  const waiting = () => ctx.db.selectFrom('message_files').select('message_id').executeTakeFirst();
  await expect.poll(waiting, { timeout: 10_000 }).toBeDefined();
  const { message_id: messageId } = (await waiting())!;
  await fetchFile(ctx, { workspaceId: ctx.actor.workspaceId, messageId });
  const picture = await readMessage(ctx, messageId);
  expect(picture.attachments).toMatchObject([{ kind: 'image', state: 'ready', mime: 'image/jpeg' }]);
  await reply(ctx, conversation.id, { text: 'That one is gone', reply_to: picture.id });
  const quoted = async () => {
    const { messages } = await sandbox.control<{ messages: { text?: string; reply_to_message?: object }[] }>(
      `chats/${user}?bot=${sandbox.botId}`,
    );
    return messages.find(({ text }) => text === 'That one is gone')?.reply_to_message;
  };
  await expect.poll(quoted, { timeout: 10_000 }).toMatchObject({ caption: 'This one' });

  const thread = async () =>
    (await contactThread(ctx, { contactId: conversation.contact_id }, { limit: 50 })).data;
  await expect
    .poll(async () => (await thread()).map((message) => message.state))
    .toEqual(['sent', null, 'sent', null, 'sent', null]);
  expect((await thread()).map((message) => message.text)).toEqual(
    [...said, '[Picture] This one', 'That one is gone'].toReversed(),
  );
});
