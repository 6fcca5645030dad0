// What is decided in the wizard and not yet an import's setting: a list that is made when the import starts, and a consent
// whose proof is still being written. Kept in this tab, so that a reload loses nothing.
import { useSessionStorage } from '@mantine/hooks';
import type { Channel } from '../../../contract/connections.ts';
import type { ColumnTarget, ContactImport, ImportConsent } from '../../../contract/imports.ts';
import type { Draft } from './use-import.ts';

export type ListChoice =
  | { kind: 'new' | 'none'; name: string }
  /** `name`: of the new list, should one be wanted after all. */
  | { kind: 'existing'; id: string; name: string };
export interface ConsentChoice {
  state: 'nothing' | 'opted_in' | 'opted_out';
  channel: Channel;
  wording: string;
  /** Names of columns, where the file itself says for each person what they agreed to, and when. */
  wordsColumn: string | null;
  timeColumn: string | null;
}

export interface Choices {
  list: ListChoice;
  setList(list: ListChoice): void;
  consent: ConsentChoice;
  setConsent(consent: ConsentChoice): void;
  /** Makes the import say what is chosen here: this tab may have been reloaded before it was stored. */
  apply(): void;
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
    defaultValue: {
      ...(stored ?? { state: 'nothing', channel: 'telegram', wording: '' }),
      wordsColumn: columnThatIs(item, draft, 'consent_wording'),
      timeColumn: columnThatIs(item, draft, 'consent_at'),
    },
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
      const record = recordOf(next);
      if (record || stored)
        draft.change(
          { consent: record, mapping: withConsentColumns(item, draft, record && next) },
          next.wording !== consent.wording,
        );
    },
    apply() {
      const id = list.kind === 'existing' ? list.id : null;
      if (id !== segment_id) draft.change({ segment_id: id });
      const record = recordOf(consent);
      if (!sameConsent(record, stored))
        draft.change({ consent: record, mapping: withConsentColumns(item, draft, record && consent) });
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

/** Without its words there is nothing to record yet; the step does not go on without them either. */
function recordOf({ state, channel, wording }: ConsentChoice): ImportConsent | null {
  return state === 'nothing' || wording.trim() === '' ? null : { channel, state, wording: wording.trim() };
}

function sameConsent(one: ImportConsent | null, other: ImportConsent | null): boolean {
  return one?.channel === other?.channel && one?.state === other?.state && one?.wording === other?.wording;
}

function columnThatIs(item: ContactImport, draft: Draft, kind: ColumnTarget['kind']): string | null {
  const index = draft.settings.mapping.findIndex((target) => target.kind === kind);
  return item.columns[index]?.name ?? null;
}

/** The mapping with these two columns as proof, and those that were it before as they were suggested. */
function withConsentColumns(
  item: ContactImport,
  draft: Draft,
  consent: ConsentChoice | null,
): ColumnTarget[] {
  return draft.settings.mapping.map((target, index) => {
    const { name, suggestion } = item.columns[index] ?? { name: '', suggestion: { kind: 'ignore' as const } };
    const isProof = consent?.state === 'opted_in';
    if (isProof && name === consent.wordsColumn) return { kind: 'consent_wording' };
    if (isProof && name === consent.timeColumn)
      return {
        kind: 'consent_at',
        ...(suggestion.kind === 'attribute' && suggestion.order && { order: suggestion.order }),
      };
    return target.kind === 'consent_wording' || target.kind === 'consent_at' ? suggestion : target;
  });
}
