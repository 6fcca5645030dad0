// What a bulk action does to one campaign: the same verbs as its own buttons, with their rules and their words.
import type { CampaignDeed } from '../../../contract/campaign-bulk.ts';
import { waitsForGo } from '../../deliveries/runs/go.ts';
import type { Ctx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import {
  archiveCampaign,
  cancelCampaign,
  deleteCampaign,
  pauseCampaign,
  restoreCampaign,
  resumeCampaign,
} from '../control.ts';
import { duplicateCampaign } from '../create.ts';
import { editCampaign } from '../edit.ts';
import { lookAtPictures } from '../launch.ts';
import { getCampaign } from '../store.ts';

/** What must not happen within a transaction: pictures of other servers are looked at here. Throws as the deed does. */
export async function prepareDeed(ctx: Ctx, id: string, deed: CampaignDeed): Promise<void> {
  if (deed.do === 'change_status' && deed.status === 'sending') await lookAtPictures(ctx, id, 'send_now');
}

/** Throws as the single verb does: NOT_FOUND where it was deleted meanwhile, ILLEGAL_MOVE, … */
export async function doDeed(ctx: Ctx, id: string, deed: CampaignDeed): Promise<void> {
  switch (deed.do) {
    case 'delete':
      return deleteCampaign(ctx, id);
    case 'archive':
      return changeStatus(ctx, id, 'archived');
    case 'restore':
      return restoreCampaign(ctx, id);
    case 'change_status':
      return changeStatus(ctx, id, deed.status);
    case 'duplicate':
      await duplicateCampaign(ctx, id);
      return;
    case 'feature':
      await editCampaign(ctx, id, { featured: deed.featured });
      return;
    case 'update_training':
      await getCampaign(ctx, id);
  }
}

type Wanted = Extract<CampaignDeed, { do: 'change_status' }>['status'];
const verbs: Record<Wanted, (ctx: Ctx, id: string) => Promise<unknown>> = {
  paused: pauseCampaign,
  sending: resumeCampaign,
  cancelled: cancelCampaign,
  archived: archiveCampaign,
};

/** Whoever is there already counts as done. */
async function changeStatus(ctx: Ctx, id: string, wanted: Wanted): Promise<void> {
  const { status } = await getCampaign(ctx, id);
  if (wanted === 'sending' && (await waitsForGo(ctx, id)))
    throw new AppError(
      'ILLEGAL_MOVE',
      'This campaign waits for somebody to look at its test. Open it and say go there.',
    );
  if (status !== wanted) await verbs[wanted](ctx, id);
}
