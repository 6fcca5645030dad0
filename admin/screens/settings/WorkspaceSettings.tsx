// The workspace's name, zone and currency; how the panel looks; where the API is described.
import { SegmentedControl, Select, TextInput, useMantineColorScheme } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Me, Workspace } from '../../../contract/workspaces.ts';
import { api, keys } from '../../api.ts';
import { useMay, useMe } from '../../session.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell } from '../../ui/toast.tsx';
import { UnsavedChanges } from '../../ui/UnsavedChanges.tsx';
import { useAction } from '../../ui/use-action.ts';
import { ZoneField } from '../../ui/ZoneField.tsx';
import { schemes } from '../frame/PersonMenu.tsx';
import { currencies } from './currencies.ts';
import css from './Settings.module.css';
import { TestPeople } from './TestPeople.tsx';

export function WorkspaceSettings() {
  const client = useQueryClient();
  const { workspace } = useMe();
  const write = useMay('workspace:write');
  const [name, setName] = useState(workspace.name);
  const [zone, setZone] = useState(workspace.time_zone);
  const [currency, setCurrency] = useState(workspace.currency);
  const { busy, error, run } = useAction();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!write.may) return;
    await run(async () => {
      const saved = await api.patch<Workspace>('/workspace', {
        name,
        time_zone: zone,
        currency,
        version: workspace.version,
      });
      client.setQueryData<Me>(keys.me, (old) => old && { ...old, workspace: saved });
      tell('Workspace saved');
    });
  };
  const elsewhere = problemElsewhere(error, ['/name', '/time_zone', '/currency']);
  const changed = name !== workspace.name || zone !== workspace.time_zone || currency !== workspace.currency;
  return (
    <>
      <Section title="Workspace">
        <form onSubmit={(event) => void save(event)} className={css.form} noValidate>
          <UnsavedChanges when={write.may && changed} what="the workspace" />
          {elsewhere && <Note tone="bad">{elsewhere}</Note>}
          <TextInput
            label="Name"
            description="Your shop’s name, as your team sees it."
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            value={name}
            disabled={!write.may}
            error={problemAt(error, '/name')}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ZoneField
            label="Time zone"
            description="Times in the panel are shown in this zone."
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            value={zone}
            disabled={!write.may}
            error={problemAt(error, '/time_zone')}
            onChange={(value) => value && setZone(value)}
          />
          <Select
            label="Currency"
            description="What people spent is summed up in it. Orders in another currency count as orders, not as money."
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            searchable
            limit={80}
            data={currencies}
            value={currency}
            disabled={!write.may}
            error={problemAt(error, '/currency')}
            onChange={(value) => value && setCurrency(value)}
          />
          <div>
            <ReasonButton type="submit" reason={write.reason} disabled={write.may && !changed} miw={124}>
              {busy ? 'Saving' : 'Save changes'}
            </ReasonButton>
          </div>
        </form>
      </Section>
      <TestPeople />
      <Section title="Appearance" help="Kept in this browser.">
        <SegmentedControl
          aria-label="Appearance"
          value={colorScheme}
          data={schemes.map(({ value, label }) => ({ value, label }))}
          onChange={(value) => setColorScheme(value as (typeof schemes)[number]['value'])}
        />
      </Section>
      <Section title="API" help="Everything this panel does, programs can do too.">
        <a href="/api/docs" target="_blank" rel="noreferrer" className="row" style={{ width: 'fit-content' }}>
          API reference
          <IconExternalLink size={14} stroke={1.75} aria-hidden />
        </a>
      </Section>
    </>
  );
}
