// An import that was begun for a campaign: the way back there, and its people as the campaign's audience.
import { IconSpeakerphone } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { Note } from '../../ui/Note.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell, tellProblem } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';

const campaignQuery = (id: string) => ({
  queryKey: keys.campaign(id),
  queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Campaign>(`/campaigns/${id}`, undefined, signal),
  retry: false,
});

export function ForCampaign({ id }: { id: string }) {
  const { data } = useQuery(campaignQuery(id));
  // an address with a campaign that is not there: the import is one like any other
  if (!data) return null;
  return (
    <Note
      tone="info"
      actions={
        <Link to="/campaigns/$id/edit" params={{ id }} search={{ step: 'audience' }}>
          Back to the campaign
        </Link>
      }
    >
      For the campaign “{data.name}”: once the file is imported, its people can be taken as the audience.
    </Note>
  );
}

export function UseInCampaign(props: { campaignId: string; importId: string; hasList: boolean }) {
  const { campaignId, importId, hasList } = props;
  const client = useQueryClient();
  const navigate = useNavigate();
  const write = useMay('campaigns:write');
  const { busy, run } = useAction();
  const { data: campaign } = useQuery(campaignQuery(campaignId));
  if (!campaign) return null;
  const use = () =>
    run(async () => {
      try {
        // who is left out stays left out, also where somebody has changed that since
        const { audience, version } = await api.get<Campaign>(`/campaigns/${campaignId}`);
        const { exclude } = audience;
        const saved = await api.patch<Campaign>(`/campaigns/${campaignId}`, {
          audience: { import_id: importId, ...(exclude && { exclude }) },
          version,
        });
        client.setQueryData(keys.campaign(campaignId), saved);
        void client.invalidateQueries({ queryKey: keys.audience(campaignId) });
        tell('The people of the file are the audience');
        await navigate({
          to: '/campaigns/$id/edit',
          params: { id: campaignId },
          search: { step: 'audience' },
        });
      } catch (error) {
        tellProblem('The audience could not be changed', error);
      }
    });
  return (
    <ReasonButton
      reason={
        write.reason ??
        (hasList ? undefined : 'Its people were put into no list. Import the file again and choose one.')
      }
      leftSection={<IconSpeakerphone size={16} stroke={1.75} />}
      onClick={() => void use()}
    >
      {busy ? 'Changing the audience' : 'Use it in the campaign'}
    </ReasonButton>
  );
}
