// What became of a template, newest first: what we handed in, what WhatsApp decided.
import { useQuery } from '@tanstack/react-query';
import type { WhatsAppTemplateChange } from '../../../../contract/whatsapp-templates.ts';
import { useZone } from '../../../session.ts';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { Section } from '../../../ui/Page.tsx';
import { BlockSkeleton } from '../../../ui/Skeletons.tsx';
import { momentShort } from '../../../ui/times.ts';
import { categoryWord, qualityWord, stateWord } from './template-state.tsx';
import css from './WhatsAppTemplates.module.css';
import { historyQuery } from './whatsapp-queries.ts';

function wordsOf({ what, was, is_now }: WhatsAppTemplateChange): string {
  switch (what) {
    case 'found':
      return `Found at WhatsApp: ${stateWord(is_now ?? '')}`;
    case 'submitted':
      return 'Handed in for approval';
    case 'edited':
      return 'Changed and handed in again';
    case 'status':
      return `${stateWord(is_now ?? '')}, before: ${stateWord(was ?? '')}`;
    case 'quality':
      return `Quality ${qualityWord(is_now ?? '').toLowerCase()}, before: ${qualityWord(was ?? '').toLowerCase()}`;
    case 'category':
      return `Category ${categoryWord(is_now ?? '')}, before: ${categoryWord(was ?? '')}`;
    case 'content':
      return 'Changed in the WhatsApp Manager';
  }
}

export function TemplateHistory({ id }: { id: string }) {
  const zone = useZone();
  const { data, error, refetch } = useQuery(historyQuery(id));
  return (
    <Section title="History">
      {error && !data ? (
        <ErrorState title="The history could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <BlockSkeleton height={48} />
      ) : (
        <ul className={css.history}>
          {data.data.map((one, index) => (
            <li key={`${one.at} ${String(index)}`}>
              <span>
                {wordsOf(one)}
                {one.reason && <span className="t2 small"> {one.reason.words}</span>}
              </span>
              <span className="t3 small nowrap">
                {one.by}, {momentShort(one.at, zone)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
