// The live preview of a draft: what one contact would be sent, and everything that is wrong with it.
import type { CampaignKind } from '../../contract/campaigns.ts';
import { type Channel, channel } from '../../contract/connections.ts';
import type { FieldProblem } from '../../contract/errors.ts';
import { toWireId } from '../../contract/ids.ts';
import {
  type Content,
  type MessageHint,
  type PlatformPreview,
  type PreviewSubject,
  type RenderedMessage,
  templateOn,
} from '../../contract/message.ts';
import { connectionsByChannel } from '../contacts/best-connection.ts';
import { contactName } from '../contacts/contact.ts';
import type { Ctx } from '../platform/context.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { holds, needScope } from '../platform/scopes.ts';
import { knownAttributes } from './attributes.ts';
import { type CompiledMessage, compileMessage, isOfEvent, type Place } from './compile.ts';
import { sampleContact, type TemplateContact, templateColumns, templateContact } from './contact.ts';
import { messageHints, noteOnText, notesOn, notesOnPictures } from './hints.ts';
import { messagePlace, renderedAttachment } from './place.ts';
import { subjectOf } from './preview-people.ts';
import { exampleEvent, withPictures } from './shop-example.ts';
import { nearest } from './variables.ts';

export interface Preview {
  /** Null: nobody is there yet, an invented person stands in. */
  contact: { id: string; name: string } | null;
  /** Of an automation: what the message is shown with. */
  about: PreviewSubject | null;
  /** On the channel of the connection, Telegram while none is chosen. */
  rendered: RenderedMessage | null;
  /** What stops the message from being sent (to this person). */
  problems: FieldProblem[];
  /** What is worth a look and stops nothing. */
  warnings: FieldProblem[];
  /** The same message on every platform. */
  platforms: Record<Channel, PlatformPreview>;
  hints: MessageHint[];
}

/**
 * Never throws for what is in the content; NOT_FOUND for a contact or connection that is not in this workspace, FORBIDDEN for a
 * contact where the actor may not read any. Who may not read people, carts or orders is shown invented ones.
 */
export async function previewMessage(
  ctx: Ctx,
  given: {
    content: Content;
    connectionId?: string | null;
    contactId?: string | null;
    /** As in Place. */
    template?: Place['template'];
    /** Of the campaign: what its messages are about is their cart or order, else an invented one. Null: not known. */
    kind?: CampaignKind | null;
  },
): Promise<Preview> {
  const { content, connectionId = null, contactId = null, kind = null } = given;
  const person = await previewPerson(ctx, connectionId, contactId);
  const event = await exampleEvent(ctx, kind, mayReadEvents(ctx, kind) ? person.id : null, withPictures);
  const missing: FieldProblem[] = [];
  const attachments = await attachmentsOrProblems(ctx, content, missing);
  const template = given.template ?? null;
  const names = await namesOn(ctx, connectionId, kind, person.id);
  const platforms = {} as Record<Channel, PlatformPreview>;
  const shown = (connectionId && names.telegram.connection.channel) || 'telegram';
  let compiled: CompiledMessage | null = null;
  for (const on of channel.options) {
    const problems = [...missing];
    const place = { ...names[on], attachments, template };
    const ready = attempt(problems, () => compileMessage(content, on, place, kind));
    if (on === shown) compiled = ready;
    const rendered = ready && attempt(problems, () => ready.render(person.contact, event));
    platforms[on] = {
      rendered,
      problems,
      notes: [...notesOn(on, rendered), ...noteOnText(on, content, kind), ...notesOnPictures(rendered)],
    };
  }
  const { rendered, problems } = platforms[shown];
  const notNow = templateOn(shown, content) && given.template?.cannotSend;
  if (notNow) problems.push({ pointer: '/content/whatsapp/template', detail: notNow });
  return {
    contact: person.shown,
    about: subjectOf(event),
    rendered,
    problems,
    warnings: compiled ? await attributeWarnings(ctx, content, compiled) : [],
    platforms,
    hints: messageHints(content, rendered, shown),
  };
}

function mayReadEvents(ctx: Ctx, kind: CampaignKind | null): boolean {
  if (kind === 'abandoned_cart') return holds(ctx, 'carts:read');
  return holds(ctx, kind === 'back_in_stock' ? 'products:read' : 'orders:read');
}

/** Of the connection that is chosen; where an automation leaves it open, on each channel the one that would reach this person. */
async function namesOn(
  ctx: Ctx,
  connectionId: string | null,
  kind: CampaignKind | null,
  contactId: string | null,
): Promise<Record<Channel, Place>> {
  const isOpen = connectionId === null && isOfEvent(kind);
  const reached = isOpen ? await connectionsByChannel(ctx, contactId) : [];
  const places = {} as Record<Channel, Place>;
  for (const on of channel.options) {
    const best = reached.find((one) => one.channel === on) ?? reached[0];
    places[on] = await messagePlace(ctx, null, best?.connection_id ?? connectionId);
  }
  return places;
}

function attempt<T>(problems: FieldProblem[], work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    problems.push(
      ...(error.errors.length > 0 ? error.errors : [{ pointer: '/content', detail: error.message }]),
    );
    return null;
  }
}

/** The files that are there; of one that is gone the preview says so and shows the rest. */
async function attachmentsOrProblems(
  ctx: Ctx,
  content: Content,
  problems: FieldProblem[],
): Promise<Place['attachments']> {
  const found: Place['attachments'] = [];
  for (const [index, attachment] of content.media.entries())
    try {
      found.push(await renderedAttachment(ctx, attachment));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.push({
        pointer: `/content/media/${index}/media_id`,
        detail: 'This file is no longer there. Choose another one or upload it again.',
      });
    }
  return found;
}

/** The contact asked for, else the newest who can be written to on this connection, else the newest, else nobody. */
async function previewPerson(
  ctx: Ctx,
  connectionId: string | null,
  contactId: string | null,
): Promise<{ id: string | null; shown: Preview['contact']; contact: TemplateContact }> {
  const nobody = { id: null, shown: null, contact: sampleContact };
  if (contactId) needScope(ctx, 'contacts:read', '/contact_id');
  if (!holds(ctx, 'contacts:read')) return nobody;
  let query = ctx.db
    .selectFrom('contacts as c')
    .select(['c.id', ...templateColumns.map((column) => `c.${column}` as const)])
    .where('c.workspace_id', '=', ctx.actor.workspaceId)
    .orderBy('c.created_at', 'desc')
    .orderBy('c.id', 'desc')
    .limit(1);
  if (contactId) query = query.where('c.id', '=', contactId);
  const onConnection = query.where((eb) =>
    eb.exists(
      eb
        .selectFrom('identities as i')
        .select('i.id')
        .whereRef('i.workspace_id', '=', 'c.workspace_id')
        .whereRef('i.contact_id', '=', 'c.id')
        .where('i.connection_id', '=', connectionId)
        .where('i.reachable', '=', true),
    ),
  );
  const row =
    (connectionId && !contactId ? await onConnection.executeTakeFirst() : undefined) ??
    (await query.executeTakeFirst());
  if (!row && contactId) throw notFound('contact');
  if (!row) return nobody;
  return {
    id: row.id,
    shown: { id: toWireId('cnt', row.id), name: contactName(row) },
    contact: templateContact(row),
  };
}

/** A name that nobody has is probably mistyped, but may also be filled tomorrow: no error. */
async function attributeWarnings(
  ctx: Ctx,
  content: Content,
  compiled: CompiledMessage,
): Promise<FieldProblem[]> {
  if (compiled.attributes.length === 0) return [];
  const known = await knownAttributes(ctx);
  return compiled.attributes
    .filter((name) => !known.has(name))
    .map((name) => {
      const near = nearest(name, known.keys());
      const hint = near
        ? `Did you mean contact.attributes.${near}?`
        : 'Give it a default, or check the name.';
      return {
        pointer: pointerOf(content, name),
        detail: `None of your newest contacts has the attribute "${name}". ${hint}`,
      };
    });
}

function pointerOf(content: Content, attribute: string): string {
  const button = content.buttons.findIndex(({ text, url }) => `${text} ${url}`.includes(attribute));
  if (content.text.includes(attribute) || button < 0) return '/content/text';
  return `/content/buttons/${button}/${content.buttons[button]?.text.includes(attribute) ? 'text' : 'url'}`;
}
