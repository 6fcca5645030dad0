// What a route of the Cloud API receives.
import type { IncomingMessage } from 'node:http';
import type { Fields } from './content-read.ts';
import { GraphError, unknownObject } from './graph-error.ts';
import type { UploadedFile } from './request-body.ts';
import type { Waba, WaNumber } from './state.ts';
import type { WaWorld } from './world.ts';

export interface Grant {
  appId: string;
  wabaIds: Set<string>;
}

export interface GraphCall {
  world: WaWorld;
  method: string;
  /** The id in the path. */
  id: string;
  grant: Grant;
  query: URLSearchParams;
  body: Fields;
  file: UploadedFile | undefined;
  request: IncomingMessage;
  /** `http://host:port` as the client wrote it. */
  origin: string;
}

export type GraphRoute = (call: GraphCall) => unknown;

/** @throws GraphError 190 for a token that is missing or wrong. */
export function readGrant(
  world: WaWorld,
  request: IncomingMessage,
  query: URLSearchParams | undefined,
): Grant {
  const header = request.headers.authorization ?? '';
  const token = /^(Bearer|OAuth) +(.+)$/i.exec(header)?.[2] ?? query?.get('access_token') ?? '';
  const grant = world.state.tokens.get(token);
  if (!grant)
    throw new GraphError(190, {
      status: 401,
      message: 'Invalid OAuth access token - Cannot parse access token',
    });
  return grant;
}

/** @throws GraphError 100/33 for a number that is not there or not this token's: both look the same. */
export function numberOf(call: GraphCall): WaNumber {
  const number = call.world.state.numbers.get(call.id);
  if (!number || !call.grant.wabaIds.has(number.wabaId)) throw unknownObject(call.method, call.id);
  return number;
}

/** @throws GraphError 100/33 */
export function wabaOf(call: GraphCall): Waba {
  const waba = call.world.state.wabas.get(call.id);
  if (!waba || !call.grant.wabaIds.has(waba.id)) throw unknownObject(call.method, call.id);
  return waba;
}

/** `?fields=a,b`: the given ones and the id; without it the default ones. Unknown names are refused by Graph with code 100. */
export function pick(all: Fields, fields: string | null, defaults: readonly string[]): Fields {
  const names =
    fields === null || fields === ''
      ? defaults
      : fields
          .replace(/\{[^}]*\}/g, '')
          .split(',')
          .map((name) => name.trim());
  const picked: Fields = {};
  for (const name of names) {
    const bare = name.replace(/[.{(].*$/, '');
    if (bare in all && all[bare] !== undefined) picked[bare] = all[bare];
  }
  if (all.id !== undefined) picked.id = all.id;
  return picked;
}
