// Where there is exactly one bot, nobody has to choose it.
import { useEffect, useRef } from 'react';
import type { Connection } from '../../../contract/connections.ts';
import type { DraftControl } from './use-draft.ts';

/** Chooses the only connection for a draft without one. Once: what a person takes away stays away. */
export function useOnlyConnection(
  control: DraftControl,
  connections: Connection[] | undefined,
  may: boolean,
): void {
  const done = useRef(false);
  const { draft, change, save } = control;
  useEffect(() => {
    if (done.current || !connections) return;
    done.current = true;
    const only = connections.length === 1 ? connections[0] : undefined;
    if (!may || !only || draft.connection_id) return;
    change({ connection_id: only.id });
    // At once: nobody is typing, and another tab on the same draft must not find it half done.
    void save();
  }, [connections, draft.connection_id, change, save, may]);
}
