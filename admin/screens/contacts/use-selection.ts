// Which contacts are chosen: some by hand, over several pages, or everybody whom the filter means but a few.
import type { ContactFilter } from '../../../contract/contact-filter.ts';
import { type Choice, useChoice } from '../../ui/use-choice.ts';

export interface Selection extends Choice {
  /** As POST /contacts/bulk takes it. */
  select: { contact_ids: string[] } | { filter: ContactFilter; except?: string[] };
}

export function useSelection(filter: ContactFilter, pageIds: string[], total: number | undefined): Selection {
  const choice = useChoice(filter, pageIds, total);
  const ids = [...choice.ids];
  return {
    ...choice,
    select: choice.everybody ? { filter, ...(ids.length > 0 ? { except: ids } : {}) } : { contact_ids: ids },
  };
}
