// The customer's side of a story. By the control API of the emulator: fast, for crowds and counts. By the page of simulated
// phones: as a person at the sandbox does it.
import type { Locator, Page } from 'playwright-core';
import { type Program, printed, root, run } from './carillon.ts';

export interface Counts {
  accepted: number;
  sent_twice: number;
  duplicates_total: number;
  by_chat: Record<string, number>;
}
export interface Chat {
  id: number;
  name: string;
  state: string;
  accepted: number;
  messages: { text?: string; caption?: string; photo?: unknown[]; from?: { is_bot: boolean } }[];
}

/** A way to the control API: by its own address, or below the panel's with a signed-in person's cookie. */
export type Control = <T>(path: string, body?: unknown) => Promise<T>;

export function controlAt(url: string, cookie = ''): Control {
  return async <T>(path: string, body?: unknown) => {
    const response = await fetch(`${url}/control/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`control ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
}

/** The emulator's own count, which no mistake of the product can change. */
export function counts(control: Control, bot: number | string): Promise<Counts> {
  return control<Counts>(`stats?bot=${bot}&by_chat=1`);
}

export interface Emulator {
  url: string;
  control: Control;
  bot: { id: number; token: string; username: string };
  program: Program;
  /** `count` people whose chats with the bot are open, with ids from `firstId` on. Returns the ids. */
  crowd(count: number, firstId?: number): Promise<number[]>;
}

/** The emulator as a process of its own, which outlives every crash of the product. Give its url as TELEGRAM_API_ROOT. */
export async function startEmulator(): Promise<Emulator> {
  const program = run(process.execPath, [`${root}/sandbox/main.ts`], { SANDBOX_PORT: '0' });
  const url = await printed(program, /Sandbox is ready at (\S+)/);
  const control = controlAt(url);
  const bot = await control<Emulator['bot']>('bots', { username: 'marlow_test_bot', name: 'Marlow Test' });
  return {
    url,
    control,
    bot,
    program,
    async crowd(count, firstId = 700_000) {
      const ids = Array.from({ length: count }, (_, index) => firstId + index);
      await control('users', { users: ids.map((id) => ({ id, first_name: `Person${id}` })) });
      await Promise.all(ids.map((user) => control('state', { bot: bot.id, user, state: 'open' })));
      return ids;
    },
  };
}

/** The phone of `name` on the page of simulated phones, found by its search. */
export async function phoneOf(phones: Page, name: string): Promise<Locator> {
  await phones.getByRole('searchbox').fill(name);
  const phone = phones.getByRole('article', { name: `Phone of ${name}` });
  await phone.waitFor();
  return phone;
}

export async function writeFrom(phone: Locator, text: string): Promise<void> {
  await phone.getByRole('textbox').fill(text);
  await phone.getByRole('button', { name: 'Send' }).click();
}
