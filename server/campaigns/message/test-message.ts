// A test message goes to chosen contacts through the real lane, as the campaign would reach them, outside its figures.
import { toWireId } from '../../../contract/ids.ts';
import { type Ctx, inTransaction } from '../../platform/context.ts';
import { audit } from '../../workspaces/audit.ts';
import { probePictures, readyConnection } from '../launch.ts';
import { getCampaign } from '../store.ts';
import { enqueueTests } from './enqueue-tests.ts';

/** Returns the wire ids of the deliveries. Throws CONTACT_UNREACHABLE, CONNECTION_NOT_READY, TEMPLATE_INVALID, CONTENT_TOO_LONG. */
export async function testCampaign(ctx: Ctx, id: string, contactIds: string[]): Promise<string[]> {
  // outside the transaction: a slow server of pictures must not hold a database connection
  const planned = await getCampaign(ctx, id);
  await probePictures(ctx, planned, await readyConnection(ctx, planned));
  return inTransaction(ctx, async (ctx) => {
    const campaign = await getCampaign(ctx, id);
    const connection = await readyConnection(ctx, campaign);
    const deliveries = await enqueueTests(ctx, campaign, connection, contactIds);
    await audit(
      ctx,
      'campaign.tested',
      { type: 'campaign', id: campaign.id },
      { contacts: deliveries.length },
    );
    return deliveries.map((delivery) => toWireId('dlv', delivery));
  });
}
