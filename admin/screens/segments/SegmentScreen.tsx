// One segment: who it means, how many, who came and went, and what counts on it.
import { ActionIcon, Button } from '@mantine/core';
import { IconArrowLeft, IconEdit, IconPlus, IconRefresh } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Rule } from '../../../contract/rules.ts';
import type { Segment } from '../../../contract/segments.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { Tag } from '../../ui/Badge.tsx';
import { usePhone } from '../../ui/DataTable.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { problemText } from '../../ui/FieldProblem.tsx';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure } from '../../ui/numbers.ts';
import { Page, Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { momentShort } from '../../ui/times.ts';
import { useAction } from '../../ui/use-action.ts';
import { NotFound } from '../frame/Strays.tsx';
import { AddPeople } from './AddPeople.tsx';
import { Changes } from './Changes.tsx';
import { Members } from './Members.tsx';
import { RuleText } from './RuleText.tsx';
import { SegmentMenu } from './SegmentMenu.tsx';
import css from './Segments.module.css';
import { segmentQuery } from './segment-query.ts';
import { kindWord } from './segment-words.tsx';
import { UsedBy } from './UsedBy.tsx';

const parts = ['people', 'changes', 'used_by'] as const;

export function SegmentScreen() {
  const { id } = useParams({ from: '/inside/segments/$id' });
  const { data, error, refetch } = useQuery(segmentQuery(id));
  if (error && !data)
    return error instanceof ApiProblem && error.status === 404 ? (
      <NotFound what="This segment" />
    ) : (
      <ErrorState title="The segment could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  if (!data)
    return (
      <Page title="Segment" sunken>
        <BlockSkeleton height={140} count={2} />
      </Page>
    );
  return <Loaded segment={data} />;
}

function Loaded({ segment }: { segment: Segment }) {
  const search = useSearch({ from: '/inside/segments/$id' });
  const navigate = useNavigate({ from: '/segments/$id' });
  const phone = usePhone();
  const write = useMay('segments:write');
  const [adding, setAdding] = useState(false);
  const part = parts.find((one) => one === search.part) ?? 'people';
  const isList = segment.kind === 'static';
  return (
    <Page
      title={segment.name}
      sunken
      before={
        <ActionIcon variant="subtle" aria-label="Back to segments" component={Link} to="/segments">
          <IconArrowLeft size={16} stroke={1.75} />
        </ActionIcon>
      }
      aside={!phone && <Tag>{kindWord(segment)}</Tag>}
      actions={
        <>
          {isList ? (
            <ReasonButton
              reason={write.reason}
              leftSection={<IconPlus size={16} stroke={1.75} />}
              onClick={() => setAdding(true)}
            >
              Add people
            </ReasonButton>
          ) : (
            <ReasonButton
              reason={write.reason}
              leftSection={<IconEdit size={16} stroke={1.75} />}
              onClick={() => void navigate({ to: '/segments/$id/edit', params: { id: segment.id } })}
            >
              {phone ? 'Edit' : 'Edit rule'}
            </ReasonButton>
          )}
          <SegmentMenu segment={segment} onDeleted={() => void navigate({ to: '/segments' })} />
        </>
      }
    >
      <div className={css.main}>
        {segment.problems.length > 0 && (
          <Note tone="warn">{[...new Set(segment.problems.map((one) => one.detail))].join(' ')}</Note>
        )}
        <Section title={isList ? 'People in this list' : 'Who is meant'}>
          <div className={css.head}>
            <Figure segment={segment} />
            {segment.rule ? (
              <RuleText rule={segment.rule as Rule} />
            ) : (
              <p className="t2">
                Kept by hand: people are in it from the time you add them until you remove them.
              </p>
            )}
          </div>
        </Section>
        <div>
          <FilterTabs
            label="Part"
            value={part}
            choices={[
              { value: 'people', label: 'People' },
              { value: 'changes', label: 'Entered and left' },
              { value: 'used_by', label: 'Used by' },
            ]}
            onChange={(next) =>
              void navigate({ search: { part: next === 'people' ? undefined : next }, replace: true })
            }
          />
        </div>
        {part === 'people' && <Members segment={segment} onAdd={() => setAdding(true)} />}
        {part === 'changes' && <Changes segment={segment} />}
        {part === 'used_by' && (
          <Section title="Used by">
            <UsedBy id={segment.id} />
          </Section>
        )}
      </div>
      <AddPeople segment={segment} opened={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}

function Figure({ segment }: { segment: Segment }) {
  const client = useQueryClient();
  const zone = useZone();
  const { busy, error, run } = useAction();
  const count = () =>
    run(async () => {
      const next = await api.post<Segment>(`/segments/${segment.id}/check`);
      client.setQueryData(keys.segment(segment.id), next);
      void client.invalidateQueries({ queryKey: keys.segment(segment.id) });
      void client.invalidateQueries({ queryKey: keys.segments() });
    });
  return (
    <div>
      <p className={css.number} data-testid="segment-count">
        {segment.count === null ? '–' : figure(segment.count)}
      </p>
      <p className="t3 small">
        {segment.counted_at
          ? `${segment.count === 1 ? 'person' : 'people'} as of ${momentShort(segment.counted_at, zone)}`
          : (segment.count_problem ?? 'Being counted')}
      </p>
      {segment.counted_at && segment.count_problem && <p className="warn small">{segment.count_problem}</p>}
      {error ? <p className="bad small">{problemText(error)}</p> : null}
      {segment.kind === 'rule' && (
        <Button
          size="xs"
          variant="default"
          mt={8}
          miw={96}
          leftSection={<IconRefresh size={14} stroke={1.75} />}
          onClick={() => void count()}
        >
          {busy ? 'Counting' : 'Count now'}
        </Button>
      )}
    </div>
  );
}
