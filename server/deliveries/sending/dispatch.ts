// One claimed row → one call to the platform → one outcome. Rendering is compiled once per run; a picture is uploaded once
// per run and then named by the platform's own handle.

import type { Settings } from '../../../contract/campaigns.ts';
import type { Attachment, Content, RenderedMessage } from '../../../contract/message.ts';
import type { Account, Adapter, OutboundImage, Outcome } from '../../channels/channel.ts';
import { type MediaFile, mediaFile } from '../../media/media.ts';
import { asSystem, type BaseCtx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { AppError } from '../../platform/errors.ts';
import { type CompiledMessage, compileMessage } from '../../templates/compile.ts';
import { templateContact } from '../../templates/contact.ts';
import { messagePlace } from '../../templates/place.ts';
import type { Claimed } from './claim.ts';

/** What all rows of one run share. */
export interface RunPlan {
  id: string;
  content: Content;
  settings: Settings;
}

export interface Sent {
  outcome: Outcome;
  message: RenderedMessage | null;
}

export interface Dispatcher {
  /** Never throws for what the world does; a bug becomes a failed row with its reason, not a stuck one. */
  send(row: Claimed, plan: RunPlan | null): Promise<Sent>;
  /** A picture goes up for the first time. Whoever is sent now would wait for it with a token in hand, and go with all others at once. */
  isUploading(): boolean;
}

export function createDispatcher(base: BaseCtx, account: Account, adapter: Adapter): Dispatcher {
  const compiled = new Map<string, Promise<CompiledMessage>>();
  const files = new Map<string, Promise<MediaFile>>();
  const handles = new Map<string, Promise<string | null>>();
  let uploads = 0;
  const ctx = asSystem(base, account.workspaceId);

  /** One attempt per key as long as it succeeds; a failure is forgotten, so that the next row tries anew. */
  function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
    let made = known.get(key);
    if (!made) {
      made = make();
      known.set(key, made);
      made.catch(() => known.delete(key));
    }
    return made;
  }

  async function render(row: Claimed, plan: RunPlan | null): Promise<RenderedMessage> {
    if (row.content) return row.content.rendered;
    if (!plan) throw new Error(`delivery ${row.id} has neither content nor a run`);
    const message = await once(compiled, plan.id, async () =>
      compileMessage(
        plan.content,
        adapter.channel,
        await messagePlace(ctx, plan.content, account.connectionId),
      ),
    );
    return message.render(templateContact(row.contact));
  }

  /** The first send of a picture goes alone; the others wait for the handle it brings back. */
  async function withImage(
    attachment: Attachment,
    send: (image: OutboundImage) => Promise<Outcome>,
  ): Promise<Outcome> {
    if ('url' in attachment) return send({ source: { url: attachment.url }, handle: null });
    const file = await once(files, attachment.media_id, () =>
      mediaFile(ctx, uuidOf('med', attachment.media_id)),
    );
    const source = { fileName: file.fileName, mime: file.mime, bytes: file.bytes };
    const key = attachment.media_id;
    const known = handles.get(key);
    if (known) {
      const handle = await known;
      if (handle) return send({ source, handle });
    }
    let settle: (handle: string | null) => void = () => {};
    handles.set(key, new Promise((resolve) => (settle = resolve)));
    let outcome: Outcome | null = null;
    uploads += 1;
    try {
      outcome = await send({ source, handle: null });
      return outcome;
    } finally {
      uploads -= 1;
      const handle = outcome?.kind === 'accepted' ? (outcome.handle ?? null) : null;
      if (!handle) handles.delete(key);
      settle(handle);
    }
  }

  /** Our own trouble before anything left (the database away, a bug): never the person's failure. */
  function notYet(error: unknown, row: Claimed): Outcome {
    base.log.error({ err: error, delivery: row.id }, 'a message could not be prepared; it is tried again');
    const detail = 'The message could not be prepared. The server log says why.';
    return { kind: 'deferred', retryAfterMs: null, scope: 'message', detail };
  }

  return {
    isUploading: () => uploads > 0,
    async send(row, plan) {
      let message: RenderedMessage;
      try {
        message = await render(row, plan);
      } catch (error) {
        if (error instanceof AppError)
          return {
            outcome: { kind: 'rejected', reason: 'template_error', detail: error.message },
            message: null,
          };
        return { outcome: notYet(error, row), message: null };
      }
      const outbound = {
        deliveryId: row.id,
        attempt: row.attempts,
        address: row.address,
        message,
        silent: row.content?.silent ?? plan?.settings.silent ?? false,
        linkPreview: row.content?.linkPreview ?? plan?.settings.link_preview ?? true,
        paid: plan?.settings.paid_broadcast ?? false,
      };
      const [attachment] = row.content?.media ?? plan?.content.media ?? [];
      try {
        const outcome = attachment
          ? await withImage(attachment, (image) => adapter.send(account, { ...outbound, image }))
          : await adapter.send(account, { ...outbound, image: null });
        return { outcome, message };
      } catch (error) {
        // the picture is gone, or a bug in the adapter: before the call nothing left, after it nobody knows
        if (error instanceof AppError)
          return { outcome: { kind: 'rejected', reason: 'media_refused', detail: error.message }, message };
        base.log.error({ err: error, delivery: row.id }, 'sending threw');
        return {
          outcome: {
            kind: 'unknown',
            cause: 'connection_lost',
            detail: 'The sender failed in the middle. The server log says why.',
          },
          message,
        };
      }
    },
  };
}
