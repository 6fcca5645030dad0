// Files to and from WhatsApp. What goes out is uploaded once and named by its id from then on (ids live 30 days); what comes in is
// fetched by its id. Limits: Cloud API, media, read 2026-11-20.
import { factsOf, inMegabytes } from '../../../contract/channel-facts.ts';
import { type MediaKind, maxUploadBytes } from '../../../contract/media.ts';
import { AppError } from '../../platform/errors.ts';
import type { Account, Outbound, OutboundMedia, Outcome } from '../channel.ts';
import { string } from '../fields.ts';
import type { Reply, WhatsAppClient } from './client.ts';
import type { FileField, NamedFile } from './named-file.ts';
import { outcomeOf } from './outcomes.ts';
import { askOptions, bodyOf, numberOf, refusal } from './refusal.ts';

const fieldOf: Record<Exclude<MediaKind, 'animation'>, FileField> = {
  image: 'image',
  video: 'video',
  document: 'document',
};
const { files, filesPerMessage } = factsOf('whatsapp');
const uploadOptions = { timeoutMs: 60_000 };

/** Why this message cannot go as it stands; null: it can. The composer says the same before anything is sent. */
export function unsendable({ media, message }: Outbound): Outcome | null {
  const [file] = media;
  if (media.length > filesPerMessage)
    return refused('content_refused', 'WhatsApp takes one file per message. Take the others out.');
  if (!file) return null;
  const rule = files[file.kind];
  if (!rule) return refused('media_refused', 'WhatsApp plays no GIFs. Use an MP4 video.');
  if (message.whatsapp?.list)
    return refused('content_refused', 'A message with a list takes no file. Take the file or the list out.');
  if ('url' in file.source) return null;
  const { mimes } = rule;
  if (mimes && !mimes.includes(file.source.mime))
    return refused(
      'media_refused',
      `WhatsApp takes no ${file.source.mime} here, only ${mimes.join(' and ')}.`,
    );
  return null;
}

function refused(reason: 'content_refused' | 'media_refused', detail: string): Outcome {
  return { kind: 'rejected', reason, detail };
}

/** The file as a message names it. `useHandle` false: it is uploaded anew (WhatsApp forgot the id). */
export async function nameFile(
  client: WhatsAppClient,
  account: Account,
  media: OutboundMedia,
  useHandle: boolean,
): Promise<NamedFile | { outcome: Outcome }> {
  const field = fieldOf[media.kind as keyof typeof fieldOf];
  const { source } = media;
  if ('url' in source) return { field, link: source.url, fileName: null };
  const { fileName } = source;
  if (useHandle && media.handle) return { field, id: media.handle, fileName };
  const bytes = await source.bytes();
  const most = files[media.kind]?.maxBytes ?? 0;
  if (bytes.length > most)
    return {
      outcome: refused(
        'media_refused',
        `The file is larger than ${inMegabytes(most)}, the most WhatsApp takes of its kind.`,
      ),
    };
  const values = { messaging_product: 'whatsapp', type: source.mime };
  const file = { fileName, mime: source.mime, bytes };
  const reply = await client.upload(account, `${numberOf(account)}/media`, values, file, uploadOptions);
  const id = reply.kind === 'answered' && !reply.error ? string(reply.body?.id) : null;
  return id ? { field, id, fileName } : { outcome: outcomeOfUpload(reply) };
}

/** Whatever became of an upload, the message itself never left. */
function outcomeOfUpload(reply: Reply): Outcome {
  const outcome = outcomeOf(reply);
  if (outcome.kind !== 'unknown' && outcome.kind !== 'accepted')
    return outcome.kind === 'rejected' ? { ...outcome, reason: 'media_refused' } : outcome;
  const detail = outcome.kind === 'unknown' ? outcome.detail : 'WhatsApp gave the file no id';
  return {
    kind: 'deferred',
    retryAfterMs: null,
    scope: 'message',
    detail: `The file was not uploaded: ${detail}`,
  };
}

/** An id that WhatsApp no longer knows: the refusal is certain, so the file may be uploaded anew at once. */
export function isForgottenHandle(reply: Reply): boolean {
  if (reply.kind !== 'answered' || !reply.error) return false;
  const { code, words } = reply.error;
  return [100, 131008, 131009, 131053].includes(code) && /media|attachment/i.test(words);
}

/** Throws as Adapter.download says. */
export async function download(
  client: WhatsAppClient,
  account: Account,
  handle: string,
): Promise<{ bytes: Buffer; mime: string | null }> {
  const query = { phone_number_id: account.credentials.phone_number_id ?? '' };
  const facts = await bodyOf(client.get(account, encodeURIComponent(handle), query, askOptions)).catch(
    asGone,
  );
  if (Number(facts.file_size) > maxUploadBytes) throw tooLarge();
  const reply = await client.bytes(account, string(facts.url) ?? '', uploadOptions);
  if (reply === null) throw new AppError('PLATFORM_REFUSED', 'WhatsApp named no address for this file.');
  if (reply.kind === 'unanswered' && reply.cause === 'too_large') throw tooLarge();
  if (reply.kind === 'unanswered') throw refusal(reply);
  // of the token, not of the file: it is there once the token is mended
  if (reply.status === 401)
    throw new AppError(
      'CREDENTIALS_REJECTED',
      'WhatsApp refuses the access token for files. Enter it again.',
      {
        errors: [{ pointer: '/credentials/access_token', detail: 'WhatsApp refuses it for files.' }],
      },
    );
  if (reply.status !== 200)
    throw new AppError(
      reply.status < 500 && reply.status !== 429 ? 'PLATFORM_REFUSED' : 'PLATFORM_UNREACHABLE',
      `WhatsApp does not hand out this file (HTTP ${reply.status}). It keeps files for some days only.`,
    );
  return { bytes: reply.body, mime: string(facts.mime_type) };
}

/** An unknown id is no broken connection: files are deleted after 7 days. */
function asGone(error: unknown): never {
  const isToken = error instanceof AppError && error.code === 'CREDENTIALS_REJECTED';
  if (isToken && error.errors?.[0]?.pointer === '/credentials/phone_number_id')
    throw new AppError('PLATFORM_REFUSED', 'WhatsApp no longer has this file: it keeps files for 7 days.');
  throw error;
}

function tooLarge(): AppError {
  const most = maxUploadBytes / 1024 / 1024;
  return new AppError(
    'PLATFORM_REFUSED',
    `The file is larger than ${most} MB. Ask the person for a smaller one.`,
  );
}
