// The panel and the simulated phones, as a signed-in person sees both.

export interface Panel {
  get<T>(path: string): Promise<T>;
  patch<T>(path: string, body: object): Promise<T>;
  /** GET of the emulators' control API. */
  look<T>(path: string): Promise<T>;
}

export async function signIn(url: string, login: { email: string; password: string }): Promise<Panel> {
  const own = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  const session = await fetch(`${url}/api/v1/sign_in`, {
    method: 'POST',
    headers: own,
    body: JSON.stringify(login),
  });
  if (!session.ok) throw new Error(`sign_in: ${session.status} ${await session.text()}`);
  const cookie = session.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { cookie, ...(body ? own : { 'sec-fetch-site': 'same-origin' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  }
  return {
    get: (path) => ask('GET', `/api/v1${path}`),
    patch: (path, body) => ask('PATCH', `/api/v1${path}`, body),
    look: (path) => ask('GET', `/sandbox/control/${path}`),
  };
}

/** One message that came from the shop. */
export interface OnPhone {
  key: string;
  /** Of the person, as the send log has it. */
  address: string;
  text: string;
}

export async function readPhones(panel: Panel): Promise<OnPhone[]> {
  const { bots } = await panel.look<{ bots: { id: number }[] }>('bots');
  const { numbers } = await panel.look<{ numbers: { id: string }[] }>('whatsapp/numbers');
  const found: OnPhone[] = [];
  for (const { id } of bots) {
    const { chats } = await panel.look<{ chats: TelegramChat[] }>(`chats?bot=${id}&limit=5000&messages=5000`);
    for (const chat of chats)
      for (const message of chat.messages)
        if (message.from?.is_bot)
          found.push({
            key: `${id} ${chat.id} ${message.message_id}`,
            address: String(chat.id),
            text: message.text ?? message.caption ?? '',
          });
  }
  for (const { id } of numbers) {
    const { messages } = await panel.look<{ messages: WhatsAppMessage[] }>(
      `whatsapp/messages?number=${id}&limit=100000`,
    );
    for (const message of messages)
      if (message.direction === 'out')
        found.push({ key: message.id, address: message.to, text: JSON.stringify(message) });
  }
  return found;
}
interface TelegramChat {
  id: number;
  messages: { message_id: number; text?: string; caption?: string; from?: { is_bot: boolean } }[];
}
interface WhatsAppMessage {
  id: string;
  direction: string;
  to: string;
}

export function newMessages(before: OnPhone[], after: OnPhone[]): OnPhone[] {
  const known = new Set(before.map(({ key }) => key));
  return after.filter(({ key }) => !known.has(key));
}
