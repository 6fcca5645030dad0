// The life of the demo shop as the server tells it, and how it is changed.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Life, LifePatch } from '../../../contract/demo.ts';
import { api, keys } from '../../api.ts';
import { tellProblem } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';

/** Messages of automations come between two steps of the shop. */
const refreshMs = 5000;

export function useLife() {
  const client = useQueryClient();
  const { busy, run } = useAction();
  const { data } = useQuery({
    queryKey: keys.demoLife,
    queryFn: ({ signal }) => api.get<Life>('/demo/life', undefined, signal),
    refetchInterval: (query) => (query.state.data && query.state.data.speed !== 'off' ? refreshMs : false),
  });
  const change = (patch: LifePatch) =>
    run(async () => {
      try {
        client.setQueryData(keys.demoLife, await api.patch<Life>('/demo/life', patch));
        void client.invalidateQueries({ queryKey: keys.campaigns() });
      } catch (error) {
        tellProblem('The demo shop could not be changed', error);
      }
    });
  return { life: data, busy, change };
}
