// The attributes of contacts that are declared: name, kind of value, description. What is declared is checked wherever
// contacts are written.
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconListDetails, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AttributeDeclaration } from '../../../contract/attributes.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { Tag } from '../../ui/Badge.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useAttributes } from '../contact/AttributesPart.tsx';
import { typeWords } from '../contact/attribute-values.ts';
import { AttributeDialog } from './AttributeDialog.tsx';

export function Attributes() {
  const write = useMay('attributes:write');
  const list = useAttributes();
  const [editing, setEditing] = useState<AttributeDeclaration | 'new' | null>(null);
  const [deleting, setDeleting] = useState<AttributeDeclaration | null>(null);
  const rows = list.data?.data ?? [];
  const add = (
    <ReasonButton
      reason={write.reason}
      leftSection={<IconPlus size={16} stroke={1.75} />}
      onClick={() => setEditing('new')}
    >
      Declare attribute
    </ReasonButton>
  );
  const menu = (row: AttributeDeclaration) => (
    <Menu position="bottom-end" width={176}>
      <Menu.Target>
        <ActionIcon variant="subtle" aria-label={`Actions for ${row.name}`}>
          <IconDots size={16} stroke={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          disabled={!write.may}
          leftSection={<IconPencil size={16} stroke={1.75} />}
          onClick={() => setEditing(row)}
        >
          Change
        </Menu.Item>
        <Menu.Item
          data-danger
          disabled={!write.may}
          leftSection={<IconTrash size={16} stroke={1.75} />}
          onClick={() => setDeleting(row)}
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
  const columns: Column<AttributeDeclaration>[] = [
    {
      key: 'name',
      header: 'Name',
      width: '32%',
      render: (row) => <span className="mono ellipsis">{row.name}</span>,
    },
    { key: 'type', header: 'Holds', width: 130, render: (row) => <Tag>{typeWords[row.type]}</Tag> },
    {
      key: 'description',
      header: 'Description',
      render: (row) => <span className="t2">{row.description ?? '–'}</span>,
    },
    { key: 'menu', header: 'Actions', quiet: true, width: 48, align: 'right', render: menu },
  ];
  return (
    <Section
      title="Contact attributes"
      aside={rows.length > 0 && add}
      help="What your shop knows about people beyond their profile. A declared attribute takes values of its kind only, from the API, from imports and here; a name that is not declared takes anything."
    >
      {list.isPending ? (
        <RowSkeletons rows={3} />
      ) : list.error && !list.data ? (
        <ErrorState
          title="The attributes could not be loaded"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : rows.length === 0 ? (
        <EmptyState
          icon={<IconListDetails size={28} stroke={1.5} />}
          title="No attribute is declared yet"
          actions={add}
        >
          Declare what your shop sends, such as a birthday or a shoe size: a wrong value is then refused where
          it is written, and segments compare numbers as numbers and dates as dates.
        </EmptyState>
      ) : (
        <DataTable
          label="Declared attributes"
          columns={columns}
          rows={rows}
          rowKey={(row) => row.name}
          card={(row) => (
            <div className="row" style={{ alignItems: 'flex-start' }}>
              <div className="grow col" style={{ gap: 4 }}>
                <span className="row wrap">
                  <span className="mono">{row.name}</span>
                  <Tag>{typeWords[row.type]}</Tag>
                </span>
                {row.description && <span className="small t2">{row.description}</span>}
              </div>
              {menu(row)}
            </div>
          )}
        />
      )}
      {editing && (
        <AttributeDialog known={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      )}
      <Delete row={deleting} onClose={() => setDeleting(null)} />
    </Section>
  );
}

function Delete({ row, onClose }: { row: AttributeDeclaration | null; onClose: () => void }) {
  const client = useQueryClient();
  const removing = useAction();
  const remove = () =>
    removing
      .run(async () => {
        await api.delete(`/attributes/${row?.name}`);
        await client.invalidateQueries({ queryKey: keys.attributes });
        tell('Declaration deleted');
      })
      .then((well) => well && onClose());
  return (
    <ConfirmDialog
      opened={row !== null}
      title={`Delete the declaration of ${row?.name ?? ''}?`}
      action="Delete declaration"
      busyLabel="Deleting"
      danger
      busy={removing.busy}
      error={removing.error}
      onClose={onClose}
      onConfirm={() => void remove()}
    >
      Contacts keep their values under this name. From then on it takes anything.
    </ConfirmDialog>
  );
}
