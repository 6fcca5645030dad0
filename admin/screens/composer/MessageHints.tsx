// What is worth a look before sending and stops nothing: what the message lacks, and who lacks what it says.
import { useDebouncedValue } from '@mantine/hooks';
import { IconBulb } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Content, MessageGap, MessageHint } from '../../../contract/message.ts';
import { api } from '../../api.ts';
import { Note } from '../../ui/Note.tsx';
import css from './Composer.module.css';
import { askedOf, readBy } from './gaps-asked.ts';

interface Props {
  content: Content;
  campaignId: string;
  /** Changes with the audience, so that the gaps are counted anew. */
  audience: unknown;
  hints: MessageHint[];
}

export function MessageHints({ content, campaignId, audience, hints }: Props) {
  const gaps = useGaps(content, campaignId, audience);
  if (hints.length === 0 && gaps.length === 0) return null;
  return (
    <section className={css.hints} aria-label="Hints">
      {gaps.map((gap) => (
        <Note key={gap.variable} tone={gap.fallback === null ? 'warn' : 'info'}>
          {gap.words}
        </Note>
      ))}
      {hints.length > 0 && (
        <ul>
          {hints.map((hint) => (
            <li key={hint.key}>
              <IconBulb size={16} stroke={1.75} aria-hidden />
              {hint.words}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Asked a moment after the last key, and only where a variable stands in the message. */
function useGaps(content: Content, campaignId: string, audience: unknown): MessageGap[] {
  const asked = askedOf(content);
  const [state] = useDebouncedValue(JSON.stringify([readBy(asked), audience]), 600);
  const isAsked = state !== JSON.stringify([null, audience]);
  const { data } = useQuery({
    queryKey: ['message-gaps', campaignId, state],
    enabled: isAsked,
    queryFn: ({ signal }) =>
      api.post<{ data: MessageGap[] }>(
        '/campaigns/preview/gaps',
        { content: asked, audience_of: campaignId },
        { idempotencyKey: null, signal },
      ),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
  return isAsked ? (data?.data ?? []) : [];
}
