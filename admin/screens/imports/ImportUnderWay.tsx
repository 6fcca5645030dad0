// An import that runs: how far, how fast, until when, and what became of the rows so far.
import { useQueryClient } from '@tanstack/react-query';
import type { ContactImport } from '../../../contract/imports.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { Section } from '../../ui/Page.tsx';
import { WorkProgress } from '../../ui/WorkProgress.tsx';
import { ImportPage } from './ImportPage.tsx';
import { OutcomeBar } from './Outcomes.tsx';
import { isEstimated, rowsInWords } from './rows-words.ts';
import { importKey } from './use-import.ts';

export function ImportUnderWay({ item }: { item: ContactImport }) {
  const client = useQueryClient();
  const write = useMay('imports:write');
  const { status, ...rest } = item;
  if (status === 'mapping') return null;
  const cancel = async () => {
    const cancelled = await api.post<ContactImport>(`/imports/${item.id}/cancel`);
    client.setQueryData(importKey(item.id), cancelled);
    void client.invalidateQueries({ queryKey: keys.works('import') });
  };
  return (
    <ImportPage item={item}>
      <Section title="Importing" takesFocus>
        <WorkProgress
          work={{ status, ...rest }}
          noun="rows"
          estimate={rest.total !== null && isEstimated(rest.total) ? rowsInWords(rest.total) : undefined}
          reason={write.reason}
          onCancel={cancel}
        />
      </Section>
      <Section
        title="So far"
        help="You can leave this page, close the browser or restart the server: the import goes on where it was. What is written stays, also when you cancel."
      >
        <OutcomeBar of={item} />
      </Section>
    </ImportPage>
  );
}
