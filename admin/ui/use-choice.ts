// Which rows of a long list are chosen: some by hand, over several pages, or all that the filter means but a few.
import { useRef, useState } from 'react';

interface Chosen {
  /** All but `ids`, or `ids` alone. */
  everybody: boolean;
  ids: ReadonlySet<string>;
}
const nobody: Chosen = { everybody: false, ids: new Set() };

export interface Choice {
  has(id: string): boolean;
  /** With shift: everything between the last one and this one as well. */
  toggle(id: string, withShift: boolean): void;
  /** Of the page on screen. */
  page: 'all' | 'some' | 'none';
  togglePage(): void;
  takeEverybody(): void;
  clear(): void;
  everybody: boolean;
  /** The chosen ones; of everybody those that are left out. */
  ids: ReadonlySet<string>;
  /** How many; undefined while everybody is not counted yet. */
  count: number | undefined;
}

/** `pageIds`: the rows on screen, in order. `total`: of all that the filter means. A new filter begins with nobody. */
export function useChoice(filter: unknown, pageIds: string[], total: number | undefined): Choice {
  const key = JSON.stringify(filter);
  const [state, setState] = useState({ key, chosen: nobody });
  const last = useRef<string | null>(null);
  const { everybody, ids } = state.key === key ? state.chosen : nobody;
  const put = (next: Chosen) => setState({ key, chosen: next });
  const has = (id: string) => ids.has(id) !== everybody;
  const set = (which: string[], on: boolean) => {
    const next = new Set(ids);
    for (const id of which)
      if (on !== everybody) next.add(id);
      else next.delete(id);
    put({ everybody, ids: next });
  };
  const onPage = pageIds.filter(has).length;
  const count = everybody ? (total === undefined ? undefined : Math.max(0, total - ids.size)) : ids.size;
  return {
    has,
    toggle(id, withShift) {
      const from = last.current === null ? -1 : pageIds.indexOf(last.current);
      const to = pageIds.indexOf(id);
      const between =
        withShift && from >= 0 ? pageIds.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
      set(between, !has(id));
      last.current = id;
    },
    page: onPage === 0 ? 'none' : onPage === pageIds.length ? 'all' : 'some',
    togglePage: () => set(pageIds, onPage < pageIds.length),
    takeEverybody: () => put({ everybody: true, ids: new Set() }),
    clear: () => {
      last.current = null;
      put(nobody);
    },
    everybody,
    ids,
    count,
  };
}
