// A test message goes to chosen contacts through the real lane, as the campaign would reach them, outside its figures.
import type { Campaign, CampaignTest } from '../../../contract/campaigns.ts';
import { toWireId } from '../../../contract/ids.ts';
import { type Ctx, inTransaction } from '../../platform/context.ts';
import { audit } from '../../workspaces/audit.ts';
import { probePictures, readyConnection } from '../launch.ts';
import { checkReferences } from '../references.ts';
import { getCampaign } from '../store.ts';
import { enqueueTests } from './enqueue-tests.ts';

/**
 * Returns the wire ids of the deliveries. What is given stands in for what is stored: an automation goes out by itself, so its words are
 * tried before they are saved. Throws CONTACT_UNREACHABLE, CONNECTION_NOT_READY, TEMPLATE_INVALID, CONTENT_TOO_LONG.
 */
export async function testCampaign(ctx: Ctx, id: string, given: CampaignTest): Promise<string[]> {
  // outside the transaction: a slow server of pictures must not hold a database connection
  const planned = await meant(ctx, id, given);
  await probePictures(ctx, planned, await readyConnection(ctx, planned));
  return inTransaction(ctx, async (ctx) => {
    const campaign = await meant(ctx, id, given);
    await checkReferences(ctx, { connection_id: given.connection_id, content: given.content });
    const connection = await readyConnection(ctx, campaign);
    const deliveries = await enqueueTests(ctx, campaign, connection, given.contact_ids);
    await audit(
      ctx,
      'campaign.tested',
      { type: 'campaign', id: campaign.id },
      { contacts: deliveries.length },
    );
    return deliveries.map((delivery) => toWireId('dlv', delivery));
  });
}

async function meant(ctx: Ctx, id: string, { connection_id, content }: CampaignTest): Promise<Campaign> {
  const stored = await getCampaign(ctx, id);
  return {
    ...stored,
    connection_id: connection_id ?? stored.connection_id,
    content: content ?? stored.content,
  };
}
