// The row's menu: what this status allows. Drafts are deleted, campaigns that were sent are archived.
import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArchive,
  IconArchiveOff,
  IconClock,
  IconCopy,
  IconDots,
  IconEdit,
  IconPlayerStop,
  IconReportAnalytics,
  IconTrash,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ListedCampaign } from '../../../contract/campaign-list.ts';
import type { Campaign, CampaignMove } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { tell, tellProblem } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { CancelDialog } from './CancelDialog.tsx';
import { hasReport, isEditable } from './status.tsx';

/** Copies a campaign as a draft and opens it in the composer. */
export function useDuplicate(): (campaign: Campaign) => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async (campaign) => {
    try {
      const copy = await api.post<Campaign>(`/campaigns/${campaign.id}/duplicate`);
      client.setQueryData(keys.campaign(copy.id), copy);
      void client.invalidateQueries({ queryKey: keys.campaigns() });
      await navigate({ to: '/campaigns/$id/edit', params: { id: copy.id } });
    } catch (error) {
      tellProblem('The campaign could not be duplicated', error);
    }
  };
}

export function CampaignMenu({ campaign }: { campaign: ListedCampaign }) {
  const client = useQueryClient();
  const write = useMay('campaigns:write');
  const send = useMay('campaigns:send');
  const duplicate = useDuplicate();
  const { busy, error, run } = useAction();
  const [asking, setAsking] = useState<'cancel' | 'remove' | null>(null);
  const draft = campaign.status === 'draft';
  const may = (move: CampaignMove) => campaign.moves.includes(move);
  const { figures } = campaign;

  const remove = () =>
    run(async () => {
      if (draft) await api.delete(`/campaigns/${campaign.id}`);
      else await api.post(`/campaigns/${campaign.id}/archive`);
      await client.invalidateQueries({ queryKey: keys.campaigns() });
      setAsking(null);
      tell(draft ? 'Draft deleted' : 'Campaign archived');
    });
  const restore = async () => {
    try {
      await api.post(`/campaigns/${campaign.id}/restore`);
      await client.invalidateQueries({ queryKey: keys.campaigns() });
      tell('Campaign restored');
    } catch (problem) {
      tellProblem('The campaign could not be restored', problem);
    }
  };
  const icon = { size: 16, stroke: 1.75 };
  return (
    <>
      <Menu position="bottom-end" width={176}>
        <Menu.Target>
          <ActionIcon variant="subtle" aria-label={`Actions for ${campaign.name}`}>
            <IconDots {...icon} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {isEditable(campaign) && (
            <Menu.Item
              component={Link}
              to={`/campaigns/${campaign.id}/edit`}
              leftSection={<IconEdit {...icon} />}
            >
              Edit
            </Menu.Item>
          )}
          {may('reschedule') && (
            <Menu.Item
              disabled={!send.may}
              component={Link}
              to={`/campaigns/${campaign.id}/edit?step=schedule`}
              leftSection={<IconClock {...icon} />}
            >
              Reschedule
            </Menu.Item>
          )}
          {hasReport(campaign) && (
            <Menu.Item
              component={Link}
              to={`/campaigns/${campaign.id}`}
              leftSection={<IconReportAnalytics {...icon} />}
            >
              Open report
            </Menu.Item>
          )}
          <Menu.Item
            disabled={!write.may}
            leftSection={<IconCopy {...icon} />}
            onClick={() => void duplicate(campaign)}
          >
            Duplicate
          </Menu.Item>
          {(draft || may('archive')) && (
            <Menu.Item
              disabled={!write.may}
              data-danger={draft || undefined}
              leftSection={draft ? <IconTrash {...icon} /> : <IconArchive {...icon} />}
              onClick={() => setAsking('remove')}
            >
              {draft ? 'Delete draft' : 'Archive'}
            </Menu.Item>
          )}
          {may('restore') && (
            <Menu.Item
              disabled={!write.may}
              leftSection={<IconArchiveOff {...icon} />}
              onClick={() => void restore()}
            >
              Restore
            </Menu.Item>
          )}
          {may('cancel') && (
            <Menu.Item
              disabled={!send.may}
              data-danger
              leftSection={<IconPlayerStop {...icon} />}
              onClick={() => setAsking('cancel')}
            >
              {isEditable(campaign) ? 'Cancel campaign' : 'Cancel sending'}
            </Menu.Item>
          )}
          {!write.may && <Menu.Label>{write.reason}</Menu.Label>}
        </Menu.Dropdown>
      </Menu>
      <CancelDialog
        campaign={campaign}
        underWay={{ sent: figures?.sent ?? 0, open: figures?.left ?? 0 }}
        opened={asking === 'cancel'}
        onClose={() => setAsking(null)}
      />
      <ConfirmDialog
        opened={asking === 'remove'}
        title={`${draft ? 'Delete' : 'Archive'} “${campaign.name}”?`}
        action={draft ? 'Delete draft' : 'Archive campaign'}
        busyLabel={draft ? 'Deleting' : 'Archiving'}
        danger={draft}
        busy={busy}
        error={error}
        onClose={() => setAsking(null)}
        onConfirm={() => void remove()}
      >
        {draft
          ? 'Its text and picture are gone for good. Nobody has received it.'
          : 'It leaves this list. Its report and send log are kept under the status Archived.'}
      </ConfirmDialog>
    </>
  );
}
