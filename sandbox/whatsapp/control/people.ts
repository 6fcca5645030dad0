// People and what they do on WhatsApp.
import sharp from 'sharp';
import { type Fields, isFields } from '../content-read.ts';
import {
  changeNumber,
  contextOf,
  ImpossibleWaAct,
  type Place,
  press,
  react,
  report,
  say,
  setBlocked,
  setMarketing,
} from '../inbound.ts';
import { DAY_MS } from '../limits.ts';
import { bareMime, KINDS, type MediaKind, makeLink, putMedia } from '../media.ts';
import { addPerson, digitsOf, userIdOf, type WaPerson } from '../state.ts';
import { deliverWaiting, readMessages } from '../statuses.ts';
import {
  ControlError,
  readNumber,
  readPersonOf,
  readPlaceOf,
  type WaControlRequest,
  type WaRoute,
} from './request.ts';

export function personView(person: WaPerson): Fields {
  return { ...person, user_id: userIdOf(person) };
}

/** An impossible act is the caller's mistake (409), not a failure of the sandbox. */
function act(route: (place: Place, request: WaControlRequest) => unknown): WaRoute {
  return async (request) => {
    try {
      return await route(readPlaceOf(request), request);
    } catch (error) {
      if (error instanceof ImpossibleWaAct) throw new ControlError(409, error.message);
      throw error;
    }
  };
}

function add({ world, body }: WaControlRequest): Fields {
  const { state } = world;
  if (body.first !== undefined) return addMany(world.state, body);
  const list = Array.isArray(body.people) ? body.people : [body];
  const people = list.map((given: Partial<WaPerson>) => {
    const wasOffline = given.wa_id !== undefined && state.people.get(digitsOf(given.wa_id))?.offline === true;
    const person = addPerson(state, given);
    if (wasOffline && !person.offline) {
      for (const number of state.numbers.values()) {
        const chat = number.chats.get(person.wa_id);
        if (chat) deliverWaiting(world, number, chat);
      }
    }
    return personView(person);
  });
  state.onChange('', '');
  return { people };
}

function addMany(state: WaControlRequest['world']['state'], body: Fields): Fields {
  const first = BigInt(digitsOf(String(body.first)));
  const count = Number(body.count);
  if (!Number.isSafeInteger(count) || count < 1 || count > 5_000_000)
    throw new ControlError(400, '"count" is 1 to 5,000,000');
  const { name, receipts } = body;
  for (let place = 0; place < count; place += 1) {
    addPerson(state, {
      wa_id: String(first + BigInt(place)),
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof receipts === 'boolean' ? { receipts } : {}),
    });
  }
  return { added: count };
}

const PLAIN_MIME: Readonly<Record<MediaKind, string>> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/ogg; codecs=opus',
  document: 'application/pdf',
  sticker: 'image/webp',
};

async function bytesFor(kind: MediaKind, given: unknown): Promise<Buffer> {
  if (typeof given === 'string' && given.length > 0)
    return Buffer.from(given.replace(/^data:[^,]*,/, ''), 'base64');
  if (kind !== 'image' && kind !== 'sticker') return Buffer.from(`A plain ${kind} of the sandbox\n`);
  const picture = sharp({ create: { width: 640, height: 480, channels: 3, background: '#4f9d8c' } });
  return kind === 'image' ? picture.jpeg().toBuffer() : picture.webp().toBuffer();
}

/** What a webhook carries of a file: id, address for five minutes, SHA-256 in base64. */
async function mediaContent(place: Place, kind: MediaKind, given: Fields): Promise<Fields> {
  const { post, number } = place;
  const { state } = post;
  const bytes = await bytesFor(kind, given.base64);
  const mime = typeof given.mime_type === 'string' ? given.mime_type : PLAIN_MIME[kind];
  const name = typeof given.filename === 'string' ? given.filename : undefined;
  const item = putMedia(
    state.media,
    { numberId: number.id, mime, name, at: state.now(), source: 'webhook' },
    bytes,
  );
  return {
    ...(typeof given.caption === 'string' && given.caption !== '' ? { caption: given.caption } : {}),
    ...(kind === 'document' ? { filename: name ?? 'document.pdf' } : {}),
    mime_type: kind === 'audio' || kind === 'video' ? mime : bareMime(mime),
    sha256: Buffer.from(item.sha256, 'hex').toString('base64'),
    id: item.id,
    url: `${state.origin}${makeLink(state.media, item, state.now())}`,
    ...(kind === 'audio' ? { voice: given.voice !== false } : {}),
    ...(kind === 'sticker' ? { animated: false } : {}),
  };
}

async function contentOf(place: Place, body: Fields): Promise<{ type: string; content: unknown }> {
  if (typeof body.text === 'string' && body.text !== '')
    return { type: 'text', content: { body: body.text } };
  for (const kind of KINDS) {
    if (body[kind] === undefined) continue;
    const given = isFields(body[kind]) ? body[kind] : {};
    return { type: kind, content: await mediaContent(place, kind, given) };
  }
  if (isFields(body.location)) return { type: 'location', content: body.location };
  if (Array.isArray(body.contacts)) return { type: 'contacts', content: body.contacts };
  if (isFields(body.order)) return { type: 'order', content: { text: '', ...body.order } };
  if (body.unsupported === true) {
    const error = {
      code: 131051,
      title: 'Message type unknown',
      message: 'Message type unknown',
      error_data: { details: 'Message type is currently not supported.' },
    };
    return { type: 'unsupported', content: { errors: [error], unsupported: { type: 'poll_creation' } } };
  }
  throw new ControlError(
    400,
    'A message has "text", a kind of media, "location", "contacts", "order" or "unsupported"',
  );
}

const textOf = (body: Fields, name: string): string => {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw new ControlError(400, `"${name}" must be a text`);
  return value;
};

export const peopleControl: Record<string, WaRoute> = {
  'GET people': ({ world: { state }, query }) => {
    const search = (query.get('search') ?? '').toLowerCase();
    const all = [...state.people.values()].filter(
      (person) =>
        search === '' ||
        `${person.name} ${person.wa_id} @${person.username ?? ''}`.toLowerCase().includes(search),
    );
    const offset = Number(query.get('offset') ?? 0);
    const page = all.slice(offset, offset + Number(query.get('limit') ?? 100));
    return { total: all.length, people: page.map(personView) };
  },
  'POST people': add,

  'POST message': act(async (place, { body }) => {
    const replyTo = body.reply_to === undefined ? undefined : String(body.reply_to);
    const { type, content } = await contentOf(place, body);
    const referral = isFields(body.referral) ? { referral: body.referral } : {};
    const context = {
      ...(replyTo === undefined ? {} : contextOf(place, replyTo)),
      ...(body.forwarded === true ? { forwarded: true } : {}),
    };
    const message = say(place, {
      type,
      content,
      replyTo,
      riders: referral,
      context: Object.keys(context).length > 0 ? context : undefined,
    });
    return { message };
  }),
  'POST press': act((place, { body }) =>
    press(
      place,
      textOf(body, 'message_id'),
      typeof body.button === 'number' ? body.button : textOf(body, 'button'),
    ),
  ),
  'POST react': act((place, { body }) => ({
    message: react(place, textOf(body, 'message_id'), typeof body.emoji === 'string' ? body.emoji : null),
  })),
  'POST read': act(({ post, number, chat }, { body }) => ({
    read: readMessages(
      post,
      number,
      chat,
      body.message_id === undefined ? undefined : String(body.message_id),
    ),
  })),
  'POST block': act((place) => setBlocked(place, true)),
  'POST unblock': act((place) => setBlocked(place, false)),
  'POST report': act((place) => report(place)),
  'POST stop_marketing': act((place) => setMarketing(place, true)),
  'POST resume_marketing': act((place) => setMarketing(place, false)),
  'POST change_number': ({ world, body }) => {
    const person = readPersonOf(world.state, body.person);
    const newWaId = digitsOf(textOf(body, 'wa_id'));
    if (newWaId.length < 5 || world.state.people.has(newWaId))
      throw new ControlError(409, 'The new number is not valid, or another person has it');
    return { person: personView(changeNumber(world, person, newWaId)) };
  },
  /** Opens or closes the 24-hour window without a message. */
  'POST window': ({ world, body }) => {
    const { state } = world;
    const number = readNumber(state, body.number);
    const { chat, person } = readPlaceOf({ world, body, id: '', query: new URLSearchParams() });
    chat.windowUntil = body.open === false ? 0 : state.now() + DAY_MS;
    state.onChange(number.id, person.wa_id);
    return { expires_at: chat.windowUntil };
  },
};
