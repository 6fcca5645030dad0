// The templates that WhatsApp approves, of all numbers: what each says, whether it can be sent, and when WhatsApp was last asked.

import { Button, NativeSelect } from '@mantine/core';
import { IconPlus, IconRefresh, IconTemplate } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Connection } from '../../../../contract/connections.ts';
import {
  partOf,
  type WhatsAppTemplate,
  type WhatsAppTemplateSync,
} from '../../../../contract/whatsapp-templates.ts';
import { api, keys } from '../../../api.ts';
import { usePages } from '../../../paging.ts';
import { connectionsQuery, useMay, useZone } from '../../../session.ts';
import { Tag } from '../../../ui/Badge.tsx';
import { type Column, DataTable, usePhone } from '../../../ui/DataTable.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { LoadMore } from '../../../ui/LoadMore.tsx';
import { Note } from '../../../ui/Note.tsx';
import { figure } from '../../../ui/numbers.ts';
import { ReasonButton } from '../../../ui/ReasonButton.tsx';
import { SearchField } from '../../../ui/SearchField.tsx';
import { RowSkeletons } from '../../../ui/Skeletons.tsx';
import { since } from '../../../ui/times.ts';
import { tell, tellProblem } from '../../../ui/toast.tsx';
import { withinSentence } from '../../../ui/within-sentence.ts';
import { labelOfConnection } from '../../connections/handle.ts';
import { languageName } from './languages.ts';
import { categoryWord, stateChoices, TemplateQuality, TemplateState } from './template-state.tsx';
import css from './WhatsAppTemplates.module.css';
import { numbersOf, syncsQuery } from './whatsapp-queries.ts';

export function ApprovedList() {
  const { data: connections, error, refetch } = useQuery(connectionsQuery);
  const numbers = numbersOf(connections?.data);
  if (error && !connections)
    return (
      <ErrorState title="Your numbers could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  if (!connections) return <RowSkeletons />;
  if (numbers.length === 0)
    return (
      <EmptyState
        icon={<IconTemplate size={32} stroke={1.5} />}
        title="No WhatsApp number is connected"
        actions={
          <Button component={Link} to="/connections">
            Connect a number
          </Button>
        }
      >
        WhatsApp lets a business write first only with templates that it has approved. Connect a number to see
        its templates here and to write new ones.
      </EmptyState>
    );
  return <Templates numbers={numbers} />;
}

function Templates({ numbers }: { numbers: Connection[] }) {
  const { search, status, number } = useSearch({ from: '/inside/templates' });
  const navigate = useNavigate({ from: '/templates' });
  const phone = usePhone();
  const write = useMay('templates:write');
  const filter = { search, status, connection_id: number, limit: 50 };
  const list = usePages<WhatsAppTemplate>(keys.whatsappTemplates(filter), '/whatsapp_templates', filter);
  const { rows } = list;
  const isFiltered = Boolean(search || status || number);
  const put = (part: {
    search?: string | undefined;
    status?: string | undefined;
    number?: string | undefined;
  }) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true });
  const nameOf = (id: string) => labelOf(numbers.find((one) => one.id === id));
  return (
    <>
      <Syncs numbers={numbers} />
      {(isFiltered || (rows && rows.length > 0)) && (
        <div className={`row wrap ${css.bar}`}>
          <SearchField
            label="Search by name"
            value={search ?? ''}
            width={phone ? '100%' : 240}
            onSearch={(text) => put({ search: text || undefined })}
          />
          <NativeSelect
            aria-label="Status"
            data={[{ value: '', label: 'Any status' }, ...stateChoices]}
            value={status ?? ''}
            onChange={(event) => put({ status: event.currentTarget.value || undefined })}
          />
          {numbers.length > 1 && (
            <NativeSelect
              aria-label="Number"
              data={[
                { value: '', label: 'All numbers' },
                ...numbers.map(({ id, name }) => ({ value: id, label: name })),
              ]}
              value={number ?? ''}
              onChange={(event) => put({ number: event.currentTarget.value || undefined })}
            />
          )}
        </div>
      )}
      {list.isPending ? (
        <RowSkeletons />
      ) : list.error && !rows ? (
        <ErrorState
          title="Templates could not be loaded"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : rows?.length === 0 ? (
        <EmptyState
          icon={<IconTemplate size={32} stroke={1.5} />}
          title={isFiltered ? 'No template fits' : 'No templates at WhatsApp yet'}
          actions={
            isFiltered || !write.may ? undefined : (
              <Button
                component={Link}
                to="/templates/whatsapp/new"
                leftSection={<IconPlus size={16} stroke={1.75} />}
              >
                Write a template
              </Button>
            )
          }
        >
          {isFiltered
            ? 'Try fewer letters or another status.'
            : 'WhatsApp lets a business write first only with templates that it has approved. Most are judged within minutes.'}
        </EmptyState>
      ) : (
        <>
          <DataTable
            label="Templates approved by WhatsApp"
            columns={columnsOf(numbers.length > 1 ? nameOf : null)}
            rows={rows ?? []}
            rowKey={(row) => row.id}
            stale={list.isPlaceholderData}
            onOpen={(row) => void navigate({ to: '/templates/whatsapp/$id', params: { id: row.id } })}
            card={(row) => (
              <>
                <div className="row">
                  <span className="grow">
                    <Name row={row} />
                  </span>
                  <TemplateState status={row.status} />
                </div>
                <div className="row wrap" style={{ marginTop: 8 }}>
                  <Tag>{categoryWord(row.category)}</Tag>
                  <Tag>{row.language}</Tag>
                  <TemplateQuality quality={row.quality} />
                </div>
                <p className="t2 small ellipsis" style={{ margin: '8px 0 0' }} dir="auto">
                  {bodyOf(row)}
                </p>
              </>
            )}
          />
          <LoadMore
            shown={rows?.length ?? 0}
            total={list.total}
            one="template"
            many="templates"
            hasMore={list.hasNextPage}
            loading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        </>
      )}
    </>
  );
}

const bodyOf = (row: WhatsAppTemplate) => partOf(row.components, 'BODY')?.text ?? '';

function Name({ row }: { row: WhatsAppTemplate }) {
  return (
    <Link
      to="/templates/whatsapp/$id"
      params={{ id: row.id }}
      className="ellipsis strong"
      style={{ color: 'var(--c-text)' }}
    >
      {row.name}
    </Link>
  );
}

function columnsOf(numberOf: ((id: string) => string) | null): Column<WhatsAppTemplate>[] {
  return [
    { key: 'name', header: 'Name', render: (row) => <Name row={row} /> },
    {
      key: 'text',
      header: 'Text',
      from: 1200,
      render: (row) => (
        <span className="t2 ellipsis" dir="auto">
          {bodyOf(row)}
        </span>
      ),
    },
    {
      key: 'language',
      header: 'Language',
      width: 128,
      from: 1200,
      render: (row) => <span className="ellipsis">{languageName(row.language)}</span>,
    },
    {
      key: 'category',
      header: 'Category',
      width: 128,
      render: (row) => <Tag>{categoryWord(row.category)}</Tag>,
    },
    { key: 'status', header: 'Status', width: 136, render: (row) => <TemplateState status={row.status} /> },
    {
      key: 'quality',
      header: 'Quality',
      width: 136,
      render: (row) => <TemplateQuality quality={row.quality} />,
    },
    ...(numberOf
      ? [
          {
            key: 'number',
            header: 'Number',
            width: 184,
            from: 1360 as const,
            render: (row: WhatsAppTemplate) => (
              <span className="ellipsis">{numberOf(row.connection_id)}</span>
            ),
          },
        ]
      : []),
    {
      key: 'used',
      header: 'Campaigns',
      align: 'right',
      width: 104,
      render: (row) => (row.campaigns === 0 ? <span className="t3">–</span> : figure(row.campaigns)),
    },
  ];
}

/** When each number's templates were last read, with the way to read them now. */
function Syncs({ numbers }: { numbers: Connection[] }) {
  const { data } = useQuery(syncsQuery);
  const client = useQueryClient();
  const zone = useZone();
  const write = useMay('templates:write');
  const [busy, setBusy] = useState(false);
  const syncs = (data?.data ?? []).filter((one) => numbers.some(({ id }) => id === one.connection_id));
  const nameOf = (sync: WhatsAppTemplateSync) => labelOf(numbers.find(({ id }) => id === sync.connection_id));
  const last = syncs
    .map((one) => one.synced_at)
    .filter((at) => at !== null)
    .toSorted()[0];
  const syncAll = async () => {
    if (busy) return;
    setBusy(true);
    try {
      for (const { id } of numbers) await api.post('/whatsapp_templates/sync', { connection_id: id });
      tell('Templates are as WhatsApp has them');
    } catch (problem) {
      tellProblem('Templates could not be read from WhatsApp', problem);
    }
    setBusy(false);
    await client.invalidateQueries({ queryKey: keys.whatsappTemplates() });
  };
  return (
    <>
      <div className={`row wrap ${css.syncs}`}>
        <span className="t2 small">
          {last ? `Read from WhatsApp ${withinSentence(since(last, zone))}` : 'Not read from WhatsApp yet'}
        </span>
        <ReasonButton
          size="xs"
          variant="default"
          reason={write.reason}
          leftSection={<IconRefresh size={14} stroke={1.75} />}
          onClick={() => void syncAll()}
        >
          {busy ? 'Reading' : 'Sync'}
        </ReasonButton>
      </div>
      {syncs
        .filter(({ problem }) => problem !== null)
        .map((one) => (
          <div key={one.connection_id} className={css.bar}>
            <Note tone="warn">
              {nameOf(one)}: templates could not be read. {one.problem}
            </Note>
          </div>
        ))}
    </>
  );
}

const labelOf = (number: Connection | undefined) => (number ? labelOfConnection(number) : '');
