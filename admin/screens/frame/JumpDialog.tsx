// ⌘K: type, arrow, Enter. Places of the panel; campaigns, segments and people by name.
import { Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFilter, IconSearch, IconSpeakerphone, IconUser } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Contact } from '../../../contract/contacts.ts';
import type { Page } from '../../../contract/lists.ts';
import type { Segment } from '../../../contract/segments.ts';
import { api, keys } from '../../api.ts';
import { homeOf } from '../campaigns/status.tsx';
import { contactName } from '../contacts/contact-name.ts';
import css from './JumpDialog.module.css';
import type { Place } from './places.ts';

interface Goal {
  key: string;
  label: string;
  kind: string;
  icon: ReactNode;
  go: () => void;
}

export function JumpDialog(props: { opened: boolean; places: readonly Place[]; onClose: () => void }) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      withCloseButton={false}
      size={560}
      yOffset={80}
      centered={false}
      title="Search or jump to"
      classNames={{ header: 'sr-only' }}
      styles={{ body: { padding: 0 } }}
    >
      {props.opened && <Jump places={props.places} onClose={props.onClose} />}
    </Modal>
  );
}

function Jump({ places, onClose }: { places: readonly Place[]; onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const [search] = useDebouncedValue(text.trim(), 200);
  const found = useQuery({
    queryKey: keys.jump(search),
    enabled: search.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const [campaigns, segments, contacts] = await Promise.all([
        api.get<Page<Campaign>>('/campaigns', { search, limit: 6 }, signal),
        api.get<Page<Segment>>('/segments', { search, limit: 4 }, signal),
        api.get<Page<Contact>>('/contacts', { search, limit: 6 }, signal),
      ]);
      return { campaigns: campaigns.data, segments: segments.data, contacts: contacts.data };
    },
  });
  const wanted = text.trim().toLocaleLowerCase();
  const goals: Goal[] = places
    .filter((place) => place.label.toLocaleLowerCase().includes(wanted))
    .map((place) => ({
      key: place.to,
      label: place.label,
      kind: 'Go to',
      icon: <place.icon size={16} stroke={1.75} aria-hidden />,
      go: () => void navigate({ to: place.to }),
    }));
  if (wanted && found.data) {
    for (const campaign of found.data.campaigns)
      goals.push({
        key: campaign.id,
        label: campaign.name,
        kind: 'Campaign',
        icon: <IconSpeakerphone size={16} stroke={1.75} aria-hidden />,
        go: () =>
          void navigate({
            to: homeOf(campaign),
            params: { id: campaign.id },
          }),
      });
    for (const segment of found.data.segments)
      goals.push({
        key: segment.id,
        label: segment.name,
        kind: 'Segment',
        icon: <IconFilter size={16} stroke={1.75} aria-hidden />,
        go: () => void navigate({ to: '/segments/$id', params: { id: segment.id } }),
      });
    for (const contact of found.data.contacts)
      goals.push({
        key: contact.id,
        label: contactName(contact),
        kind: 'Contact',
        icon: <IconUser size={16} stroke={1.75} aria-hidden />,
        go: () => void navigate({ to: '/contacts/$id', params: { id: contact.id } }),
      });
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first goal is active again after each key
  useEffect(() => setActive(0), [text]);
  const open = (goal: Goal | undefined) => {
    if (!goal) return;
    onClose();
    goal.go();
  };
  return (
    <>
      <TextInput
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls="jump-goals"
        aria-activedescendant={goals[active] ? `jump-${goals[active].key}` : undefined}
        aria-label="Search or jump to"
        placeholder="A screen, a campaign, a segment or a person"
        value={text}
        size="lg"
        variant="unstyled"
        px={12}
        leftSection={<IconSearch size={16} stroke={1.75} aria-hidden />}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            const step = event.key === 'ArrowDown' ? 1 : -1;
            setActive((active + step + goals.length) % Math.max(1, goals.length));
          }
          if (event.key === 'Enter') open(goals[active]);
        }}
      />
      <div id="jump-goals" role="listbox" aria-label="Results" className={css.goals}>
        {goals.map((goal, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above carries the keyboard
          <div
            key={goal.key}
            id={`jump-${goal.key}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={css.goal}
            onMouseMove={() => setActive(index)}
            onClick={() => open(goal)}
          >
            {goal.icon}
            <span className="ellipsis grow">{goal.label}</span>
            <span className="t3 small">{goal.kind}</span>
          </div>
        ))}
      </div>
      {goals.length === 0 && (
        <p className={css.none}>{found.isFetching ? 'Searching' : `Nothing is called “${text.trim()}”.`}</p>
      )}
    </>
  );
}
