// What the server reckons of an automation: its last days, its next check, its settings against the last month.
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { CampaignDays, NextCheck } from '../../../contract/automations.ts';
import { api, keys } from '../../api.ts';

/** Figures move by the minute, and nobody tells the panel. */
const refetchInterval = 60_000;

export const useLastDays = (id: string) =>
  useQuery({
    queryKey: keys.campaignDays(id),
    queryFn: ({ signal }) => api.get<CampaignDays>(`/campaigns/${id}/days`, { days: 7 }, signal),
    refetchInterval,
  });

export const nextCheckQuery = (id: string) =>
  queryOptions({
    queryKey: keys.nextCheck(id),
    queryFn: ({ signal }) => api.get<NextCheck>(`/campaigns/${id}/next_check`, undefined, signal),
  });

export const useNextCheck = (id: string | undefined) =>
  useQuery({ ...nextCheckQuery(id ?? ''), enabled: id !== undefined, refetchInterval });
