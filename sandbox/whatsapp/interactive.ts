// Interactive messages: reply buttons, lists and a link button (Cloud API, interactive messages, 2026-11-20). Meta's OpenAPI
// limits every body to 1024, its page on lists to 4096: 1024 for all but lists.

import {
  type Fields,
  isFields,
  readList,
  readObject,
  readOptionalText,
  readText,
  refuseUnknown,
} from './content-read.ts';
import { badValue, GraphError, invalidParameter, missingParameter } from './graph-error.ts';
import type { MediaKind } from './media.ts';
import { type Content, readMedia, type Scene } from './scene.ts';

function header(scene: Scene, interactive: Fields, allowed: readonly string[]): Content['links'] {
  if (interactive.header === undefined) return [];
  const value = readObject(interactive, 'header', ['type', 'text', 'image', 'video', 'document', 'sub_text']);
  const type = String(value.type);
  if (!allowed.includes(type))
    throw badValue(`interactive['header']['type'] must be one of ${allowed.join(', ')}.`);
  if (type === 'text') {
    readText(value, 'text', "interactive['header']['text']", 60);
    return [];
  }
  const media = readObject(value, type);
  return readMedia(scene, media, type as MediaKind, `interactive['header']['${type}']`);
}

function bodyAndFooter(interactive: Fields, maxBody: number): void {
  const body = readObject(interactive, 'body', ['text']);
  readText(body, 'text', "interactive['body']['text']", maxBody);
  if (interactive.footer === undefined) return;
  const footer = readObject(interactive, 'footer', ['text']);
  readText(footer, 'text', "interactive['footer']['text']", 60);
}

/** Ids and titles within one message must differ. */
function refuseRepeats(values: string[], path: string): void {
  if (new Set(values).size < values.length)
    throw new GraphError(131009, { details: `Duplicated ${path} within the same message.` });
}

function buttons(scene: Scene, interactive: Fields): Content['links'] {
  const links = header(scene, interactive, ['text', 'image', 'video', 'document']);
  bodyAndFooter(interactive, 1024);
  const action = readObject(interactive, 'action', ['buttons']);
  const list = readList(action, 'buttons', "interactive['action']['buttons']");
  if (list.length < 1 || list.length > 3)
    throw badValue('Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3.');
  const replies = list.map((button, index) => {
    const path = `interactive['action']['buttons'][${index}]`;
    if (!isFields(button)) throw invalidParameter(`Param ${path} must be a JSON object.`);
    if (button.type !== 'reply') throw badValue(`${path}['type'] must be reply.`);
    const reply = readObject(button, 'reply', ['id', 'title']);
    return {
      id: readText(reply, 'id', `${path}['reply']['id']`, 256),
      title: readText(reply, 'title', `${path}['reply']['title']`, 20),
    };
  });
  refuseRepeats(
    replies.map(({ id }) => id),
    'button id',
  );
  refuseRepeats(
    replies.map(({ title }) => title),
    'button title',
  );
  return links;
}

function list(scene: Scene, interactive: Fields): Content['links'] {
  const links = header(scene, interactive, ['text']);
  bodyAndFooter(interactive, 4096);
  const action = readObject(interactive, 'action', ['button', 'sections']);
  readText(action, 'button', "interactive['action']['button']", 20);
  const sections = readList(action, 'sections', "interactive['action']['sections']");
  if (sections.length < 1 || sections.length > 10)
    throw badValue('Invalid sections count. Min allowed sections: 1, Max allowed sections: 10.');
  const ids: string[] = [];
  for (const [index, section] of sections.entries()) {
    const path = `interactive['action']['sections'][${index}]`;
    if (!isFields(section)) throw invalidParameter(`Param ${path} must be a JSON object.`);
    refuseUnknown(section, path, ['title', 'rows']);
    if (sections.length > 1 && section.title === undefined) throw missingParameter(`${path}['title']`);
    readOptionalText(section, 'title', `${path}['title']`, 24);
    const rows = readList(section, 'rows', `${path}['rows']`);
    if (rows.length < 1) throw missingParameter(`${path}['rows']`);
    for (const [place, row] of rows.entries()) {
      const rowPath = `${path}['rows'][${place}]`;
      if (!isFields(row)) throw invalidParameter(`Param ${rowPath} must be a JSON object.`);
      refuseUnknown(row, rowPath, ['id', 'title', 'description']);
      ids.push(readText(row, 'id', `${rowPath}['id']`, 200));
      readText(row, 'title', `${rowPath}['title']`, 24);
      readOptionalText(row, 'description', `${rowPath}['description']`, 72);
    }
  }
  if (ids.length > 10) throw badValue('Total row count exceed max allowed count: 10.');
  refuseRepeats(ids, 'row id');
  return links;
}

function linkButton(scene: Scene, interactive: Fields): Content['links'] {
  const links = header(scene, interactive, ['text', 'image', 'video', 'document']);
  bodyAndFooter(interactive, 1024);
  const action = readObject(interactive, 'action', ['name', 'parameters']);
  if (action.name !== 'cta_url') throw badValue("interactive['action']['name'] must be cta_url.");
  const parameters = readObject(action, 'parameters', ['display_text', 'url']);
  readText(parameters, 'display_text', "interactive['action']['parameters']['display_text']", 20);
  const url = readText(parameters, 'url', "interactive['action']['parameters']['url']", 2000);
  if (!/^https?:\/\/\S+$/i.test(url))
    throw badValue("interactive['action']['parameters']['url'] is not a valid URL.");
  return links;
}

const KINDS: Readonly<Record<string, (scene: Scene, interactive: Fields) => Content['links']>> = {
  button: buttons,
  list,
  cta_url: linkButton,
};

export function readInteractive(scene: Scene, body: Fields): Content {
  const value = readObject(body, 'interactive', ['type', 'header', 'body', 'footer', 'action']);
  const read = KINDS[String(value.type)];
  if (!read) {
    throw badValue(
      `interactive['type'] "${String(value.type)}" is not one of those that the sandbox knows: ${Object.keys(KINDS).join(', ')}.`,
    );
  }
  return { value, links: read(scene, value) };
}
