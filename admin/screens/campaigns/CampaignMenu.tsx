// The row's menu: what this status allows. Drafts are deleted, campaigns that were sent are archived.
import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArchive,
  IconArchiveOff,
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
import type { Campaign } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { tell, tellProblem } from '../../ui/toast.tsx';
import { isEditable } from './status.tsx';

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

export function CampaignMenu({ campaign }: { campaign: Campaign }) {
  const client = useQueryClient();
  const write = useMay('campaigns:write');
  const duplicate = useDuplicate();
  const [removing, setRemoving] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const send = useMay('campaigns:send');
  const draft = campaign.status === 'draft';
  const editable = isEditable(campaign);
  const planned = editable && !draft;
  const closed = ['published', 'failed', 'cancelled'].includes(campaign.status);

  const remove = async () => {
    setBusy(true);
    setError(null);
    try {
      if (draft) await api.delete(`/campaigns/${campaign.id}`);
      else if (planned) await api.post(`/campaigns/${campaign.id}/cancel`);
      else await api.post(`/campaigns/${campaign.id}/archive`);
      await client.invalidateQueries({ queryKey: keys.campaigns() });
      setRemoving(false);
      void client.invalidateQueries({ queryKey: keys.held });
      tell(draft ? 'Draft deleted' : planned ? 'Campaign cancelled' : 'Campaign archived');
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const restore = async () => {
    try {
      await api.post(`/campaigns/${campaign.id}/restore`);
      await client.invalidateQueries({ queryKey: keys.campaigns() });
      tell('Campaign restored');
    } catch (problem) {
      tellProblem('The campaign could not be restored', problem);
    }
  };
  return (
    <>
      <Menu position="bottom-end" width={176}>
        <Menu.Target>
          <ActionIcon variant="subtle" aria-label={`Actions for ${campaign.name}`}>
            <IconDots size={16} stroke={1.75} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {editable ? (
            <Menu.Item
              component={Link}
              to={`/campaigns/${campaign.id}/edit`}
              leftSection={<IconEdit size={16} stroke={1.75} />}
            >
              Edit
            </Menu.Item>
          ) : (
            <Menu.Item
              component={Link}
              to={`/campaigns/${campaign.id}`}
              leftSection={<IconReportAnalytics size={16} stroke={1.75} />}
            >
              Open report
            </Menu.Item>
          )}
          <Menu.Item
            disabled={!write.may}
            leftSection={<IconCopy size={16} stroke={1.75} />}
            onClick={() => void duplicate(campaign)}
          >
            Duplicate
          </Menu.Item>
          {(draft || closed) && (
            <Menu.Item
              disabled={!write.may}
              data-danger={draft || undefined}
              leftSection={
                draft ? <IconTrash size={16} stroke={1.75} /> : <IconArchive size={16} stroke={1.75} />
              }
              onClick={() => setRemoving(true)}
            >
              {draft ? 'Delete draft' : 'Archive'}
            </Menu.Item>
          )}
          {campaign.status === 'archived' && (
            <Menu.Item
              disabled={!write.may}
              leftSection={<IconArchiveOff size={16} stroke={1.75} />}
              onClick={() => void restore()}
            >
              Restore
            </Menu.Item>
          )}
          {planned && (
            <Menu.Item
              disabled={!send.may}
              data-danger
              leftSection={<IconPlayerStop size={16} stroke={1.75} />}
              onClick={() => setRemoving(true)}
            >
              Cancel campaign
            </Menu.Item>
          )}
          {!write.may && <Menu.Label>{write.reason}</Menu.Label>}
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={removing}
        title={`${draft ? 'Delete' : planned ? 'Cancel' : 'Archive'} “${campaign.name}”?`}
        action={draft ? 'Delete draft' : planned ? 'Cancel campaign' : 'Archive campaign'}
        busyLabel={draft ? 'Deleting' : planned ? 'Cancelling' : 'Archiving'}
        danger={draft || planned}
        busy={busy}
        error={error}
        onClose={() => setRemoving(false)}
        onConfirm={() => void remove()}
      >
        {draft
          ? 'Its text and picture are gone for good. Nobody has received it.'
          : planned
            ? 'It is not sent, and this cannot be taken back; a duplicate begins as a draft. Nobody has received it.'
            : 'It leaves this list. Its report and send log are kept under the status Archived.'}
      </ConfirmDialog>
    </>
  );
}
