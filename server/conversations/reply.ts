// An operator writes to a person. It goes through the ledger and the lane like everything else, in front of broadcasts.
// People who opted out may be answered: a reply is no marketing.
import { factsOf } from '../../contract/channel-facts.ts';
import type { Channel } from '../../contract/connections.ts';
import type { Message, ReplyCreate } from '../../contract/conversations.ts';
import type { RenderedAttachment, RenderedMessage } from '../../contract/message.ts';
import { enqueueDelivery } from '../deliveries/sending/enqueue.ts';
import { messageBody } from '../deliveries/sending/record.ts';
import { actingUserId, type Ctx, inTransaction } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import { literalMessage } from '../templates/literal.ts';
import { literalTemplate } from '../templates/whatsapp/literal-template.ts';
import { approvedTemplate } from '../whatsapp-templates/used.ts';
import type { ConversationRow } from './conversation.ts';
import { messageWithId, quoteOf, type SpokenOf } from './quote.ts';
import { replyFiles } from './reply-files.ts';
import { insertMessage, readConversation, type Thread, touchConversation } from './store.ts';
import { announceMessage, readMessage } from './thread.ts';
import { requireOpenWindow } from './window.ts';

type Given = Pick<ReplyCreate, 'text'> & Partial<ReplyCreate>;

/**
 * Throws NOT_FOUND, CONTACT_UNREACHABLE (with why), WINDOW_CLOSED, and VALIDATION_FAILED, TEMPLATE_INVALID or CONTENT_TOO_LONG
 * at the field that is wrong. The conversation is read and open afterwards.
 */
export async function reply(ctx: Ctx, conversationId: string, given: Given): Promise<Message> {
  return inTransaction(ctx, async (ctx) => {
    const conversation = await readConversation(ctx, conversationId);
    const thread = { contactId: conversation.contact_id, connectionId: conversation.connection_id };
    const channel = conversation.channel as Channel;
    await refuseRemovedConnection(ctx, thread.connectionId);
    const media = given.media ?? [];
    const files = await replyFiles(ctx, channel, media);
    const quoted = given.reply_to ? await quotedMessage(ctx, thread, given.reply_to) : null;
    if (!given.template) await requireOpenWindow(ctx, thread, 'answer');
    const rendered = given.template
      ? await templateMessage(ctx, conversation, given.template, files)
      : atField(() => literalMessage(given.text, channel, files));
    const delivery = await enqueueDelivery(ctx, {
      source: 'reply',
      ...thread,
      rendered,
      media,
      ...(quoted?.externalId && { inReplyTo: quoted.externalId }),
      authorId: actingUserId(ctx),
    });
    const at = ctx.clock.now();
    const id = await insertMessage(ctx, thread, {
      direction: 'out',
      deliveryId: delivery.id,
      body: { ...messageBody(delivery.rendered), ...(quoted && { quote: quoteOf(quoted) }) },
      at,
    });
    const touch = { at, status: 'open', reopens: true, unread: 'none' } as const;
    await touchConversation(ctx, { ...thread, channel }, touch);
    await announceMessage(ctx, 'out', conversationId, thread.contactId);
    return readMessage(ctx, id);
  });
}

/** Throws VALIDATION_FAILED and TEMPLATE_INVALID at the part of the template that is wrong. */
async function templateMessage(
  ctx: Ctx,
  conversation: ConversationRow,
  chosen: NonNullable<ReplyCreate['template']>,
  files: RenderedAttachment[],
): Promise<RenderedMessage> {
  if (!factsOf(conversation.channel)?.takesTemplates)
    throw invalidField('/template', 'Only WhatsApp approves templates. Write a text here.');
  const { name, language } = chosen;
  const found = await approvedTemplate(ctx, conversation.connection_id, name, language);
  if (!found)
    throw invalidField(
      '/template/name',
      `This number has no template “${name}” in ${language}. Choose another one.`,
    );
  if (found.cannotSend) throw invalidField('/template', found.cannotSend);
  if (found.category === 'MARKETING' && conversation.opted_out)
    throw invalidField(
      '/template',
      'This person opted out of offers, and the template is marketing. Choose one that is none.',
    );
  return atField(() => literalTemplate(chosen, found.components, files));
}

/** The templates module speaks of a message's content, which here is the body itself. */
function atField<T>(render: () => T): T {
  try {
    return render();
  } catch (error) {
    if (!(error instanceof AppError) || error.errors.length === 0) throw error;
    const errors = error.errors.map(({ pointer, detail }) => ({
      pointer: pointer.replace(/^\/content(\/whatsapp)?/, ''),
      detail,
    }));
    throw new AppError(error.code, error.message, { errors, cause: error });
  }
}

/** Of this thread, and known to the platform. */
async function quotedMessage(ctx: Ctx, thread: Thread, wireId: string): Promise<SpokenOf> {
  const message = await messageWithId(ctx, uuidOf('msg', wireId)).catch(() => null);
  if (message?.contactId !== thread.contactId || message.connectionId !== thread.connectionId)
    throw invalidField('/reply_to', 'This message is not in the conversation. Choose another one.');
  if (message.externalId === null)
    throw invalidField('/reply_to', 'This message was not sent yet. Quote it once it was.');
  return message;
}

async function refuseRemovedConnection(ctx: Ctx, connectionId: string): Promise<void> {
  const connection = await ctx.db
    .selectFrom('connections')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', connectionId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!connection)
    throw new AppError(
      'CONTACT_UNREACHABLE',
      'The connection of this conversation was removed. Connect it again to answer.',
    );
}
