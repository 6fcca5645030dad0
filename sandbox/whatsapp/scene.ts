// What a send is read against, and the media in it.
import type { Fields } from './content-read.ts';
import { GraphError, invalidParameter } from './graph-error.ts';
import { findMedia, type MediaKind, mediaProblem } from './media.ts';
import type { Chat } from './message.ts';
import type { WaNumber, WaState } from './state.ts';

export interface Scene {
  state: WaState;
  number: WaNumber;
  chat: Chat | undefined;
}

export interface Content {
  value: Fields;
  /** Addresses that the platform still has to fetch; a failure comes by webhook. */
  links: { kind: MediaKind; link: string }[];
}

/** `{id}` or `{link}`, exactly one of them. @throws GraphError 100 for an id that is not this number's, 131053 for a wrong type or size. */
export function readMedia(scene: Scene, value: Fields, kind: MediaKind, path: string): Content['links'] {
  const { id, link } = value;
  if ((id === undefined) === (link === undefined))
    throw new GraphError(100, { details: `Param ${path} must have exactly one of "id" and "link".` });
  if (link !== undefined) {
    if (typeof link !== 'string' || !/^https?:\/\/[^\s]+$/i.test(link))
      throw invalidParameter(`Param ${path}['link'] is not a valid URL.`);
    return [{ kind, link }];
  }
  const item = findMedia(scene.state.media, String(id), scene.state.now());
  if (!item || item.numberId !== scene.number.id) {
    throw invalidParameter(
      `Param ${path}['id'] is not a valid whatsapp business account media attachment ID`,
    );
  }
  const problem = mediaProblem(kind, item.mime, item.sizeBytes);
  if (problem) throw new GraphError(131053, { details: problem });
  return [];
}
