// Which contacts are chosen: some by hand, over several pages, or everybody whom the filter means but a few.
import { useRef, useState } from 'react';
import type { ContactFilter } from '../../../contract/contact-filter.ts';

interface Chosen {
  /** Everybody but `ids`, or `ids` alone. */
  everybody: boolean;
  ids: ReadonlySet<string>;
}
const nobody: Chosen = { everybody: false, ids: new Set() };

export interface Selection {
  has(id: string): boolean;
  /** With shift: everything between the last one and this one as well. */
  toggle(id: string, withShift: boolean): void;
  /** Of the page on screen. */
  page: 'all' | 'some' | 'none';
  togglePage(): void;
  takeEverybody(): void;
  clear(): void;
  everybody: boolean;
  /** How many; undefined while everybody is not counted yet. */
  count: number | undefined;
  /** As POST /contacts/bulk takes it. */
  select: { contact_ids: string[] } | { filter: ContactFilter; except?: string[] };
}

/** `pageIds`: the rows on screen, in order. `total`: of everybody whom the filter means. A new filter begins with nobody. */
export function useSelection(filter: ContactFilter, pageIds: string[], total: number | undefined): Selection {
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
    count,
    select: everybody ? { filter, ...(ids.size > 0 ? { except: [...ids] } : {}) } : { contact_ids: [...ids] },
  };
}
