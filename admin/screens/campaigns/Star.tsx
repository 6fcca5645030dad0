// The star that puts a campaign first in the list.
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconStar, IconStarFilled } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Campaign } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { tellProblem } from '../../ui/toast.tsx';

/** Marks a campaign as featured at once and takes it back if the server refuses. */
export function Star({ campaign }: { campaign: Campaign }) {
  const client = useQueryClient();
  const write = useMay('campaigns:write');
  const [wanted, setWanted] = useState<boolean | null>(null);
  const on = wanted ?? campaign.featured;
  const toggle = async () => {
    if (wanted !== null) return;
    setWanted(!on);
    try {
      const changed = await api.patch<Campaign>(`/campaigns/${campaign.id}`, { featured: !on });
      client.setQueryData(keys.campaign(campaign.id), changed);
      await client.invalidateQueries({ queryKey: keys.campaigns() });
    } catch (error) {
      tellProblem('The star could not be changed', error);
    } finally {
      setWanted(null);
    }
  };
  return (
    <Tooltip label={write.reason ?? (on ? 'Featured: listed first' : 'Feature: list first')}>
      <ActionIcon
        variant="subtle"
        aria-pressed={on}
        aria-label={`Feature ${campaign.name}`}
        aria-disabled={!write.may || undefined}
        onClick={() => write.may && void toggle()}
      >
        {on ? (
          <IconStarFilled size={16} style={{ color: 'var(--c-bronze)' }} />
        ) : (
          <IconStar size={16} stroke={1.75} />
        )}
      </ActionIcon>
    </Tooltip>
  );
}
