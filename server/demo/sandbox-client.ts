// The demo's hand in the simulated world: makes the bot and the people, and lets them act. Plain HTTP to the sandbox's
// control API (sandbox/README.md), as anybody could do with curl.
import { request } from 'undici';

export interface SandboxBot {
  id: number;
  token: string;
  username: string;
}

export interface SandboxGroup {
  id: number;
  title: string;
}

export interface SandboxNumber {
  id: string;
  /** As connections take them. */
  credentials: Record<string, string>;
}

/** What the emulator itself counted, whatever the sender believes. */
export interface SandboxCount {
  accepted: number;
  sent_twice: number;
}

export interface SandboxClient {
  /** The bot of that username, made if it is not there. */
  bot(username: string, name: string): Promise<SandboxBot>;
  /** The WhatsApp number of that id, made if it is not there. */
  number(id: string, display: string, name: string): Promise<SandboxNumber>;
  /** On WhatsApp; `phone` with its +, what else there is about them as the control API names it. */
  onWhatsApp(people: { phone: string; name: string; [trait: string]: unknown }[]): Promise<void>;
  writeToNumber(number: string, phone: string, text: string): Promise<void>;
  /** Whether WhatsApp judges the account's new templates by itself. */
  reviews(account: string, byItself: boolean): Promise<void>;
  judge(account: string, template: string, event: 'APPROVED' | 'REJECTED', reason?: string): Promise<void>;
  /** They open the chat: whatever was delivered is read. */
  openChat(number: string, phone: string): Promise<void>;
  /** A button of the last template that this person got, by what stands on it. */
  pressButton(number: string, phone: string, label: string): Promise<void>;
  /** As if their last message were more than 24 hours old. */
  closeWindow(number: string, phone: string): Promise<void>;
  /** Known ids are updated. */
  people(
    users: {
      id: number;
      first_name: string;
      last_name: string;
      username?: string;
      language_code: string;
    }[],
  ): Promise<void>;
  start(bot: number, users: number[]): Promise<void>;
  /** `chat`: a group; absent: their private chat with the bot. */
  write(bot: number, user: number, text: string, chat?: number): Promise<void>;
  groups(): Promise<SandboxGroup[]>;
  /** With the bot as an administrator, who alone hears who joins. */
  group(bot: number, type: 'supergroup' | 'channel', title: string): Promise<SandboxGroup>;
  join(chat: number, user: number): Promise<void>;
  block(bot: number, user: number): Promise<void>;
  deactivate(user: number): Promise<void>;
  count(bot: number): Promise<SandboxCount>;
  /** The last address on this person's phone that begins so; null: there is none. */
  lastLink(
    from: 'bot' | 'number',
    account: string,
    person: string,
    beginning: string,
  ): Promise<string | null>;
  /** As the browser on a phone does; where it leads is not followed. */
  open(link: string): Promise<void>;
}

const timeoutMs = 10_000;
const phoneBrowser =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';

export function sandboxClient(origin: string): SandboxClient {
  async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const answer = await request(`${origin}/control/${path}`, {
      method,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`The sandbox refused ${method} ${path}: ${text}`);
    return JSON.parse(text) as T;
  }

  return {
    async bot(username, name) {
      const { bots } = await call<{ bots: SandboxBot[] }>('GET', 'bots');
      return (
        bots.find((bot) => bot.username === username) ?? call<SandboxBot>('POST', 'bots', { username, name })
      );
    },
    async number(id, display, name) {
      const made = await call<Record<'id' | 'waba' | 'token' | 'app_secret' | 'verify_token', string>>(
        'POST',
        'whatsapp/numbers',
        { id, display_phone_number: display, verified_name: name },
      );
      return {
        id: made.id,
        credentials: {
          phone_number_id: made.id,
          waba_id: made.waba,
          access_token: made.token,
          app_secret: made.app_secret,
          verify_token: made.verify_token,
        },
      };
    },
    async onWhatsApp(list) {
      await call('POST', 'whatsapp/people', {
        people: list.map(({ phone, ...rest }) => ({ wa_id: phone.slice(1), ...rest })),
      });
    },
    async writeToNumber(number, phone, text) {
      await call('POST', 'whatsapp/message', { number, person: phone.slice(1), text });
    },
    async reviews(waba, byItself) {
      await call('POST', 'whatsapp/moderation', { waba, delay_ms: byItself ? 0 : null });
    },
    async judge(waba, template, event, reason) {
      await call('POST', 'whatsapp/judge', { waba, template, event, reason });
    },
    async openChat(number, phone) {
      await call('POST', 'whatsapp/read', { number, person: phone.slice(1) });
    },
    async pressButton(number, phone, label) {
      const person = phone.slice(1);
      const path = `whatsapp/messages?number=${number}&person=${person}`;
      const { messages } = await call<{ messages: { id: string; type: string }[] }>('GET', path);
      const got = messages.findLast(({ type }) => type === 'template');
      if (!got) throw new Error(`${phone} has no message with a button “${label}”.`);
      await call('POST', 'whatsapp/press', { number, person, message_id: got.id, button: label });
    },
    async closeWindow(number, phone) {
      await call('POST', 'whatsapp/window', { number, person: phone.slice(1), open: false });
    },
    async people(users) {
      await call('POST', 'users', { users });
    },
    async start(bot, users) {
      await call('POST', 'start', { bot, users });
    },
    async write(bot, user, text, chat) {
      await call('POST', 'message', { bot, user, text, ...(chat === undefined ? {} : { chat }) });
    },
    async groups() {
      return (await call<{ groups: SandboxGroup[] }>('GET', 'groups')).groups;
    },
    group: (bot, type, title) => call<SandboxGroup>('POST', 'groups', { type, title, bot, admin: true }),
    async join(chat, user) {
      await call('POST', 'join', { chat, user });
    },
    async block(bot, user) {
      await call('POST', 'block', { bot, user });
    },
    async deactivate(user) {
      await call('POST', 'deactivate', { user });
    },
    count: (bot) => call<SandboxCount>('GET', `stats?bot=${bot}&brief=1`),
    async lastLink(from, account, person, beginning) {
      const path =
        from === 'bot' ? `chats/${person}?bot=${account}` : `whatsapp/chats/${person}?number=${account}`;
      const { messages } = await call<{ messages: unknown[] }>('GET', `${path}&messages=20`);
      // wherever it stands in a message: in the text, on a button
      const texts = JSON.stringify(messages).split('"');
      return texts.findLast((text) => text.startsWith(beginning)) ?? null;
    },
    async open(link) {
      const answer = await request(link, {
        headers: { 'user-agent': phoneBrowser },
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      await answer.body.dump();
    },
  };
}
