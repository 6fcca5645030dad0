// What a send may hold, by type (Cloud API, messages, 2026-11-20). Limits are refused with Graph's codes.
import {
  checkLength,
  type Fields,
  isFields,
  readList,
  readObject,
  readOptionalText,
  readText,
} from './content-read.ts';
import { badValue, GraphError, invalidParameter, missingParameter } from './graph-error.ts';
import { readInteractive } from './interactive.ts';
import type { MediaKind } from './media.ts';
import { type Content, readMedia, type Scene } from './scene.ts';

const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;

const MEDIA_KEYS: Readonly<Record<MediaKind, readonly string[]>> = {
  image: ['id', 'link', 'caption', 'provider'],
  video: ['id', 'link', 'caption', 'provider'],
  document: ['id', 'link', 'caption', 'filename', 'provider'],
  audio: ['id', 'link', 'voice', 'provider'],
  sticker: ['id', 'link', 'provider'],
};

function mediaContent(kind: MediaKind) {
  return (scene: Scene, body: Fields): Content => {
    const value = readObject(body, kind, MEDIA_KEYS[kind]);
    readOptionalText(value, 'caption', `${kind}['caption']`, MAX_CAPTION);
    readOptionalText(value, 'filename', `${kind}['filename']`, 240);
    return { value, links: readMedia(scene, value, kind, kind) };
  };
}

function text(_scene: Scene, body: Fields): Content {
  const value = readObject(body, 'text', ['body', 'preview_url']);
  readText(value, 'body', "text['body']", MAX_TEXT);
  if (value.preview_url !== undefined && typeof value.preview_url !== 'boolean')
    throw invalidParameter("Param text['preview_url'] must be a boolean.");
  return { value, links: [] };
}

/** Only to a message of the person; an empty emoji takes it back. */
function reaction(scene: Scene, body: Fields): Content {
  const value = readObject(body, 'reaction', ['message_id', 'emoji']);
  const id = readText(value, 'message_id', "reaction['message_id']", 512);
  if (typeof value.emoji !== 'string') throw missingParameter("reaction['emoji']");
  checkLength(value.emoji, "reaction['emoji']", 20);
  const target = scene.chat?.messages.get(id);
  if (scene.number.keep === 'all' && target?.direction !== 'in')
    throw new GraphError(131009, {
      details: 'The message to react to was not found or was not sent by the user.',
    });
  return { value, links: [] };
}

function coordinate(value: unknown, path: string, max: number): void {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (value === undefined || value === null) throw missingParameter(path);
  if (typeof number !== 'number' || !Number.isFinite(number) || Math.abs(number) > max)
    throw badValue(`${path} must be a number between -${max} and ${max}.`);
}

function location(_scene: Scene, body: Fields): Content {
  const value = readObject(body, 'location', ['latitude', 'longitude', 'name', 'address']);
  coordinate(value.latitude, "location['latitude']", 90);
  coordinate(value.longitude, "location['longitude']", 180);
  readOptionalText(value, 'name', "location['name']", 1000);
  readOptionalText(value, 'address', "location['address']", 1000);
  return { value, links: [] };
}

function contacts(_scene: Scene, body: Fields): Content {
  const list = readList(body, 'contacts', 'contacts');
  if (list.length === 0) throw missingParameter('contacts');
  if (list.length > 257) throw badValue('contacts must have at most 257 entries.');
  for (const [index, entry] of list.entries()) {
    const path = `contacts[${index}]`;
    if (!isFields(entry)) throw invalidParameter(`Param ${path} must be a JSON object.`);
    const name = readObject(entry, 'name');
    readText(name, 'formatted_name', `${path}['name']['formatted_name']`, 1024);
    const parts = ['first_name', 'last_name', 'middle_name', 'suffix', 'prefix'];
    if (!parts.some((part) => typeof name[part] === 'string' && name[part] !== ''))
      throw missingParameter(`${path}['name']['first_name']`);
  }
  return { value: { contacts: list }, links: [] };
}

const READERS: Readonly<Record<string, (scene: Scene, body: Fields) => Content>> = {
  text,
  image: mediaContent('image'),
  video: mediaContent('video'),
  document: mediaContent('document'),
  audio: mediaContent('audio'),
  sticker: mediaContent('sticker'),
  reaction,
  location,
  contacts,
  interactive: readInteractive,
};

/** @throws GraphError 131051 for a type that the platform does not know, 131008 / 131009 / 100 for what is wrong inside. */
export function readContent(scene: Scene, type: string, body: Fields): Content {
  const reader = READERS[type];
  if (!reader) throw new GraphError(131051, { details: `Unsupported message type "${type}".` });
  return reader(scene, body);
}
