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

/** What the emulator itself counted, whatever the sender believes. */
export interface SandboxCount {
  accepted: number;
  sent_twice: number;
}

export interface SandboxClient {
  /** The bot of that username, made if it is not there. */
  bot(username: string, name: string): Promise<SandboxBot>;
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
}

const timeoutMs = 10_000;

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
  };
}
