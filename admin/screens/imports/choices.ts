// What is decided in the wizard and not yet an import's setting: a list that is made when the import starts, and a consent
// whose proof is still being written. Kept in this tab, so that a reload loses nothing.
import { useSessionStorage } from '@mantine/hooks';
import type { Channel } from '../../../contract/connections.ts';
import type { ContactImport } from '../../../contract/imports.ts';
import type { Draft } from './use-import.ts';

export type ListChoice =
  | { kind: 'new' | 'none'; name: string }
  /** `name`: of the new list, should one be wanted after all. */
  | { kind: 'existing'; id: string; name: string };
export interface ConsentChoice {
  state: 'nothing' | 'opted_in' | 'opted_out';
  channel: Channel;
  wording: string;
}

export interface Choices {
  list: ListChoice;
  setList(list: ListChoice): void;
  consent: ConsentChoice;
  setConsent(consent: ConsentChoice): void;
  /** Nothing is missing. */
  complete: boolean;
  /** The import has begun; nothing of this is needed any more. */
  forget(): void;
}

export function useChoices(item: ContactImport, draft: Draft, mayMakeLists: boolean): Choices {
  const { segment_id, consent: stored } = draft.settings;
  const name = item.file_name.replace(/\.[^.]+$/, '').slice(0, 120);
  const [list, putList, forgetList] = useSessionStorage<ListChoice>({
    key: `carillon-import-list-${item.id}`,
    defaultValue: segment_id
      ? { kind: 'existing', id: segment_id, name }
      : { kind: mayMakeLists ? 'new' : 'none', name },
    getInitialValueInEffect: false,
  });
  const [consent, putConsent, forgetConsent] = useSessionStorage<ConsentChoice>({
    key: `carillon-import-consent-${item.id}`,
    defaultValue: stored ?? { state: 'nothing', channel: 'telegram', wording: '' },
    getInitialValueInEffect: false,
  });
  return {
    list,
    setList(next) {
      putList(next);
      const id = next.kind === 'existing' ? next.id : null;
      if (id !== segment_id) draft.change({ segment_id: id });
    },
    consent,
    setConsent(next) {
      putConsent(next);
      const { state, channel, wording } = next;
      // without its words there is nothing to record yet; the step does not go on without them either
      const record = state === 'nothing' || wording.trim() === '' ? null : { state, channel, wording };
      if (record || stored) draft.change({ consent: record }, state === consent.state);
    },
    complete:
      (list.kind !== 'new' || list.name.trim() !== '') &&
      (consent.state === 'nothing' || consent.wording.trim() !== ''),
    forget() {
      forgetList();
      forgetConsent();
    },
  };
}
