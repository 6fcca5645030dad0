// Messages that belong to no run: operator replies, automatic answers, tests. They are rows of the same ledger and go
// through the same lane, in front of every broadcast.
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Channel } from '../../../contract/connections.ts';
import type { Attachment, Content, RenderedMessage } from '../../../contract/message.ts';
import type { Ctx } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { literalMessage } from '../../templates/literal.ts';
import { atOnce, priorities } from '../delivery.ts';

/** What such a row carries in `deliveries.content`: finished text, nothing left to render. */
export interface DirectContent {
  rendered: RenderedMessage;
  media: Attachment[];
  silent: boolean;
  linkPreview: boolean;
  /** The platform's id of the message that it quotes. */
  inReplyTo?: string;
}

export interface DirectDelivery {
  source: 'reply' | 'test';
  contactId: string;
  connectionId: string;
  /** Sent to the letter: what an operator types is never a template. One of `content` and `rendered`. */
  content?: Pick<Content, 'text'>;
  rendered?: RenderedMessage;
  media?: Attachment[];
  silent?: boolean;
  linkPreview?: boolean;
  inReplyTo?: string;
  authorId: string | null;
  /** The campaign that is being tried out, for `test`. */
  campaignId?: string;
}

/** Writes the row in the caller's transaction and wakes the lane. Throws NOT_FOUND, CONTACT_UNREACHABLE. */
export async function enqueueDelivery(
  ctx: Ctx,
  given: DirectDelivery,
): Promise<{ id: string; rendered: RenderedMessage }> {
  const workspace_id = ctx.actor.workspaceId;
  const identity = await ctx.db
    .selectFrom('identities')
    .select(['address', 'reachable', 'channel', 'unreachable_reason'])
    .where('workspace_id', '=', workspace_id)
    .where('contact_id', '=', given.contactId)
    .where('connection_id', '=', given.connectionId)
    // a merge of the contact waits until the row is there to be moved
    .forKeyShare()
    .executeTakeFirst();
  if (!identity)
    throw new AppError(
      'CONTACT_UNREACHABLE',
      'This contact has no chat on this connection. Ask them to write to it first: a bot is opened with Start. On WhatsApp a phone number with country code is enough.',
    );
  if (!identity.reachable)
    throw new AppError(
      'CONTACT_UNREACHABLE',
      identity.unreachable_reason === 'deactivated'
        ? 'This account was deleted on the platform. Choose another way to reach the person.'
        : factsOf(identity.channel)?.tellsBlocking
          ? 'This contact has blocked the bot. They can be written to again once they unblock it.'
          : 'This contact cannot be reached here at present. They can be written to again once they write.',
    );
  const rendered =
    given.rendered ??
    (given.content ? literalMessage(given.content.text, identity.channel as Channel) : null);
  if (!rendered) throw notFound('message');
  const content: DirectContent = {
    rendered,
    media: given.media ?? [],
    silent: given.silent ?? false,
    linkPreview: given.linkPreview ?? true,
    ...(given.inReplyTo !== undefined && { inReplyTo: given.inReplyTo }),
  };
  const now = ctx.clock.now();
  const id = newId();
  await ctx.db
    .insertInto('deliveries')
    .values({
      workspace_id,
      id,
      source: given.source,
      priority: priorities[given.source],
      campaign_id: given.campaignId ?? null,
      event_key: id,
      contact_id: given.contactId,
      connection_id: given.connectionId,
      channel: identity.channel,
      address: identity.address,
      state: 'queued',
      due_at: atOnce,
      content: JSON.stringify(content),
      author_id: given.authorId,
      created_at: now,
    })
    .execute();
  await ctx.hub.publish(ctx, { topic: 'outbound', connectionId: given.connectionId });
  return { id, rendered };
}
