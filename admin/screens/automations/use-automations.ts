// The automations of the workspace, and what is done to one of them: added, switched, stored.
import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Campaign, Report } from '../../../contract/campaigns.ts';
import type { Page } from '../../../contract/lists.ts';
import { api, keys } from '../../api.ts';
import { tellProblem } from '../../ui/toast.tsx';
import { kindWords } from '../campaigns/status.tsx';
import { type AutomationKind, automationKinds, freeName, type Sends, sendsOf } from './automation-words.ts';

const filter = { kind: automationKinds.join(), sort: 'created_at', limit: 100 };
const automationsQuery = queryOptions({
  queryKey: keys.campaigns(filter),
  queryFn: ({ signal }) => api.get<Page<Campaign>>('/campaigns', filter, signal),
});

export const useAutomations = () => useQuery(automationsQuery);

const newestDraft = { kind: 'broadcast', sort: '-created_at', limit: 1 };

/** The promotion of the card: the latest one. */
export const usePromotion = () =>
  useQuery({
    queryKey: keys.campaigns(newestDraft),
    queryFn: ({ signal }) => api.get<Page<Campaign>>('/campaigns', newestDraft, signal),
  });

/** Shown at once as it is now, without waiting for the list. */
export function putAutomation(client: QueryClient, campaign: Campaign): void {
  client.setQueryData(keys.campaign(campaign.id), campaign);
  client.setQueryData<Page<Campaign>>(
    automationsQuery.queryKey,
    (old) => old && { ...old, data: old.data.map((row) => (row.id === campaign.id ? campaign : row)) },
  );
}

/** On or off. Throws why the server does not switch it; then it stands as it was. */
export async function switchAutomation(
  client: QueryClient,
  campaign: Campaign,
  enabled: boolean,
): Promise<void> {
  if (!campaign.trigger) return;
  putAutomation(client, { ...campaign, trigger: { ...campaign.trigger, enabled } });
  try {
    const verb = enabled ? 'enable' : 'disable';
    putAutomation(client, await api.post<Campaign>(`/campaigns/${campaign.id}/${verb}`));
  } catch (error) {
    putAutomation(client, campaign);
    throw error;
  } finally {
    void client.invalidateQueries({ queryKey: keys.campaigns() });
    void client.invalidateQueries({ queryKey: keys.nextCheck(campaign.id) });
  }
}

/** A further one of a kind, off and with the usual text. */
export function useAddAutomation(): { add: (kind: AutomationKind) => Promise<void>; busy: boolean } {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data } = useAutomations();
  const [busy, setBusy] = useState(false);
  const add = async (kind: AutomationKind) => {
    if (busy) return;
    setBusy(true);
    try {
      const name = freeName(kindWords[kind], data?.data.map((row) => row.name) ?? []);
      const added = await api.post<Campaign>('/campaigns', { kind, name });
      await client.invalidateQueries({ queryKey: keys.campaigns() });
      await navigate({ to: '/automations', search: { open: added.id } });
    } catch (error) {
      tellProblem('The automation could not be added', error);
    } finally {
      setBusy(false);
    }
  };
  return { add, busy };
}

/** Of its latest run. */
export const useReport = (id: string | undefined) =>
  useQuery({
    queryKey: keys.report(id ?? ''),
    queryFn: ({ signal }) => api.get<Report>(`/campaigns/${id}/report`, undefined, signal),
    enabled: id !== undefined,
  });

/** Whether it has a report: from its first message on. */
export function useSends(id: string | undefined): Sends {
  const { data, isError } = useReport(id);
  return sendsOf(data, isError);
}
