// HTTP of conversations and threads.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  conversation,
  conversationCreate,
  message,
  optOutDecision,
  reactionCreate,
  replyCreate,
} from '../../contract/conversations.ts';
import { wireId } from '../../contract/ids.ts';
import { humanText, pageOf, pageQuery } from '../../contract/lists.ts';
import { serveFile } from '../media/serve.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { notFound } from '../platform/errors.ts';
import { route } from '../platform/http/route.ts';
import { markRead, reopenConversation, resolveConversation } from './change-conversation.ts';
import { toConversation } from './conversation.ts';
import { decideOptOut } from './decide-opt-out.ts';
import { messageFile } from './message-file.ts';
import { openConversation } from './open-conversation.ts';
import { react } from './reactions.ts';
import { typingTeller } from './read-marks.ts';
import { reply } from './reply.ts';
import { pageOfConversations, readConversation } from './store.ts';
import { contactThread, readMessage } from './thread.ts';

const tag = 'Conversations';
const ids = { id: 'cnv' } as const;
const one = '/api/v1/conversations/:id';
const listQuery = pageQuery.extend({
  status: z.enum(['open', 'resolved']).optional(),
  unread: z.stringbool().optional().meta({ description: 'true: only with unread messages' }),
  opt_out_question: z
    .stringbool()
    .optional()
    .meta({ description: 'true: only where somebody has to decide whether it is an opt-out' }),
  search: humanText(200).optional().meta({ description: 'Part of the contact’s name' }),
});
const threadQuery = pageQuery.extend({ connection_id: wireId('con').optional() });

export function conversationRoutes(app: FastifyInstance): void {
  const tellTyping = typingTeller();
  route(app, {
    method: 'GET',
    url: '/api/v1/deliveries/:id/message',
    access: 'deliveries:read',
    tag: 'deliveries',
    summary:
      'The message of a delivery as it was sent; 404 where nothing was, or it is not kept; of an operator’s reply with conversations:read',
    ids: { id: 'dlv' },
    response: message,
    // it stands in the thread under the id of its delivery (deliveries/sending/record.ts)
    handler: ({ ctx, ids }) => readMessage(ctx, ids.id!),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/conversations',
    access: 'conversations:read',
    tag,
    summary: 'List conversations, the latest activity first',
    query: listQuery,
    response: pageOf(conversation),
    handler: ({ ctx, query: { status, unread, opt_out_question: optOutQuestion, search, ...page } }) =>
      pageOfConversations(ctx, { status, unread, optOutQuestion, search }, page, toConversation),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/conversations',
    access: 'conversations:write',
    tag,
    summary: 'Open a conversation with a contact',
    body: conversationCreate,
    response: conversation,
    status: 201,
    handler: async ({ ctx, body }) =>
      openConversation(ctx, {
        contactId: await ownContact(ctx, body.contact_id),
        connectionId: uuidOf('con', body.connection_id),
      }),
  });
  route(app, {
    method: 'GET',
    url: one,
    access: 'conversations:read',
    tag,
    summary: 'Read a conversation',
    ids,
    response: conversation,
    handler: async ({ ctx, ids }) => toConversation(await readConversation(ctx, ids.id!), ctx.clock.now()),
  });
  route(app, {
    method: 'GET',
    url: `${one}/messages`,
    access: 'conversations:read',
    tag,
    summary: 'List the messages of a conversation, newest first',
    ids,
    query: pageQuery,
    response: pageOf(message),
    handler: async ({ ctx, ids, query }) => {
      const { contact_id, connection_id } = await readConversation(ctx, ids.id!);
      return contactThread(ctx, { contactId: contact_id, connectionId: connection_id }, query);
    },
  });
  route(app, {
    method: 'POST',
    url: `${one}/messages`,
    access: 'conversations:write',
    tag,
    summary:
      'Answer with a text, files or, on WhatsApp, an approved template; the message is queued in front of every broadcast',
    ids,
    body: replyCreate,
    response: message,
    status: 201,
    handler: ({ ctx, ids, body }) => reply(ctx, ids.id!, body),
  });
  const commands = { read: markRead, resolve: resolveConversation, reopen: reopenConversation };
  const summaries = {
    read: 'Mark a conversation as read',
    resolve: 'Resolve a conversation; the next message opens it again',
    reopen: 'Open a resolved conversation again',
  };
  for (const verb of ['read', 'resolve', 'reopen'] as const)
    route(app, {
      method: 'POST',
      url: `${one}/${verb}`,
      access: 'conversations:write',
      tag,
      summary: summaries[verb],
      ids,
      response: conversation,
      status: 202,
      handler: ({ ctx, ids }) => commands[verb](ctx, ids.id!),
    });
  route(app, {
    method: 'POST',
    url: `${one}/opt_out_decision`,
    access: 'conversations:write',
    tag,
    summary: 'Decide whether what a person wrote is an opt-out',
    ids,
    body: optOutDecision,
    response: conversation,
    handler: ({ ctx, ids, body }) => decideOptOut(ctx, ids.id!, body.opt_out),
  });
  route(app, {
    method: 'POST',
    url: `${one}/typing`,
    access: 'conversations:write',
    tag,
    summary: 'Show the person that an answer is being written, where the platform can (WhatsApp; 25 seconds)',
    ids,
    async handler({ ctx, ids }) {
      await tellTyping(ctx, ids.id!);
      return undefined;
    },
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/messages/:id/react',
    access: 'conversations:write',
    tag,
    summary: 'Put an emoji on a message of the person, or take it back (WhatsApp)',
    ids: { id: 'msg' },
    body: reactionCreate,
    response: message,
    handler: ({ ctx, ids, body }) => react(ctx, ids.id!, body.emoji),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/messages/:id/file',
    access: 'conversations:read',
    tag,
    summary: 'The file that the person sent with a message',
    ids: { id: 'msg' },
    async handler({ ctx, ids, request, reply }) {
      return serveFile(await messageFile(ctx, ids.id!), request, reply);
    },
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/contacts/:id/messages',
    access: 'conversations:read',
    tag,
    summary: 'List the messages of a contact, newest first',
    ids: { id: 'cnt' },
    query: threadQuery,
    response: pageOf(message),
    handler: ({ ctx, ids, query: { connection_id, ...page } }) => {
      const connectionId = connection_id ? uuidOf('con', connection_id) : undefined;
      return contactThread(ctx, { contactId: ids.id!, connectionId }, page);
    },
  });
}

/** A contact of another workspace is none at all. */
async function ownContact(ctx: Ctx, wire: string): Promise<string> {
  const contact = await ctx.db
    .selectFrom('contacts')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', uuidOf('cnt', wire))
    .executeTakeFirst();
  if (!contact) throw notFound('contact');
  return contact.id;
}
