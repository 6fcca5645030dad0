// What a real contact will see, a moment after each key. The arrows step through the people.
import { ActionIcon } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import {
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useState } from 'react';
import type { AudiencePerson } from '../../../contract/audience.ts';
import type { Campaign, CampaignKind } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import type { Contact } from '../../../contract/contacts.ts';
import type { FieldProblem } from '../../../contract/errors.ts';
import type { Page } from '../../../contract/lists.ts';
import type {
  Content,
  MessageHint,
  PlatformPreview,
  PreviewPerson,
  PreviewSubject,
  RenderedMessage,
} from '../../../contract/message.ts';
import { api, keys } from '../../api.ts';
import { useZone } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure } from '../../ui/numbers.ts';
import { clock } from '../../ui/times.ts';
import { contactName } from '../contacts/contact-name.ts';
import css from './Composer.module.css';
import { missingWords } from './preview/missing-words.ts';
import { PlatformPreviews } from './preview/PlatformPreviews.tsx';
import { subjectWords } from './preview/subject-words.ts';

export interface Preview {
  contact: { id: string; name: string } | null;
  /** Of an automation: what the message is shown with. */
  about?: PreviewSubject | null;
  rendered: RenderedMessage | null;
  problems?: FieldProblem[];
  /** Worth knowing, no reason to stop: a variable that many people lack. */
  warnings?: FieldProblem[];
  /** The same message on every platform. */
  platforms?: Record<Channel, PlatformPreview>;
  hints?: MessageHint[];
}

/**
 * The preview of an unsaved message for one contact; the last good one stays while the next is drawn. `problems` are those of
 * exactly this message, none while they are not known; `check` finds them out at once.
 */
export function usePreview(
  content: Content,
  connectionId: string | null,
  contactId: string | undefined,
  kind?: CampaignKind,
) {
  const client = useQueryClient();
  const now = previewInput(content, connectionId, contactId, kind);
  const [rested] = useDebouncedValue(now, 250);
  const [hurried, setHurried] = useState('');
  const input = hurried === now ? now : rested;
  const query = useQuery({ ...previewQuery(input), placeholderData: keepPreviousData });
  const isCurrent = input === now && !query.isPlaceholderData;
  const check = async (): Promise<FieldProblem[]> => {
    setHurried(now);
    return (await client.fetchQuery(previewQuery(now))).problems ?? [];
  };
  return { ...query, problems: isCurrent ? (query.data?.problems ?? []) : [], check };
}

const previewInput = (
  content: Content,
  connectionId: string | null,
  contactId: string | undefined,
  kind: CampaignKind | undefined,
) => JSON.stringify({ content, connection_id: connectionId ?? undefined, contact_id: contactId, kind });

/** What is wrong with a message, found out at once: for those that are not previewed beside. */
export async function previewProblems(
  client: QueryClient,
  ...of: Parameters<typeof previewInput>
): Promise<FieldProblem[]> {
  return (await client.fetchQuery(previewQuery(previewInput(...of)))).problems ?? [];
}

const previewQuery = (input: string) =>
  queryOptions({
    queryKey: keys.preview(input),
    queryFn: ({ signal }) =>
      api.post<Preview>('/campaigns/preview', JSON.parse(input), { idempotencyKey: null, signal }),
    staleTime: 30_000,
    gcTime: 60_000,
    retry: false,
  });

/** The people that the preview can step through, and the one it stands on. */
export interface PreviewPeople {
  people: { id: string; name: string }[];
  at: number;
  setAt: (at: number) => void;
  more: boolean;
  current: { id: string; name: string } | undefined;
}
const atOnce = 100;

/** Everybody on a connection: an automation has no audience of its own. Who has what it is about comes first. */
export function usePreviewPeople(connectionId: string | null, automationId?: string): PreviewPeople {
  const { data } = useQuery({
    queryKey: keys.contacts({ connection_id: connectionId, limit: atOnce }),
    queryFn: ({ signal }) =>
      api.get<Page<Contact>>('/contacts', { connection_id: connectionId, limit: atOnce }, signal),
    staleTime: 60_000,
  });
  const { data: meant } = useQuery({
    queryKey: [...keys.campaign(automationId ?? ''), 'preview-people', connectionId],
    queryFn: ({ signal }) =>
      api.get<Page<PreviewPerson>>(
        `/campaigns/${automationId}/preview/people`,
        { connection_id: connectionId },
        signal,
      ),
    enabled: automationId !== undefined,
    staleTime: 60_000,
    retry: false,
  });
  const first = meant?.data.map((one) => ({ id: one.contact_id, name: one.name })) ?? [];
  const there = new Set(first.map(({ id }) => id));
  const others = data?.data.map((one) => ({ id: one.id, name: contactName(one) })) ?? [];
  return useStepping([...first, ...others.filter(({ id }) => !there.has(id))], Boolean(data?.next_cursor));
}

/** Whoever the stored audience would reach: nobody else's name makes the message what somebody reads. */
export function useAudiencePeople({ id, connection_id, audience }: Campaign): PreviewPeople {
  const filter = { part: 'reachable', limit: atOnce };
  const { data } = useQuery({
    queryKey: [...keys.audience(id), 'preview', connection_id, audience],
    queryFn: ({ signal }) =>
      api.get<Page<AudiencePerson>>(`/campaigns/${id}/audience/people`, filter, signal),
    enabled: connection_id !== null,
    staleTime: 60_000,
    retry: false,
  });
  const people = data?.data.map((one) => ({ id: one.contact_id, name: one.name })) ?? [];
  return useStepping(people, Boolean(data?.next_cursor));
}

function useStepping(people: PreviewPeople['people'], more: boolean): PreviewPeople {
  const [at, setAt] = useState(0);
  const place = people.length === 0 ? 0 : Math.min(at, people.length - 1);
  return { people, at: place, setAt, more, current: people[place] };
}

interface Props {
  /** Nothing was written yet. */
  blank?: boolean;
  people: PreviewPeople;
  preview: ReturnType<typeof usePreview>;
  botName: string;
  /** That of the connection; Telegram while none is chosen. */
  channel?: Channel | undefined;
  /** Another platform is looked at. */
  onShow?: (channel: Channel) => void;
}

export function LivePreview({ people, preview, botName, blank, channel = 'telegram', onShow }: Props) {
  const zone = useZone();
  const count = people.people.length;
  const step = (by: number) => people.setAt((people.at + by + count) % Math.max(1, count));
  const name = people.current?.name ?? preview.data?.contact?.name ?? null;
  return (
    <section className={css.preview} aria-label="Live preview">
      <div className={css.labelRow}>
        <h2>Live preview</h2>
        <span className="end t3 small">as the platform shows it</span>
      </div>
      <div className={css.switcher}>
        <span className="t3">As contact</span>
        {name ? (
          <>
            <Avatar name={name} size="small" />
            <span className="strong ellipsis grow" data-testid="preview-contact">
              {name}
            </span>
          </>
        ) : (
          <span className="grow t2">{preview.data && 'an invented person: nobody is here yet'}</span>
        )}
        {count > 1 && (
          <>
            <ActionIcon variant="subtle" aria-label="Previous contact" onClick={() => step(-1)}>
              <IconChevronLeft size={16} stroke={1.75} />
            </ActionIcon>
            <span className="t3 nowrap">
              {figure(people.at + 1)} / {figure(count)}
              {people.more ? '+' : ''}
            </span>
            <ActionIcon variant="subtle" aria-label="Next contact" onClick={() => step(1)}>
              <IconChevronRight size={16} stroke={1.75} />
            </ActionIcon>
          </>
        )}
      </div>
      {preview.data?.about && (
        <p className="t3 small" data-testid="preview-subject" style={{ margin: '-8px 0 12px 12px' }}>
          {subjectWords(preview.data.about, zone, name !== null)}
        </p>
      )}
      {preview.error && !preview.isFetching && (
        <div style={{ marginBottom: 12 }}>
          <Note tone="warn">The preview could not be drawn: {problemText(preview.error)}</Note>
        </div>
      )}
      {preview.data?.warnings?.map((warning) => (
        <div key={warning.detail} style={{ marginBottom: 12 }}>
          <Note tone="warn">{warning.detail}</Note>
        </div>
      ))}
      <PlatformPreviews
        platforms={preview.data?.platforms}
        channel={channel}
        onShow={onShow}
        name={botName}
        hint={missingWords({
          blank: blank ?? false,
          problems: preview.data?.problems ?? [],
          drawn: preview.data !== undefined,
          failed: preview.error !== null && !preview.isFetching,
        })}
        clock={clock(new Date().toISOString(), zone)}
      />
    </section>
  );
}
