// Where in the panel somebody is, for the mark in sidebar and tab bar: the report of an automation belongs to Automations, though its
// address is that of campaigns.
import { useQuery } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';
import type { Place } from './places.ts';

/** What the link of a place is given beside its address, which says where somebody is everywhere else. */
export function usePlaceMark(): (place: Place) => object {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const id = /^\/campaigns\/(cmp_[^/]+)/.exec(path)?.[1];
  const { data } = useQuery({
    queryKey: keys.campaign(id ?? ''),
    queryFn: ({ signal }) => api.get<Campaign>(`/campaigns/${id}`, undefined, signal),
    // the screen itself asks for it
    enabled: false,
  });
  if (!data || data.trigger === null) return () => ({});
  return (place) => {
    if (place.to === '/campaigns') return { activeOptions: { exact: true } };
    return place.to === '/automations' ? { inactiveProps: { 'aria-current': 'page' } } : {};
  };
}
