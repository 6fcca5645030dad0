// A sandbox with a bot and people in it, for the tests of this folder.
import { Api } from 'grammy';
import { type Sandbox, type SandboxOptions, startSandbox } from './server.ts';

export interface SandboxFixture {
  sandbox: Sandbox;
  api: Api;
  token: string;
  botId: number;
  /** POST to the control API, or GET when no body is given. */
  control<T = Record<string, unknown>>(path: string, body?: unknown, method?: string): Promise<T>;
  close(): Promise<void>;
}

/** Emily (111) has pressed Start, Daniel (112) has not. Flood limits are off unless given. */
export async function aSandbox(options: SandboxOptions = {}): Promise<SandboxFixture> {
  const sandbox = await startSandbox({ limits: null, ...options });
  const control = async <T>(path: string, body?: unknown, method?: string): Promise<T> => {
    const response = await fetch(`${sandbox.url}/control/${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T;
    if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  const bot = await control<{ id: number; token: string }>('bots', {
    username: 'marlow_shop_bot',
    name: 'Marlow Shop',
  });
  await control('users', [
    { id: 111, first_name: 'Emily', last_name: 'Davis', username: 'emily', language_code: 'en' },
    { id: 112, first_name: 'Daniel', last_name: 'Miller' },
  ]);
  await control('state', { user: 111, state: 'open' });
  return {
    sandbox,
    api: new Api(bot.token, { apiRoot: sandbox.url }),
    token: bot.token,
    botId: bot.id,
    control,
    close: () => sandbox.close(),
  };
}

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<
  Error & {
    error_code?: number;
    description?: string;
    parameters?: { retry_after?: number; migrate_to_chat_id?: number };
  }
> {
  try {
    await call;
  } catch (error) {
    return error as Error;
  }
  throw new Error('The call was expected to fail');
}
