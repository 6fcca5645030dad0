// Every object that the emulator shows, against the machine-readable Bot API that other people keep.
import { InputFile, type RawApi } from 'grammy';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aSandbox, type SandboxFixture } from '../sandbox-fixture.ts';
import { checkRequest, checkResult, checkValue, loadSchema } from './bot-api-schema.ts';

const schema = loadSchema();

describe.skipIf(schema === undefined)(
  'objects of the emulator against bot-api-10.1.json (skipped where ../shared is absent)',
  () => {
    let fixture: SandboxFixture;
    const problems: string[] = [];
    const seen = new Set<string>();

    beforeAll(async () => {
      fixture = await aSandbox();
      fixture.api.config.use(async (previous, method, payload, signal) => {
        const answer = await previous(method, payload, signal);
        seen.add(method);
        if (answer.ok) problems.push(...checkResult(schema!, method as keyof RawApi, answer.result));
        return answer;
      });
    });
    afterAll(() => fixture.close());

    it('finds nothing wrong in a private chat', async () => {
      const { api, control } = fixture;
      const photo = await sharp({ create: { width: 500, height: 400, channels: 3, background: '#fff' } })
        .png()
        .toBuffer();
      const keyboard = {
        inline_keyboard: [
          [
            { text: 'a', callback_data: 'a' },
            { text: 'b', url: 'https://a.example' },
          ],
        ],
      };
      await api.getMe();
      const text = await api.sendMessage(111, '<b>a</b> https://a.example #x', {
        parse_mode: 'HTML',
        reply_markup: keyboard,
        protect_content: true,
        link_preview_options: { is_disabled: true },
        message_effect_id: '5',
      });
      await api.sendMessage(111, 'reply', { reply_parameters: { message_id: text.message_id } });
      const sent = await api.sendPhoto(111, new InputFile(photo, 'a.png'), {
        caption: '_c_',
        parse_mode: 'MarkdownV2',
        has_spoiler: true,
        show_caption_above_media: true,
      });
      await api.sendVideo(111, new InputFile(Buffer.from('v'), 'v.mp4'), {
        width: 10,
        height: 10,
        duration: 3,
      });
      await api.sendDocument(111, new InputFile(Buffer.from('d'), 'd.pdf'));
      await api.sendAnimation(111, new InputFile(Buffer.from('g'), 'g.gif'));
      await api.sendMediaGroup(111, [
        { type: 'photo', media: new InputFile(photo) },
        { type: 'photo', media: sent.photo!.at(-1)!.file_id },
      ]);
      await api.editMessageText(111, text.message_id, 'b', { reply_markup: keyboard });
      await api.editMessageReplyMarkup(111, text.message_id);
      await api.editMessageCaption(111, sent.message_id, { caption: 'new' });
      await api.pinChatMessage(111, sent.message_id);
      await api.getChat(111);
      await api.unpinChatMessage(111);
      await control('message', { user: 111, text: 'hi @emily' });
      await api.copyMessage(111, 111, sent.message_id);
      await api.forwardMessage(111, 111, sent.message_id);
      await api.getFile(sent.photo![0]!.file_id);
      await api.sendChatAction(111, 'typing');
      await api.setMyCommands([{ command: 'start', description: 'Begin' }]);
      await api.getMyCommands();
      await api.deleteMessage(111, text.message_id);
      await api.deleteMessages(111, [1, 2]);
      await api.getWebhookInfo();
      await api.deleteWebhook();
      expect(problems).toEqual([]);
    });

    it('finds nothing wrong in groups and channels', async () => {
      const { api, control, botId } = fixture;
      await api.getUpdates({
        allowed_updates: [
          'message',
          'chat_member',
          'my_chat_member',
          'message_reaction',
          'message_reaction_count',
          'callback_query',
          'chat_join_request',
          'channel_post',
          'edited_message',
        ],
      });
      const channel = await control<{ id: number }>('groups', {
        type: 'channel',
        title: 'News',
        username: 'news',
        owner: 111,
        bot: botId,
        admin: true,
      });
      const group = await control<{ id: number }>('groups', {
        type: 'group',
        title: 'Team',
        owner: 111,
        members: [112],
        bot: botId,
        admin: true,
      });
      const { id } = await control<{ id: number }>('upgrade', { chat: group.id });
      await control('link', { channel: channel.id, group: id });
      const post = await api.sendMessage('@news', 'post');
      await control('react', { user: 111, chat: channel.id, message_id: post.message_id, emoji: '🔥' });
      const said = await api.sendMessage(id, 'hello', {
        reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: 'a' }]] },
      });
      await control('react', { user: 112, chat: id, message_id: said.message_id, emoji: '👍' });
      await control('press', { user: 112, chat: id, message_id: said.message_id });
      const mine = await control<{ message: { message_id: number } }>('message', {
        user: 112,
        chat: id,
        text: '/help',
      });
      await control('edit', { user: 112, chat: id, message_id: mine.message.message_id, text: '/stop' });
      const open = await api.createChatInviteLink(id, { name: 'campaign_7' });
      const asks = await api.createChatInviteLink(channel.id, { creates_join_request: true });
      await control('users', [{ id: 113, first_name: 'Eve' }]);
      await control('join', { user: 113, invite_link: open.invite_link });
      await control('join', { user: 113, invite_link: asks.invite_link, bio: 'hi' });
      await control('join', { user: 112, invite_link: asks.invite_link });
      // Eve never pressed Start; her request lets the bot write to her.
      await api.sendMessage(113, 'Welcome');
      await api.approveChatJoinRequest(channel.id, 113);
      await api.declineChatJoinRequest(channel.id, 112);
      expect(await api.getChatMemberCount(channel.id)).toBe(3);
      for (const user of [111, 112, 113, botId]) await api.getChatMember(id, user);
      await api.getChatAdministrators(id);
      await api.getChat(id);
      await api.getChat('@news');
      await api.pinChatMessage(channel.id, post.message_id);
      await api.forwardMessage(111, channel.id, post.message_id);
      await control('leave', { user: 113, chat: channel.id });
      await api.banChatMember(id, 113);
      await api.getChatMember(id, 113);
      await api.unbanChatMember(id, 113);
      await control('block', { user: 111 });
      await control('restrict-bot', { bot: botId, chat: id });
      await api.getChatMember(id, botId);
      const updates = await api.getUpdates({ offset: 1 });
      const kinds = new Set(updates.flatMap((update) => Object.keys(update)));
      for (const kind of [
        'message',
        'edited_message',
        'callback_query',
        'my_chat_member',
        'chat_member',
        'message_reaction',
        'message_reaction_count',
        'chat_join_request',
      ]) {
        expect([...kinds]).toContain(kind);
      }
      expect(updates.find((update) => update.chat_member?.invite_link)?.chat_member?.invite_link?.name).toBe(
        'campaign_7',
      );
      expect(updates.some((update) => update.message?.is_automatic_forward)).toBe(true);
      expect(problems).toEqual([]);
      expect(seen.size).toBeGreaterThan(30);
    });
  },
);

describe.skipIf(schema === undefined)('the checker itself', () => {
  it('names unknown fields, missing fields and wrong types', () => {
    expect(checkValue(schema!, 'Chat', { id: '1', type: 'private', colour: 1 })).toEqual([
      'Chat.id: Integer expected, found "1"',
      'Chat.colour: unknown field',
    ]);
    expect(checkValue(schema!, 'User', { id: 1, is_bot: false })).toEqual(['User.first_name: missing']);
  });

  it('checks requests, with nested values as objects or as JSON text', () => {
    const markup = { inline_keyboard: [[{ text: 'a', callback_data: 'b' }]] };
    expect(checkRequest(schema!, 'sendMessage', { chat_id: 1, text: 'x', reply_markup: markup })).toEqual([]);
    expect(
      checkRequest(schema!, 'sendMessage', { chat_id: '1', text: '5', reply_markup: JSON.stringify(markup) }),
    ).toEqual([]);
    expect(checkRequest(schema!, 'sendMessage', { chat_id: 1, parse_mod: 'HTML' })).toEqual([
      'sendMessage.parse_mod: unknown field',
      'sendMessage.text: missing',
    ]);
  });
});
