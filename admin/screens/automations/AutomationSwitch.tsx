// On and off at once; back again, with the server's words and a way to mend it, where it refuses.
import { Switch } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Campaign } from '../../../contract/campaigns.ts';
import { useMay } from '../../session.ts';
import { switchAutomation } from './use-automations.ts';

export function useAutomationSwitch(campaign: Campaign) {
  const client = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const flip = async (on: boolean) => {
    setError(null);
    await switchAutomation(client, campaign, on).catch(setError);
  };
  return { error, flip, clear: () => setError(null) };
}

export function AutomationSwitch(props: { campaign: Campaign; onFlip: (on: boolean) => void }) {
  const { campaign, onFlip } = props;
  const send = useMay('campaigns:send');
  const on = campaign.trigger?.enabled ?? false;
  return (
    <Switch
      size="sm"
      withThumbIndicator={false}
      aria-label={`${campaign.name} on`}
      title={send.reason}
      checked={on}
      disabled={!send.may}
      onChange={() => onFlip(!on)}
    />
  );
}
