// One decision about what is held: sent to the server, its answer is the new list, and everything it touches is read again.
import { useQueryClient } from '@tanstack/react-query';
import type { Held } from '../../../contract/held.ts';
import { api, keys } from '../../api.ts';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';

export interface Choice {
  /** Everything, and the hold is over; only released. */
  all?: true;
  campaign_ids?: string[];
  direct?: boolean;
}

export function useDecision() {
  const client = useQueryClient();
  const { busy, error, run, clear } = useAction();
  const refresh = () =>
    Promise.all(
      [keys.me, keys.campaigns(), ['campaign'], ['report']].map((queryKey) =>
        client.invalidateQueries({ queryKey }),
      ),
    );
  return {
    busy,
    error,
    clear,
    /** Resolves to whether it went well; `done` is said then. */
    run: (verb: 'release' | 'discard', choice: Choice, done: string) =>
      run(async () => {
        client.setQueryData(keys.held, await api.post<Held>(`/held/${verb}`, choice));
        await refresh();
        tell(done);
      }),
  };
}
