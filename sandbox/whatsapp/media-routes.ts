// Media up, down and away; resumable uploads for samples of template headers (Cloud API, media and Resumable Upload API, 2026-11-20).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type GraphCall, type GraphRoute, numberOf, readGrant } from './call.ts';
import { badValue, errorBody, GraphError, missingParameter, unknownObject } from './graph-error.ts';
import { makeDigits } from './ids.ts';
import {
  bareMime,
  bytesOf,
  findMedia,
  isKnownMime,
  keepBytes,
  type MediaItem,
  makeLink,
  putMedia,
  uploadProblem,
} from './media.ts';
import { readRaw } from './request-body.ts';
import type { WaWorld } from './world.ts';

function upload(call: GraphCall): { id: string } {
  const number = numberOf(call);
  const { body, file, world } = call;
  if (body.messaging_product !== 'whatsapp')
    throw new GraphError(100, { message: '(#100) Param messaging_product must be one of {WHATSAPP}' });
  if (!file) throw missingParameter('file');
  const mime = typeof body.type === 'string' && body.type !== '' ? body.type : file.mime;
  if (!isKnownMime(mime))
    throw new GraphError(100, {
      message: `(#100) Param file must be a file with one of the following types: audio/aac, audio/mp4, audio/mpeg, audio/amr, audio/ogg, application/pdf, text/plain, image/jpeg, image/png, image/webp, video/mp4, video/3gpp and office documents. Received file of type '${bareMime(mime)}'.`,
    });
  const problem = uploadProblem(mime, file.bytes.length);
  if (problem) throw new GraphError(131053, { details: problem });
  const { id } = putMedia(
    world.state.media,
    { numberId: number.id, mime, name: file.name, at: world.state.now(), source: 'upload' },
    file.bytes,
  );
  return { id };
}

/** @throws GraphError 100/33 when it is not there, expired, or another business's */
function itemOf({ world, id, method, grant, query }: GraphCall): MediaItem {
  const { state } = world;
  const item = findMedia(state.media, id, state.now());
  const number = item && state.numbers.get(item.numberId);
  const asked = query.get('phone_number_id');
  if (!item || !number || !grant.wabaIds.has(number.wabaId) || (asked !== null && asked !== number.id))
    throw unknownObject(method, id);
  return item;
}

function facts(call: GraphCall): Record<string, unknown> {
  const item = itemOf(call);
  const { state } = call.world;
  return {
    messaging_product: 'whatsapp',
    url: `${call.origin}${makeLink(state.media, item, state.now())}`,
    mime_type: item.mime,
    sha256: item.sha256,
    file_size: String(item.sizeBytes),
    id: item.id,
  };
}

function remove(call: GraphCall): { success: true } {
  call.world.state.media.byId.delete(itemOf(call).id);
  return { success: true };
}

const SESSION_TYPES = ['application/pdf', 'image/jpeg', 'image/jpg', 'image/png', 'video/mp4'];

function openSession(call: GraphCall): { id: string } {
  const { world, id, method, query, body, grant } = call;
  if (grant.appId !== id) throw unknownObject(method, id);
  const given = (name: string) =>
    query.get(name) ?? (body[name] === undefined ? undefined : String(body[name]));
  const length = Number(given('file_length'));
  const mime = given('file_type') ?? '';
  if (!Number.isSafeInteger(length) || length < 1) throw missingParameter('file_length');
  if (!SESSION_TYPES.includes(mime)) throw badValue(`file_type must be one of ${SESSION_TYPES.join(', ')}.`);
  const session = `upload:${Buffer.from(makeDigits(30)).toString('base64url')}`;
  world.state.media.sessions.set(session, {
    id: session,
    appId: id,
    length,
    mime,
    name: given('file_name') ?? 'file',
    bytes: Buffer.alloc(0),
    at: world.state.now(),
  });
  return { id: session };
}

async function continueSession({
  world,
  request,
  id,
  method,
  grant,
}: GraphCall): Promise<{ h: string } | { id: string; file_offset: number }> {
  const { media } = world.state;
  const session = media.sessions.get(id);
  if (!session || session.appId !== grant.appId) throw unknownObject(method, id);
  const offset = Number(request.headers.file_offset ?? Number.NaN);
  const bytes = await readRaw(request);
  if (offset !== session.bytes.length)
    throw new GraphError(100, { message: `(#100) file_offset must be ${session.bytes.length}.` });
  session.bytes = Buffer.concat([session.bytes, bytes]);
  if (session.bytes.length < session.length) return { id: session.id, file_offset: session.bytes.length };
  if (session.bytes.length > session.length)
    throw new GraphError(100, { message: '(#100) More bytes than file_length were sent.' });
  media.sessions.delete(session.id);
  const h = `4::a${Buffer.from(`${session.mime}:${makeDigits(40)}`).toString('base64')}`;
  media.handles.set(h, { mime: session.mime, sha256: keepBytes(media, session.bytes) });
  return { h };
}

function sessionFacts({ world, id, method, grant }: GraphCall): { id: string; file_offset: number } {
  const session = world.state.media.sessions.get(id);
  if (!session || session.appId !== grant.appId) throw unknownObject(method, id);
  return { id: session.id, file_offset: session.bytes.length };
}

export const mediaRoutes: Record<string, GraphRoute> = {
  'POST media': upload,
  'GET media-item': facts,
  'DELETE media-item': remove,
  'POST uploads': openSession,
  'POST upload:': continueSession,
  'GET upload:': sessionFacts,
};

/** The bytes behind a download address: the same token is needed, and the address lives five minutes. */
export function answerDownload(
  world: WaWorld,
  request: IncomingMessage,
  response: ServerResponse,
  search: string,
): void {
  try {
    const grant = readGrant(world, request, undefined);
    const { state } = world;
    const link = state.media.links.get(new URLSearchParams(search).get('mid') ?? '');
    const item =
      link && link.until > state.now() ? findMedia(state.media, link.mediaId, state.now()) : undefined;
    const number = item && state.numbers.get(item.numberId);
    const bytes =
      item && number && grant.wabaIds.has(number.wabaId) ? bytesOf(state.media, item.sha256) : undefined;
    if (!item || !bytes) {
      response.writeHead(404, { 'Content-Length': 0 });
      response.end();
      return;
    }
    response.writeHead(200, { 'Content-Type': item.mime, 'Content-Length': bytes.length });
    response.end(bytes);
  } catch (error) {
    const shown = error instanceof GraphError ? error : new GraphError(131000);
    response.writeHead(shown.status, { 'Content-Type': 'application/json' });
    response.end(errorBody(shown));
  }
}
