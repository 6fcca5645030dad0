// The question before a campaign is cancelled: what it costs, and of one that repeats which dates are meant.
import { Radio } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Campaign, CancelScope } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { cancelledWords, cancelWords, type UnderWay } from './cancel-words.ts';

interface Props {
  campaign: Campaign;
  underWay: UnderWay;
  opened: boolean;
  onClose: () => void;
}

export function CancelDialog({ campaign, underWay, opened, onClose }: Props) {
  const client = useQueryClient();
  const { busy, error, run, clear } = useAction();
  // what costs less, until the person says more
  const [scope, setScope] = useState<CancelScope>('date');
  const words = cancelWords(campaign, underWay);
  const close = () => {
    clear();
    setScope('date');
    onClose();
  };
  const cancel = () =>
    run(async () => {
      const body = words.scopes ? { scope } : undefined;
      const after = await api.post<Campaign>(`/campaigns/${campaign.id}/cancel`, body);
      await Promise.all(
        [keys.campaign(campaign.id), keys.report(campaign.id), keys.deliveries(campaign.id)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
      void client.invalidateQueries({ queryKey: keys.campaigns() });
      void client.invalidateQueries({ queryKey: keys.held });
      close();
      tell(cancelledWords(after));
    });
  return (
    <ConfirmDialog
      opened={opened}
      title={words.title}
      action={words.scopes && scope === 'series' ? 'Cancel the series' : words.action}
      busyLabel="Cancelling"
      safe={words.safe}
      danger
      busy={busy}
      error={error}
      onClose={close}
      onConfirm={() => void cancel()}
    >
      {words.text}
      {words.scopes && (
        <Radio.Group
          label="This campaign repeats. What is cancelled?"
          value={scope}
          onChange={(value) => setScope(value as CancelScope)}
          mt={16}
        >
          <div style={{ display: 'grid', gap: 12, marginTop: 8 }}>
            {(['date', 'series'] as const).map((one) => (
              <Radio
                key={one}
                size="xs"
                value={one}
                label={words.scopes?.[one].label}
                description={words.scopes?.[one].help}
              />
            ))}
          </div>
        </Radio.Group>
      )}
    </ConfirmDialog>
  );
}
