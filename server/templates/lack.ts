// What a message says to people of whom a value is not known: found by rendering it for somebody of whom it is known and for
// the same person without it, so that every form of caring for it (default, if, assign) is taken for what it does. Pure.
import type { Channel } from '../../contract/connections.ts';
import type { FieldProblem } from '../../contract/errors.ts';
import type { Content } from '../../contract/message.ts';
import { AppError } from '../platform/errors.ts';
import { type CompiledMessage, compileMessage, nowhere, type Place } from './compile.ts';
import { sampleContact, type TemplateContact } from './contact.ts';
import { compileField, type Field } from './field.ts';
import { fieldsOf } from './fields.ts';
import { insertedParts } from './inserted.ts';
import { asOneMessage } from './liquid.ts';
import { parseMarks } from './marks.ts';
import { sampleEvent, shopScope } from './shop-scope.ts';
import { plainText } from './spans.ts';

/** Of one value of `contact`: it is there, it is not, or it is an empty text (which Liquid's `if` takes for something). */
export type Presence = 'known' | 'absent' | 'empty';
/** What is known of some people: of each value that the message reads, and their language where that is one. */
export interface Known {
  presence: ReadonlyMap<string, Presence>;
  language: string | null;
}

export type Lack =
  /** They get no message at all. */
  | { kind: 'refused'; why: string }
  /** A place in the message is empty. */
  | { kind: 'nothing' }
  /** Something else of theirs stands there, `text` for example. */
  | { kind: 'other'; text: string }
  /** All of them read `text` instead. */
  | { kind: 'instead'; text: string };

export interface LackReader {
  /** What the message reads of a contact: "first_name", "attributes.city", in the order of reading. */
  values: string[];
  /** What `name` not being known does to these people. Null: nothing that they would miss. */
  lackOf(name: string, people: Known): Lack | null;
}

const another: TemplateContact = {
  first_name: 'Bo',
  last_name: 'Quist',
  full_name: 'Bo Quist',
  email: 'bo@example.org',
  phone: '+4930901820',
  language: 'de',
  time_zone: 'Europe/Berlin',
  external_id: '2002',
  attributes: {},
  tags: ['other'],
};
const longestQuote = 60;

/** Null: the message cannot be read, which is told elsewhere. `examples`: attributes as people here have them. */
export function lackReader(
  content: Content,
  examples: ReadonlyMap<string, unknown>,
  channel: Channel = 'telegram',
  place: Place = nowhere,
): LackReader | null {
  const unreadable: FieldProblem[] = [];
  const fields = fieldsOf(content, channel).map(({ source, pointer }) =>
    compileField(source, pointer, unreadable),
  );
  if (unreadable.length > 0) return null;
  const message = compiledOrNot(content, channel, place);
  if (!message) return null;
  const { render } = message;
  const values = [...new Set(fields.flatMap((field) => field.values))];
  const seen = new Map<string, Reading>();

  function read(people: Known, base: TemplateContact): Reading {
    const key = JSON.stringify([[...people.presence.values()], people.language, base.first_name]);
    const found = seen.get(key) ?? readingOf(fields, render, personOf(people, base, examples));
    seen.set(key, found);
    return found;
  }
  function lack(name: string, people: Known, base: TemplateContact): Lack | null {
    const complete = { ...people, presence: new Map(people.presence).set(name, 'known') };
    return compare(read(complete, base), read(people, base));
  }
  return {
    values,
    lackOf(name, people) {
      const found = lack(name, people, sampleContact);
      if (found?.kind !== 'instead') return found;
      // the same for everybody, or a value of each one's own?
      const other = lack(name, people, another);
      return other?.kind === 'instead' && other.text === found.text ? found : { ...found, kind: 'other' };
    },
  };
}

function compiledOrNot(content: Content, channel: Channel, place: Place): CompiledMessage | null {
  try {
    return compileMessage(content, channel, place);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function personOf(
  { presence, language }: Known,
  base: TemplateContact,
  examples: ReadonlyMap<string, unknown>,
): TemplateContact {
  const person: TemplateContact = { ...base, language: language ?? base.language, attributes: {} };
  for (const [name, state] of presence) {
    const attribute = name.startsWith('attributes.') ? name.slice('attributes.'.length) : null;
    const value = state === 'empty' ? '' : null;
    if (attribute === null) {
      if (state !== 'known') Object.assign(person, { [name]: value });
    } else if (state === 'known') person.attributes[attribute] = exampleOf(examples.get(attribute), base);
    else person.attributes[attribute] = value;
  }
  return person;
}

/** Numbers, lists and the like as they are; a text is another one of another person. Of what nobody has: fit for an address too. */
function exampleOf(example: unknown, base: TemplateContact): unknown {
  const isText = example === undefined || example === null || typeof example === 'string';
  if (!isText) return example;
  const text = example || 'https://example.com/1';
  return base === sampleContact ? text : `${text}2`;
}

type Reading = { rendered: string[]; refused: string | null };

/** Each field with its inserted values still marked. */
function readingOf(fields: Field[], render: CompiledMessage['render'], person: TemplateContact): Reading {
  const scope = {
    contact: person,
    workspace: { name: 'Shop' },
    connection: { name: 'Bot', username: 'bot' },
    ...shopScope(sampleEvent),
  };
  try {
    const rendered = asOneMessage(() => fields.map((field) => field.render(scope)));
    render(person, sampleEvent);
    return { rendered, refused: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { rendered: [], refused: error.message };
  }
}

function compare(complete: Reading, lacking: Reading): Lack | null {
  if (complete.refused !== null) return null;
  if (lacking.refused !== null) return { kind: 'refused', why: lacking.refused };
  let instead: Lack | null = null;
  for (const [index, full] of complete.rendered.entries()) {
    const bare = lacking.rendered[index] as string;
    if (bare === full) continue;
    if (holesIn(bare) > holesIn(full)) return { kind: 'nothing' };
    const text = quoted(insertedInstead(full, bare) ?? wordsInstead(shown(full), shown(bare)));
    // a part that is left out whole was written so
    if (text) instead ??= { kind: 'instead', text };
  }
  return instead;
}

const isInserted = (_: string, index: number) => index % 2 === 1;
const isWritten = (_: string, index: number) => index % 2 === 0;
const holesIn = (rendered: string) =>
  insertedParts(rendered)
    .filter(isInserted)
    .filter((value) => value.trim() === '').length;

/** The value that stands where another stood; null: the words around them differ too. */
function insertedInstead(full: string, bare: string): string | null {
  const [from, to] = [insertedParts(full), insertedParts(bare)];
  if (from.filter(isWritten).join('\n') !== to.filter(isWritten).join('\n')) return null;
  return to.find((part, index) => part !== from[index]) ?? null;
}

/** What `bare` says between the words that both begin and end with. */
function wordsInstead(full: string, bare: string): string {
  const from = wordsOf(full);
  const to = wordsOf(bare);
  const most = Math.min(from.length, to.length);
  let start = 0;
  while (start < most && from[start] === to[start]) start++;
  let end = 0;
  while (end < most - start && from.at(-1 - end) === to.at(-1 - end)) end++;
  return to.slice(start, to.length - end).join('');
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}\p{M}]+|\s+|./gsu) ?? [];
const shown = (rendered: string) => plainText(parseMarks(rendered));

function quoted(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > longestQuote ? `${[...line].slice(0, longestQuote - 1).join('')}…` : line;
}
