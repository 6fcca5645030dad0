// "Add campaign": makes an empty draft on the working connection that reaches most people and opens it in the composer; for everybody, or for the audience given.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Audience } from '../../../contract/audience.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Connection } from '../../../contract/connections.ts';
import { api, keys, newKey } from '../../api.ts';
import { connectionsQuery, useZone } from '../../session.ts';
import { day } from '../../ui/times.ts';
import { tellProblem } from '../../ui/toast.tsx';

export function useNewCampaign(): { add: (audience?: Audience) => void; busy: boolean } {
  const client = useQueryClient();
  const navigate = useNavigate();
  const zone = useZone();
  const { data: connections } = useQuery(connectionsQuery);
  const [busy, setBusy] = useState(false);
  const add = async (audience?: Audience) => {
    if (busy) return;
    setBusy(true);
    try {
      const usable = connections?.data
        .filter((connection) => connection.status === 'connected')
        .reduce<Connection | null>(
          (best, one) => (best && best.reachable_contacts >= one.reachable_contacts ? best : one),
          null,
        );
      const campaign = await api.post<Campaign>(
        '/campaigns',
        {
          name: `Campaign of ${day(new Date().toISOString(), zone)}`,
          connection_id: usable?.id ?? null,
          ...(audience && { audience }),
        },
        { idempotencyKey: newKey() },
      );
      client.setQueryData(keys.campaign(campaign.id), campaign);
      void client.invalidateQueries({ queryKey: keys.campaigns() });
      await navigate({ to: '/campaigns/$id/edit', params: { id: campaign.id } });
    } catch (error) {
      tellProblem('The campaign could not be added', error);
    } finally {
      setBusy(false);
    }
  };
  return { add: (audience) => void add(audience), busy };
}
