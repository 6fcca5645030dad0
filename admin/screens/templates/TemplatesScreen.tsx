// Templates: your own, and the library that comes with Carillon. Each is used by filling its places.
import { Button } from '@mantine/core';
import { IconPlus, IconTemplate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { LibraryTemplate, Template } from '../../../contract/templates.ts';
import { keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { useMay, useZone } from '../../session.ts';
import { Tag } from '../../ui/Badge.tsx';
import { type Column, DataTable, usePhone } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { figure } from '../../ui/numbers.ts';
import { Page } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { BlockSkeleton, RowSkeletons } from '../../ui/Skeletons.tsx';
import { momentShort } from '../../ui/times.ts';
import { FillDialog } from './FillDialog.tsx';
import { TemplateMenu } from './TemplateMenu.tsx';
import css from './Templates.module.css';
import { categoryWords, groupWords, libraryQuery, withLabels } from './template-queries.ts';
import { ApprovedList } from './whatsapp/ApprovedList.tsx';

type Used = LibraryTemplate | Template;

export function TemplatesScreen() {
  const { show } = useSearch({ from: '/inside/templates' });
  const navigate = useNavigate({ from: '/templates' });
  const write = useMay('templates:write');
  const phone = usePhone();
  const [using, setUsing] = useState<Used | null>(null);
  const part = show === 'own' || show === 'archived' || show === 'approved' ? show : 'library';
  return (
    <Page
      title="Templates"
      actions={
        <ReasonButton
          reason={write.reason}
          leftSection={<IconPlus size={16} stroke={1.75} />}
          aria-label={part === 'approved' ? 'Add WhatsApp template' : 'Add template'}
          onClick={() =>
            void navigate({ to: part === 'approved' ? '/templates/whatsapp/new' : '/templates/new' })
          }
        >
          {phone ? 'Add' : 'Add template'}
        </ReasonButton>
      }
    >
      <FilterTabs
        label="Which templates"
        value={part}
        choices={[
          { value: 'library', label: 'Library' },
          { value: 'own', label: 'Your own' },
          { value: 'archived', label: 'Archived' },
          { value: 'approved', label: 'WhatsApp' },
        ]}
        onChange={(next) => void navigate({ search: { show: next === 'library' ? undefined : next } })}
      />
      {part === 'approved' ? (
        <ApprovedList />
      ) : part === 'library' ? (
        <Library onUse={setUsing} />
      ) : (
        <Own archived={part === 'archived'} onUse={setUsing} />
      )}
      {using && <FillDialog key={using.name} template={using} onClose={() => setUsing(null)} />}
    </Page>
  );
}

function Library({ onUse }: { onUse: (template: Used) => void }) {
  const { data, error, refetch } = useQuery(libraryQuery);
  const campaign = useMay('campaigns:write');
  if (error && !data)
    return (
      <ErrorState title="The library could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  if (!data) return <BlockSkeleton height={132} count={2} />;
  return Object.entries(groupWords).map(([category, title]) => (
    <section key={category} aria-label={title}>
      <h2 className={css.group}>{title}</h2>
      <ul className={css.cards}>
        {data.data
          .filter((one) => one.category === category)
          .map((one) => (
            <li key={one.key}>
              <div className={`card ${css.card}`}>
                <h3 className="strong" style={{ margin: 0, fontSize: 14 }}>
                  {one.name}
                </h3>
                <p className={css.words}>{withLabels(one.content.text, one.variables)}</p>
                <div className="row">
                  <ReasonButton
                    size="xs"
                    variant="default"
                    reason={campaign.reason}
                    aria-label={`Use in campaign: ${one.name}`}
                    onClick={() => onUse(one)}
                  >
                    Use in campaign
                  </ReasonButton>
                  <Button
                    size="xs"
                    variant="subtle"
                    component={Link}
                    to={`/templates/new?from=${one.key}`}
                    aria-label={`Make your own: ${one.name}`}
                  >
                    Make your own
                  </Button>
                </div>
              </div>
            </li>
          ))}
      </ul>
    </section>
  ));
}

function Own({ archived, onUse }: { archived: boolean; onUse: (template: Used) => void }) {
  const { search } = useSearch({ from: '/inside/templates' });
  const navigate = useNavigate({ from: '/templates' });
  const zone = useZone();
  const phone = usePhone();
  const write = useMay('templates:write');
  const campaign = useMay('campaigns:write');
  const filter = { search, archived: archived || undefined, limit: 50 };
  const list = usePages<Template>(keys.templates(filter), '/templates', filter);
  const { rows } = list;
  const put = (text: string | undefined) =>
    void navigate({ search: (now) => ({ ...now, search: text || undefined }), replace: true });
  const name = (row: Template) => (
    <Link
      to="/templates/$id"
      params={{ id: row.id }}
      className="ellipsis strong"
      dir="auto"
      style={{ color: 'var(--c-text)' }}
    >
      {row.name}
    </Link>
  );
  const columns: Column<Template>[] = [
    { key: 'name', header: 'Name', render: name },
    {
      key: 'category',
      header: 'Category',
      width: 128,
      render: (row) => <Tag>{categoryWords[row.category]}</Tag>,
    },
    {
      key: 'used',
      header: 'Campaigns',
      align: 'right',
      width: 104,
      render: (row) => (row.used_by === 0 ? <span className="t3">–</span> : figure(row.used_by)),
    },
    {
      key: 'version',
      header: 'Version',
      align: 'right',
      width: 88,
      from: 1200,
      render: (row) => row.version,
    },
    {
      key: 'updated',
      header: 'Changed',
      align: 'right',
      width: 184,
      from: 1200,
      render: (row) => <span className="t2">{momentShort(row.updated_at, zone)}</span>,
    },
    {
      key: 'use',
      header: 'Use',
      quiet: true,
      width: 148,
      render: (row) => (
        <ReasonButton
          size="xs"
          variant="default"
          reason={campaign.reason}
          aria-label={`Use in campaign: ${row.name}`}
          onClick={() => onUse(row)}
        >
          Use in campaign
        </ReasonButton>
      ),
    },
    {
      key: 'menu',
      header: 'Actions',
      quiet: true,
      width: 48,
      render: (row) => <TemplateMenu template={row} onUse={() => onUse(row)} />,
    },
  ];
  return (
    <>
      {(search || (rows && rows.length > 0)) && (
        <div className="row wrap" style={{ marginBottom: 12 }}>
          <SearchField
            label="Search by name"
            value={search ?? ''}
            width={phone ? '100%' : 280}
            onSearch={put}
          />
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
          title={
            search ? 'No template has this name' : archived ? 'No template is archived' : 'No templates yet'
          }
          actions={
            search || archived || !write.may ? undefined : (
              <Button component={Link} to="/templates/new" leftSection={<IconPlus size={16} stroke={1.75} />}>
                Add template
              </Button>
            )
          }
        >
          {search
            ? 'Try fewer letters.'
            : archived
              ? 'What is no longer needed can be archived; campaigns made from it stay as they are.'
              : 'A template is a message with places to fill, such as a code or a date. Begin with one of the library, or write your own.'}
        </EmptyState>
      ) : (
        <>
          <DataTable
            label="Templates"
            columns={columns}
            rows={rows ?? []}
            rowKey={(row) => row.id}
            stale={list.isPlaceholderData}
            onOpen={(row) => void navigate({ to: '/templates/$id', params: { id: row.id } })}
            card={(row) => (
              <>
                <div className="row">
                  <span className="grow">{name(row)}</span>
                  <TemplateMenu template={row} onUse={() => onUse(row)} />
                </div>
                <div className="row wrap" style={{ marginTop: 8 }}>
                  <Tag>{categoryWords[row.category]}</Tag>
                  <span className="t2 small end">
                    {withLabels(row.content.text, row.variables).slice(0, 80)}
                  </span>
                </div>
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
