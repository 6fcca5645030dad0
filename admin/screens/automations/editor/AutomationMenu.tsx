// What else can be done with an automation: its report, a copy, and taking it away.
import { ActionIcon, Menu } from '@mantine/core';
import { IconCopy, IconDots, IconReportAnalytics, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Campaign } from '../../../../contract/campaigns.ts';
import { api, keys } from '../../../api.ts';
import { useMay } from '../../../session.ts';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { tell, tellProblem } from '../../../ui/toast.tsx';
import { useAction } from '../../../ui/use-action.ts';
import { removeCopy } from '../../composer/draft-copy.ts';
import { type AutomationKind, removeWords } from '../automation-words.ts';
import { droppedWords } from '../figures-words.ts';
import { useSends } from '../use-automations.ts';
import { useNextCheck } from '../use-figures.ts';

export function AutomationMenu({ campaign }: { campaign: Campaign }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const write = useMay('campaigns:write');
  const { busy, error, run } = useAction();
  const [removing, setRemoving] = useState(false);
  const sends = useSends(campaign.id);
  const words = removeWords(sends);
  const { data: check } = useNextCheck(campaign.trigger?.enabled ? campaign.id : undefined);
  const waiting = check && droppedWords(campaign.kind as AutomationKind, check);
  const icon = { size: 16, stroke: 1.75 };
  const show = (id: string | undefined) => navigate({ to: '/automations', search: { open: id } });
  const duplicate = async () => {
    try {
      const copy = await api.post<Campaign>(`/campaigns/${campaign.id}/duplicate`);
      await client.invalidateQueries({ queryKey: keys.campaigns() });
      await show(copy.id);
    } catch (problem) {
      tellProblem('The automation could not be duplicated', problem);
    }
  };
  const remove = () =>
    run(async () => {
      await api.delete(`/campaigns/${campaign.id}`);
      removeCopy(campaign.id);
      await show(undefined);
      await client.invalidateQueries({ queryKey: keys.campaigns() });
      tell(words.done);
    });
  return (
    <>
      <Menu position="bottom-end" width={176}>
        <Menu.Target>
          <ActionIcon variant="subtle" size={32} aria-label={`Actions for ${campaign.name}`}>
            <IconDots {...icon} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {sends !== 'no' && (
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
            onClick={() => void duplicate()}
          >
            Duplicate
          </Menu.Item>
          <Menu.Item
            disabled={!write.may}
            data-danger
            leftSection={<IconTrash {...icon} />}
            onClick={() => setRemoving(true)}
          >
            {words.verb}
          </Menu.Item>
          {!write.may && <Menu.Label>{write.reason}</Menu.Label>}
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={removing}
        title={`${words.verb} “${campaign.name}”?`}
        action={`${words.verb} automation`}
        busyLabel={words.busy}
        danger={sends !== 'yes'}
        busy={busy}
        error={error}
        onClose={() => setRemoving(false)}
        onConfirm={() => void remove()}
      >
        {waiting && `${waiting} `}
        {words.text}
      </ConfirmDialog>
    </>
  );
}
