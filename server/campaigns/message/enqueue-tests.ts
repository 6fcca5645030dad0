// Test messages to named people, as the campaign would reach them, through the real lane and outside its figures.

import type { Campaign } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Channel } from '../../../contract/connections.ts';
import { needsWindow } from '../../../contract/window.ts';
import { enqueueDelivery } from '../../deliveries/sending/enqueue.ts';
import { actingUserId, type Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { sendableMessage } from '../../templates/compile.ts';
import { templateColumns, templateContact } from '../../templates/contact.ts';
import { exampleEvent } from '../../templates/shop-example.ts';
import { placeOfMessage } from '../../whatsapp-templates/message-place.ts';

type Sender = { id: string; channel: Channel };

/**
 * In the caller's transaction; returns the ids of the deliveries. `at`: where the contacts are named, for errors. Throws
 * CONTACT_UNREACHABLE, VALIDATION_FAILED, TEMPLATE_INVALID, CONTENT_TOO_LONG.
 */
export async function enqueueTests(
  ctx: Ctx,
  campaign: Campaign,
  connection: Sender,
  contactIds: string[],
  at = '/contact_ids',
): Promise<string[]> {
  const message = sendableMessage(
    campaign.content,
    connection.channel,
    await placeOfMessage(ctx, campaign.content, connection.id),
    campaign.kind,
  );
  const testers = await testersOf(ctx, connection.channel, contactIds, at);
  if (needsWindow(connection.channel, campaign.content)) await refuseClosed(ctx, connection, testers);
  const deliveries: string[] = [];
  for (const { pointer, contact } of testers) {
    const event = await exampleEvent(ctx, campaign.kind, contact.id);
    const rendered = message.render(templateContact(contact), event);
    const { id } = await enqueueDelivery(ctx, {
      source: 'test',
      contactId: contact.id,
      connectionId: connection.id,
      campaignId: uuidOf('cmp', campaign.id),
      rendered,
      media: rendered.media ?? campaign.content.media,
      silent: campaign.settings.silent,
      linkPreview: campaign.settings.link_preview,
      authorId: actingUserId(ctx),
    }).catch((error) => {
      const isTheirs = error instanceof AppError && error.code === 'CONTACT_UNREACHABLE';
      throw isTheirs ? unreachable(pointer, error.message) : error;
    });
    deliveries.push(id);
  }
  return deliveries;
}

/** Throws CONTACT_UNREACHABLE at the first who has not written within the window. */
async function refuseClosed(
  ctx: Ctx,
  connection: { id: string; channel: Channel },
  testers: Awaited<ReturnType<typeof testersOf>>,
): Promise<void> {
  const hours = factsOf(connection.channel).replyWindowHours ?? 0;
  const rows = await ctx.db
    .selectFrom('conversations')
    .select('contact_id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connection_id', '=', connection.id)
    .where('last_inbound_at', '>', new Date(ctx.clock.now().getTime() - hours * 3_600_000))
    .where(
      'contact_id',
      'in',
      testers.map(({ contact }) => contact.id),
    )
    .execute();
  const open = new Set(rows.map((row) => row.contact_id));
  const closed = testers.find(({ contact }) => !open.has(contact.id));
  if (closed)
    throw unreachable(
      closed.pointer,
      `This contact has not written within ${hours} hours. Let them write to the number first, or choose an approved template.`,
    );
}

/** Named twice is still one message. Throws VALIDATION_FAILED (not there any more), CONTACT_UNREACHABLE (opted out). */
export async function testersOf(ctx: Ctx, channel: Channel, contactIds: string[], at: string) {
  const uuids = contactIds.map((contactId) => uuidOf('cnt', contactId));
  const contacts = await ctx.db
    .selectFrom('contacts')
    .leftJoin('consents as k', (join) =>
      join
        .onRef('k.workspace_id', '=', 'contacts.workspace_id')
        .onRef('k.contact_id', '=', 'contacts.id')
        .on('k.channel', '=', channel)
        .on('k.purpose', '=', 'marketing')
        .on('k.state', '=', 'opted_out'),
    )
    .select([
      'contacts.id',
      'k.state as opted_out',
      ...templateColumns.map((name) => `contacts.${name}` as const),
    ])
    .where('contacts.workspace_id', '=', ctx.actor.workspaceId)
    .where('contacts.id', 'in', uuids)
    .execute();
  return uuids.flatMap((contactId, index) => {
    if (uuids.indexOf(contactId) < index) return [];
    const pointer = `${at}/${index}`;
    const contact = contacts.find((row) => row.id === contactId);
    if (!contact) throw invalidField(pointer, 'This contact is not there any more. Choose another one.');
    if (contact.opted_out)
      throw unreachable(pointer, 'This contact has opted out of campaign messages. Choose another one.');
    return [{ pointer, contact }];
  });
}

export function unreachable(pointer: string, detail: string): AppError {
  return new AppError('CONTACT_UNREACHABLE', detail, { errors: [{ pointer, detail }] });
}
