// What waits for a person's word; read by the frame (banner, place in the menu) and the page.
import { queryOptions } from '@tanstack/react-query';
import type { Held } from '../../../contract/held.ts';
import { api, keys } from '../../api.ts';

export const heldQuery = queryOptions({
  queryKey: keys.held,
  queryFn: ({ signal }) => api.get<Held>('/held', undefined, signal),
  staleTime: 30_000,
});

/** Whether the page has anything to decide. */
export function hasHeld(held: Held | undefined): boolean {
  return Boolean(held && (held.since || held.missed.length > 0));
}
