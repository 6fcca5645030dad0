// The only door to the sandbox's own control: a bot, a number and people that exist on this machine alone.

interface SandboxBot {
  id: number;
  token: string;
}

async function ask<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/sandbox/control/${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: 'same-origin',
  }).catch(() => {
    throw new Error('The sandbox did not answer. Check that Carillon runs.');
  });
  const answer = (await response.json().catch(() => ({}))) as T & { error?: string };
  if (!response.ok) throw new Error(answer.error ?? `The sandbox answered ${response.status}.`);
  return answer;
}

const username = 'first_try_bot';
const people = [
  { first_name: 'Amelia', last_name: 'Hartley', username: 'amelia_hartley', language_code: 'en' },
  { first_name: 'Jonas', last_name: 'Lindqvist', username: 'jonas_lq', language_code: 'sv' },
  { first_name: 'Priya', last_name: 'Raman', language_code: 'en' },
  { first_name: 'Mateo', last_name: 'Fuentes', username: 'mateo_f', language_code: 'es' },
  { first_name: 'Leila', last_name: 'Haddad', language_code: 'fr' },
  { first_name: 'Tom', last_name: 'Okafor', username: 'tom_okafor', language_code: 'en' },
];

/** The sandbox's bot to try things with; the same one when asked again. */
export async function sandboxBot(name: string): Promise<SandboxBot> {
  const { bots } = await ask<{ bots: (SandboxBot & { username: string })[] }>('GET', 'bots');
  return bots.find((bot) => bot.username === username) ?? ask<SandboxBot>('POST', 'bots', { username, name });
}

/** Six people take out their simulated phones and press Start. */
export async function startSixPeople(bot: SandboxBot): Promise<void> {
  const { users } = await ask<{ users: { id: number }[] }>('POST', 'users', { users: people });
  await ask('POST', 'start', { bot: bot.id, users: users.map((user) => user.id) });
}

export interface SandboxNumber {
  /** As the API takes them with `sandbox: true`. */
  credentials: Record<string, string>;
  id: string;
}

const numberId = '106540352242922';
// numbers that the German regulator keeps for films and examples
const writers = people.map((person, index) => ({
  wa_id: `4917139200${index + 60}`,
  name: `${person.first_name} ${person.last_name}`,
}));

/** The sandbox's WhatsApp number to try things with; the same one when asked again. */
export async function sandboxNumber(name: string): Promise<SandboxNumber> {
  const number = await ask<Record<'id' | 'waba' | 'token' | 'app_secret' | 'verify_token', string>>(
    'POST',
    'whatsapp/numbers',
    { id: numberId, verified_name: name },
  );
  return {
    id: number.id,
    credentials: {
      phone_number_id: number.id,
      waba_id: number.waba,
      access_token: number.token,
      app_secret: number.app_secret,
      verify_token: number.verify_token,
    },
  };
}

/** Six people take out their simulated phones and write: whoever wrote can be answered freely for 24 hours. */
export async function sixPeopleWrite(number: string): Promise<void> {
  await ask('POST', 'whatsapp/people', { people: writers });
  for (const { wa_id } of writers)
    await ask('POST', 'whatsapp/message', { number, person: wa_id, text: 'Hello!' });
}
