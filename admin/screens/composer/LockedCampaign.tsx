// What was sent can only be read. Whoever wants to change it goes on with a copy.
import { Button } from '@mantine/core';
import { IconCopy, IconReportAnalytics } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import { useMay } from '../../session.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { useDuplicate } from '../campaigns/CampaignMenu.tsx';
import { campaignState } from '../campaigns/state.ts';
import { StatusBadge } from '../campaigns/status.tsx';
import css from './Wizard.module.css';

export function LockedCampaign({ campaign }: { campaign: Campaign }) {
  const duplicate = useDuplicate();
  const write = useMay('campaigns:write');
  return (
    <div className={css.locked}>
      <StatusBadge state={campaignState(campaign)} />
      <h1>{campaign.name} can no longer be changed</h1>
      <p className="t2">
        {campaign.launched_at
          ? 'Its messages are on their way or have arrived, so its text, people and settings stay as they were sent.'
          : 'It was given up before it was sent.'}{' '}
        A duplicate begins as a draft with everything in it.
      </p>
      <div className="row wrap">
        <ReasonButton
          reason={write.reason}
          leftSection={<IconCopy size={16} stroke={1.75} />}
          onClick={() => void duplicate(campaign)}
        >
          Duplicate to change
        </ReasonButton>
        <Button
          component={Link}
          to={`/campaigns/${campaign.id}`}
          variant="default"
          leftSection={<IconReportAnalytics size={16} stroke={1.75} />}
        >
          Open report
        </Button>
      </div>
    </div>
  );
}
