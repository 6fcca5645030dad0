// One claimed row → one call to the platform → one outcome. Rendering is compiled once per run; a file is uploaded once
// per run and then named by the platform's own handle.

import type { CampaignKind, Settings } from '../../../contract/campaigns.ts';
import {
  type Attachment,
  type Content,
  type RenderedMessage,
  templateOn,
} from '../../../contract/message.ts';
import { answerWindow } from '../../../contract/window.ts';
import type { Account, Adapter, OutboundMedia, Outcome } from '../../channels/channel.ts';
import { type MediaFile, mediaFile } from '../../media/media.ts';
import { asSystem, type BaseCtx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { AppError } from '../../platform/errors.ts';
import { type CompiledMessage, compileMessage, type Place } from '../../templates/compile.ts';
import { templateContact } from '../../templates/contact.ts';
import { placeOfMessage } from '../../whatsapp-templates/message-place.ts';
import { linkKey } from '../links/key.ts';
import { linksOfRun, type RunLinks } from '../links/run-links.ts';
import { withTrackedLinks } from '../links/substitute.ts';
import { contentOf } from '../runs/variants.ts';
import type { Claimed } from './claim.ts';

/** What all rows of one run share. */
export interface RunPlan {
  id: string;
  content: Content;
  settings: Settings;
}

export interface Sent {
  outcome: Outcome;
  /** As it went out, for the thread: with the original addresses, without pictures that it went without. */
  message: RenderedMessage | null;
}

export interface Dispatcher {
  /** Never throws for what the world does; a bug becomes a failed row with its reason, not a stuck one. */
  send(row: Claimed, plan: RunPlan | null): Promise<Sent>;
  /** A file goes up for the first time. Whoever is sent now would wait for it with a token in hand, and go with all others at once. */
  isUploading(): boolean;
}

/** Of a variant: its own. */
function filesOf(row: Claimed, plan: RunPlan | null): Attachment[] {
  return row.content?.media ?? (plan ? contentOf(plan, row.variant).media : []);
}

/** How many messages the platform counts: an album is as many as it has files. */
export function messagesOf(row: Claimed, plan: RunPlan | null): number {
  return Math.max(1, filesOf(row, plan).length);
}

/** Of an automation: what its messages are about. */
const kindOf = ({ event }: Claimed) => (event ? (event.kind as CampaignKind) : null);

const filesIn = ({ attachments }: RenderedMessage) => attachments?.length ?? 0;

const asText = ({ whatsapp, ...content }: Content): Content => ({
  ...content,
  ...(whatsapp && { whatsapp: { ...whatsapp, template: null } }),
});

/** How long a template is taken as it was read. */
const templateKeptMs = 30_000;

/** How a message is written where there is a choice. */
interface Way {
  /** The text although there is a template: of an automation, for who wrote lately. It costs nothing and shows everything. */
  text: boolean;
  /** As in CompiledMessage. */
  dropped?: string;
}
interface Prepared {
  way: Way;
  message: RenderedMessage;
  /** The same with tracked addresses. */
  outgoing: RenderedMessage;
}
/** So much of the window must be left. */
const windowLeftMs = 60_000;

/** Our own trouble between two calls, of which the first surely sent nothing. */
class NotPrepared extends Error {
  constructor(cause: unknown) {
    super('a message could not be prepared', { cause });
  }
}

/** Nobody of the run could get it: the template is gone or not approved any more. */
class NotSendable extends Error {}

function whyNotSendable(
  { name, language }: { name: string; language: string },
  template: Place['template'],
): string | null {
  if (!template) return `The number has no template “${name}” in ${language} any more.`;
  return template.cannotSend && `The template “${name}” cannot be sent: ${template.cannotSend}`;
}

export function createDispatcher(base: BaseCtx, account: Account, adapter: Adapter): Dispatcher {
  const compiled = new Map<string, Promise<CompiledMessage>>();
  const readAt = new Map<string, number>();
  const files = new Map<string, Promise<MediaFile>>();
  const handles = new Map<string, Promise<(string | null)[] | null>>();
  let uploading = 0;
  const links = new Map<string, Promise<RunLinks | null>>();
  const key = linkKey(base);
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

  async function render(row: Claimed, plan: RunPlan | null, way: Way): Promise<RenderedMessage> {
    if (row.content) return row.content.rendered;
    if (!plan) throw new Error(`delivery ${row.id} has neither content nor a run`);
    const whole = contentOf(plan, row.variant);
    const content = way.text ? asText(whole) : whole;
    const key = `${plan.id} ${row.variant ?? 0} ${way.text}`;
    // WhatsApp may pause a template, and a person may change it, while it is being sent
    const named = templateOn(adapter.channel, content);
    if (named && base.clock.elapsedMs() - (readAt.get(key) ?? 0) > templateKeptMs) {
      compiled.delete(key);
      readAt.set(key, base.clock.elapsedMs());
    }
    const message = await once(compiled, key, async () => {
      const place = await placeOfMessage(ctx, content, account.connectionId);
      const why = named && whyNotSendable(named, place.template ?? null);
      if (why) throw new NotSendable(why);
      return compileMessage(content, adapter.channel, place, kindOf(row));
    });
    return message.render(templateContact(row.contact), row.event, way.dropped);
  }

  function mayReadText(row: Claimed, plan: RunPlan | null): boolean {
    if (!plan || !row.event) return false;
    const content = contentOf(plan, row.variant);
    if (!templateOn(adapter.channel, content) || content.text.trim() === '') return false;
    const soon = new Date(base.clock.now().getTime() + windowLeftMs);
    return answerWindow(adapter.channel, row.lastInboundAt, soon)?.open ?? false;
  }

  /** With what goes to the platform: the thread keeps the original addresses. */
  async function prepared(row: Claimed, plan: RunPlan | null, way: Way): Promise<Prepared> {
    const message = await render(row, plan, way);
    return { way, message, outgoing: await tracked(message, row, plan) };
  }

  /** As it goes first. A text that this platform does not take is no reason to leave anybody out. */
  async function first(row: Claimed, plan: RunPlan | null): Promise<Prepared> {
    if (mayReadText(row, plan))
      try {
        return await prepared(row, plan, { text: true });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    return prepared(row, plan, { text: false });
  }

  async function tracked(message: RenderedMessage, row: Claimed, plan: RunPlan | null) {
    // runs from before have no such setting
    if (!plan?.settings.track_links) return message;
    const known = await once(links, plan.id, () => linksOfRun(base, account.workspaceId, plan.id));
    return known ? withTrackedLinks(message, adapter.channel, known, key, row.id) : message;
  }

  /** The first send of uploaded files goes alone; the others wait for the handles it brings back. */
  async function withMedia(
    attachments: Attachment[],
    send: (media: OutboundMedia[]) => Promise<Outcome>,
  ): Promise<Outcome> {
    const media = await Promise.all(attachments.map(outboundMedia));
    const uploads = media.filter(({ source }) => !('url' in source));
    if (uploads.length === 0) return send(media);
    // addresses may be each person's own
    const key = JSON.stringify(attachments.map((item) => ('url' in item ? null : item.media_id)));
    for (let known = handles.get(key); known; known = handles.get(key)) {
      const named = await known;
      if (named) return send(media.map((file, index) => ({ ...file, handle: named[index] ?? null })));
    }
    let settle: (handles: (string | null)[] | null) => void = () => {};
    handles.set(key, new Promise((resolve) => (settle = resolve)));
    let outcome: Outcome | null = null;
    uploading += 1;
    try {
      outcome = await send(media);
      return outcome;
    } finally {
      uploading -= 1;
      const named = outcome?.kind === 'accepted' ? (outcome.handles ?? []) : [];
      // an address is fetched by the platform each time: its handle is not ours to keep
      const kept = media.map(({ source }, index) => ('url' in source ? null : (named[index] ?? null)));
      const isComplete = kept.filter(Boolean).length === uploads.length;
      if (!isComplete) handles.delete(key);
      settle(isComplete ? kept : null);
    }
  }

  async function outboundMedia(attachment: Attachment): Promise<OutboundMedia> {
    if ('url' in attachment) return { kind: 'image', source: { url: attachment.url }, handle: null };
    const file = await once(files, attachment.media_id, () =>
      mediaFile(ctx, uuidOf('med', attachment.media_id)),
    );
    return {
      kind: file.kind,
      shape: { width: file.width, height: file.height, durationSeconds: file.durationSeconds },
      source: { fileName: file.fileName, mime: file.mime, bytes: file.bytes },
      handle: null,
    };
  }

  /** Our own trouble before anything left (the database away, a bug) is never the person's failure. */
  function notPrepared(error: unknown, row: Claimed): Outcome {
    if (error instanceof NotSendable) return { kind: 'stopped', detail: error.message };
    if (error instanceof AppError)
      return { kind: 'rejected', reason: 'template_error', detail: error.message };
    base.log.error({ err: error, delivery: row.id }, 'a message could not be prepared; it is tried again');
    const detail = 'The message could not be prepared. The server log says why.';
    return { kind: 'deferred', retryAfterMs: null, scope: 'message', detail };
  }

  /** One call to the platform. */
  async function call(row: Claimed, plan: RunPlan | null, ready: Prepared): Promise<Outcome> {
    const outbound = {
      deliveryId: row.id,
      attempt: row.attempts,
      address: row.address,
      message: ready.outgoing,
      silent: row.content?.silent ?? plan?.settings.silent ?? false,
      linkPreview: row.content?.linkPreview ?? plan?.settings.link_preview ?? true,
      inReplyTo: row.content?.inReplyTo ?? null,
      paid: plan?.settings.paid_broadcast ?? false,
    };
    const attachments = ready.message.media ?? filesOf(row, plan);
    return attachments.length > 0
      ? withMedia(attachments, (media) => adapter.send(account, { ...outbound, media }))
      : adapter.send(account, { ...outbound, media: [] });
  }

  /**
   * After a refusal, which says that nothing was sent: the template where the window had closed after all, the same without
   * pictures where one was refused that is the person's own or of an automation. Null: there is no other way.
   */
  async function instead(
    row: Claimed,
    plan: RunPlan | null,
    { way, message }: Prepared,
    outcome: Outcome,
  ): Promise<Prepared | null> {
    if (outcome.kind !== 'rejected' || row.content) return null;
    try {
      if (outcome.reason === 'window_closed' && way.text) return await prepared(row, plan, { text: false });
      if (outcome.reason !== 'media_refused') return null;
      const dropped = `The platform could not use it: ${outcome.detail}`;
      const bare = await prepared(row, plan, { ...way, dropped });
      return filesIn(bare.message) < filesIn(message) ? bare : null;
    } catch (error) {
      if (error instanceof AppError) return null;
      throw new NotPrepared(error);
    }
  }

  return {
    isUploading: () => uploading > 0,
    async send(row, plan) {
      let ready: Prepared;
      try {
        ready = await first(row, plan);
      } catch (error) {
        return { outcome: notPrepared(error, row), message: null };
      }
      try {
        let outcome = await call(row, plan, ready);
        for (;;) {
          const other = await instead(row, plan, ready, outcome);
          if (!other) break;
          ready = other;
          outcome = await call(row, plan, ready);
        }
        return { outcome: row.runId ? outcome : withoutRun(outcome), message: ready.message };
      } catch (error) {
        const { message } = ready;
        if (error instanceof NotPrepared) return { outcome: notPrepared(error.cause, row), message };
        // a file is gone, or a bug in the adapter: before the call nothing left, after it nobody knows
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

/** A reply or a test has no campaign that a person could let go on. */
function withoutRun(outcome: Outcome): Outcome {
  if (outcome.kind !== 'stopped') return outcome;
  return { kind: 'rejected', reason: 'content_refused', detail: outcome.detail };
}
