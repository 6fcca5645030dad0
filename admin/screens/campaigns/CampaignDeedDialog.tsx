// The question before something is done with many campaigns: what, with how many, and what follows from it.
import { useQueryClient } from '@tanstack/react-query';
import type { CampaignBulk, CampaignDeed, CampaignSelect } from '../../../contract/campaign-bulk.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { counted } from '../../ui/numbers.ts';
import { useAction } from '../../ui/use-action.ts';
import { withinSentence } from '../../ui/within-sentence.ts';

interface Props {
  deed: CampaignDeed;
  select: CampaignSelect;
  /** Undefined while it is counted. */
  count: number | undefined;
  onClose: () => void;
  onStarted: () => void;
}

interface Words {
  verb: string;
  text: string;
  danger?: boolean;
}
const kept = 'Their reports and send logs are kept under the status Archived.';

function wordsOf(deed: CampaignDeed): Words {
  switch (deed.do) {
    case 'delete':
      return {
        verb: 'Delete',
        danger: true,
        text: `Drafts and scheduled campaigns are gone for good: this cannot be undone. Published campaigns are archived, not deleted: ${withinSentence(kept)}`,
      };
    case 'archive':
      return { verb: 'Archive', text: `They leave this list. ${kept}` };
    case 'restore':
      return { verb: 'Restore', text: 'Each is again what it was before it was archived. Nothing is sent.' };
    case 'duplicate':
      return { verb: 'Duplicate', text: 'Each duplicate begins as a draft. Nothing is sent.' };
    case 'feature':
      return deed.featured
        ? { verb: 'Feature', text: 'Featured campaigns are listed first.' }
        : { verb: 'No longer feature', text: 'They take their usual place in the list again.' };
    case 'update_training':
      return { verb: 'Update', text: '' };
    case 'change_status':
      switch (deed.status) {
        case 'paused':
          return {
            verb: 'Pause',
            text: 'Messages that are on their way still arrive; nothing more is sent until they are resumed.',
          };
        case 'sending':
          return { verb: 'Resume', text: 'Everybody who has not been messaged yet is messaged now.' };
        case 'cancelled':
          return {
            verb: 'Cancel',
            danger: true,
            text: 'Nothing more of them is sent, of those that repeat on no later date either, and this cannot be taken back; a duplicate begins as a draft.',
          };
        case 'archived':
          return { verb: 'Archive', text: `They leave this list. ${kept}` };
      }
  }
}

export function CampaignDeedDialog({ deed, select, count, onClose, onStarted }: Props) {
  const client = useQueryClient();
  const { busy, error, run } = useAction();
  const { verb, text, danger } = wordsOf(deed);
  const whom = count === undefined ? 'them' : counted(count, 'campaign', 'campaigns');
  const start = () =>
    run(async () => {
      try {
        await api.post<CampaignBulk>('/campaigns/bulk', { select, action: deed, expected_count: count });
      } catch (problem) {
        // as many as there are now: the dialog shows them, and the person decides anew
        if (problem instanceof ApiProblem && problem.code === 'NUMBER_CHANGED')
          void client.invalidateQueries({ queryKey: keys.campaigns() });
        throw problem;
      }
      void client.invalidateQueries({ queryKey: keys.works('campaign_bulk') });
      onStarted();
    });
  return (
    <ConfirmDialog
      opened
      title={`${verb} ${whom}?`}
      action={`${verb} ${whom}`}
      busyLabel="Starting"
      busy={busy}
      disabled={!count}
      danger={danger}
      error={error}
      onClose={onClose}
      onConfirm={() => void start()}
    >
      <p>{text}</p>
      <p className="t3 small" style={{ marginTop: 12 }}>
        Where it is not possible, a campaign is left as it is and named. It is done in the background, and can
        be stopped while it runs.
      </p>
    </ConfirmDialog>
  );
}
