// A test message goes to chosen contacts through the real lane, as the campaign would reach them, outside its figures.
import { toWireId } from '../../../contract/ids.ts';
import { enqueueDelivery } from '../../deliveries/sending/enqueue.ts';
import { actingUserId, type Ctx, inTransaction } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { sendableMessage } from '../../templates/compile.ts';
import { templateColumns, templateContact } from '../../templates/contact.ts';
import { messagePlace } from '../../templates/place.ts';
import { audit } from '../../workspaces/audit.ts';
import { probePictures, readyConnection } from '../launch.ts';
import { getCampaign } from '../store.ts';

/** Returns the wire ids of the deliveries. Throws CONTACT_UNREACHABLE, CONNECTION_NOT_READY, TEMPLATE_INVALID, CONTENT_TOO_LONG. */
export async function testCampaign(ctx: Ctx, id: string, contactIds: string[]): Promise<string[]> {
  // outside the transaction: a slow server of pictures must not hold a database connection
  const planned = await getCampaign(ctx, id);
  await probePictures(ctx, planned, await readyConnection(ctx, planned));
  return inTransaction(ctx, async (ctx) => {
    const campaign = await getCampaign(ctx, id);
    const connection = await readyConnection(ctx, campaign);
    const message = sendableMessage(
      campaign.content,
      connection.channel,
      await messagePlace(ctx, campaign.content, connection.id),
    );
    const uuids = [...new Set(contactIds)].map((contactId) => uuidOf('cnt', contactId));
    const contacts = await ctx.db
      .selectFrom('contacts')
      .leftJoin('consents as k', (join) =>
        join
          .onRef('k.workspace_id', '=', 'contacts.workspace_id')
          .onRef('k.contact_id', '=', 'contacts.id')
          .on('k.channel', '=', connection.channel)
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
    const deliveries: string[] = [];
    for (const [index, contactId] of uuids.entries()) {
      // named twice is still one message
      if (uuids.indexOf(contactId) < index) continue;
      const pointer = `/contact_ids/${index}`;
      const contact = contacts.find((row) => row.id === contactId);
      if (!contact) throw invalidField(pointer, 'This contact is not there any more. Choose another one.');
      if (contact.opted_out)
        throw unreachable(pointer, 'This contact has opted out of campaign messages. Choose another one.');
      const { id } = await enqueueDelivery(ctx, {
        source: 'test',
        contactId,
        connectionId: connection.id,
        campaignId: uuidOf('cmp', campaign.id),
        rendered: message.render(templateContact(contact)),
        media: campaign.content.media,
        silent: campaign.settings.silent,
        linkPreview: campaign.settings.link_preview,
        authorId: actingUserId(ctx),
      }).catch((error) => {
        const isTheirs = error instanceof AppError && error.code === 'CONTACT_UNREACHABLE';
        throw isTheirs ? unreachable(pointer, error.message) : error;
      });
      deliveries.push(toWireId('dlv', id));
    }
    await audit(
      ctx,
      'campaign.tested',
      { type: 'campaign', id: campaign.id },
      { contacts: deliveries.length },
    );
    return deliveries;
  });
}

function unreachable(pointer: string, detail: string): AppError {
  return new AppError('CONTACT_UNREACHABLE', detail, { errors: [{ pointer, detail }] });
}
