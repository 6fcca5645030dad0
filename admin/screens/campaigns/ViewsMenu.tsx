// Views: the list's filters and order under a name; one's own, or shared with the team.
import { Button, Menu, Modal, Switch, TextInput } from '@mantine/core';
import { IconBookmark, IconCheck, IconChevronDown, IconTrash, IconUsersGroup } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { View, ViewList } from '../../../contract/views.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { tell, tellProblem } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';

interface Props {
  /** What a view of the list as it stands would keep. */
  query: Record<string, string>;
  onOpen: (query: Record<string, string>) => void;
}

const asText = (query: Record<string, string>) =>
  JSON.stringify(Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1)));

export function ViewsMenu({ query, onOpen }: Props) {
  const client = useQueryClient();
  const write = useMay('campaigns:write');
  const [saving, setSaving] = useState(false);
  const { data } = useQuery({
    queryKey: keys.views('campaigns'),
    queryFn: ({ signal }) => api.get<ViewList>('/views', { screen: 'campaigns' }, signal),
    staleTime: 60_000,
  });
  const views = data?.data ?? [];
  const now = asText(query);
  const on = views.find((view) => asText(view.query) === now);
  const remove = async (view: View) => {
    try {
      await api.delete(`/views/${view.id}`);
      await client.invalidateQueries({ queryKey: keys.views('campaigns') });
      tell(`View “${view.name}” deleted`);
    } catch (error) {
      tellProblem('The view could not be deleted', error);
    }
  };
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconBookmark size={16} stroke={1.75} />}
            rightSection={<IconChevronDown size={14} />}
          >
            <span className="ellipsis" style={{ maxWidth: 140 }}>
              {on?.name ?? 'Views'}
            </span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.length === 0 && <Menu.Label>No view is saved yet</Menu.Label>}
          {views.map((view) => (
            <Menu.Item
              key={view.id}
              leftSection={
                view === on ? (
                  <IconCheck size={16} />
                ) : view.shared ? (
                  <IconUsersGroup size={16} />
                ) : (
                  <IconBookmark size={16} />
                )
              }
              onClick={() => onOpen(view.query)}
            >
              {view.name}
              {view.shared && <span className="sr-only">, shared</span>}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            disabled={Object.keys(query).length === 0 || on !== undefined}
            onClick={() => setSaving(true)}
          >
            Save this view
          </Menu.Item>
          {on && (
            <Menu.Item
              color="red"
              disabled={on.shared && !write.may}
              leftSection={<IconTrash size={16} />}
              onClick={() => void remove(on)}
            >
              Delete this view
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={saving}
        onClose={() => setSaving(false)}
        title="Save this view"
        size={420}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {saving && <SaveView query={query} mayShare={write.reason} onDone={() => setSaving(false)} />}
      </Modal>
    </>
  );
}

/** `mayShare`: why not; undefined: yes. */
function SaveView(props: {
  query: Record<string, string>;
  mayShare: string | undefined;
  onDone: () => void;
}) {
  const client = useQueryClient();
  const { busy, error, run } = useAction();
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const save = () =>
    run(async () => {
      await api.post<View>('/views', { screen: 'campaigns', name: name.trim(), query: props.query, shared });
      await client.invalidateQueries({ queryKey: keys.views('campaigns') });
      tell(`View “${name.trim()}” saved`);
      props.onDone();
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) void save();
      }}
      style={{ display: 'grid', gap: 16 }}
    >
      <TextInput
        label="Name"
        data-autofocus
        value={name}
        maxLength={60}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Switch
        label="Share it with the team"
        description={props.mayShare}
        disabled={props.mayShare !== undefined}
        checked={shared}
        onChange={(event) => setShared(event.currentTarget.checked)}
      />
      {error ? <Note tone="bad">{problemText(error)}</Note> : null}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={props.onDone}>
          Go back
        </Button>
        <Button type="submit" miw={120} disabled={!name.trim()} aria-disabled={busy || undefined}>
          {busy ? 'Saving' : 'Save view'}
        </Button>
      </div>
    </form>
  );
}
