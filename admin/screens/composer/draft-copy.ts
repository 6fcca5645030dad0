// What is typed and not stored yet, kept in this browser: it survives a closed tab.
import type { Campaign } from '../../../contract/campaigns.ts';
import { type Draft, draftOf, sameValue } from './draft.ts';

interface Copy {
  /** Of the campaign that it was written on: a restored copy never overwrites a later one. */
  version: number;
  draft: Draft;
  /** The plan at that version. */
  base: Draft;
}

const keyOf = (id: string) => `carillon-draft-${id}`;

function read(id: string): Copy | null {
  try {
    const copy: (Omit<Copy, 'base'> & Partial<Copy>) | null = JSON.parse(
      localStorage.getItem(keyOf(id)) ?? 'null',
    );
    // an older panel did not say what it was written on: then all of it is a change
    return copy && { ...copy, base: copy.base ?? ({} as Draft) };
  } catch {
    return null;
  }
}

/** The copy as it counts for the campaign as it is now; null: there is none, or it says nothing new. */
export function restoredCopy(campaign: Campaign): Copy | null {
  const copy = read(campaign.id);
  if (!copy) return null;
  const stored = draftOf(campaign);
  // an older panel knew fewer fields
  const draft = {
    ...stored,
    ...copy.draft,
    settings: { ...stored.settings, ...copy.draft.settings },
    trigger: stored.trigger && { ...stored.trigger, ...copy.draft.trigger },
  };
  // a run of a series, or a star, makes a version and changes no plan
  const isSamePlan = sameValue(copy.base, stored);
  // "now" was meant then: something has happened to the campaign since
  if (isSamePlan && copy.version !== campaign.version && draft.schedule.mode === 'now')
    draft.schedule = stored.schedule;
  if (sameValue(draft, stored)) return null;
  return { version: isSamePlan ? campaign.version : copy.version, draft, base: copy.base };
}

export function keepCopy(id: string, copy: Copy): void {
  localStorage.setItem(keyOf(id), JSON.stringify(copy));
}

export function removeCopy(id: string): void {
  localStorage.removeItem(keyOf(id));
}
