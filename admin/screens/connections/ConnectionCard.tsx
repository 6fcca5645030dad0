// One connection: its state in words, what is wrong and the fix, test, new credentials, where to deliver, remove.
import { Button, Menu, Modal } from '@mantine/core';
import { IconDots, IconFlask, IconHelpCircle, IconKey, IconTrash, IconWebhook } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Connection, connectionTest } from '../../../contract/connections.ts';
import { api, keys } from '../../api.ts';
import { channelScreens, setupOf } from '../../channels/registry.ts';
import { useLiveState } from '../../live.ts';
import { useMay } from '../../session.ts';
import { Badge, Tag } from '../../ui/Badge.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure, people } from '../../ui/numbers.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { messagesPer } from '../../ui/rates.ts';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { ChannelTile } from '../frame/ChannelTile.tsx';
import { CircuitNotice } from './CircuitNotice.tsx';
import css from './Connections.module.css';
import { ConnectionBadge, connectionState } from './connection-state.tsx';
import { HealthFacts, HealthProblems } from './Health.tsx';
import { handleOf } from './handle.ts';
import { credentialsWords, ReplaceCredentials } from './ReplaceCredentials.tsx';

type TestResult = ReturnType<typeof connectionTest.parse>;

export function ConnectionCard({ connection }: { connection: Connection }) {
  const client = useQueryClient();
  const write = useMay('connections:write');
  const away = useLiveState() === 'paused';
  const testing = useAction();
  const removing = useAction();
  const [result, setResult] = useState<TestResult | null>(null);
  const [open, setOpen] = useState<'credentials' | 'webhook' | 'remove' | null>(null);
  const test = () =>
    testing.run(async () => {
      setResult(null);
      setResult(await api.post<TestResult>(`/connections/${connection.id}/test`));
      void client.invalidateQueries({ queryKey: keys.connections });
    });
  const remove = () =>
    removing.run(async () => {
      await api.delete(`/connections/${connection.id}`);
      setOpen(null);
      await client.invalidateQueries({ queryKey: keys.connections });
      tell(`${connection.name} removed`);
    });
  const words = credentialsWords(connection);
  const { name: platform, account, addressesArePhones } = factsOf(connection.channel);
  const Setup = setupOf(connection);
  // a platform that does not answer is told of by its circuit, and another token would not mend it
  const isBroken = connection.status === 'error';
  return (
    <article className={`card ${css.card}`} aria-label={connection.name}>
      <div className="row" style={{ gap: 12 }}>
        <ChannelTile channel={connection.channel} size={24} />
        <div className="grow">
          <h2 className="ellipsis">{connection.name}</h2>
          <div className="small t3 ellipsis">
            <Handle connection={connection} />
          </div>
        </div>
        {connection.sandbox && <Tag icon={<IconFlask size={12} aria-hidden />}>Sandbox</Tag>}
        {away ? (
          <Badge tone="mute" icon={<IconHelpCircle aria-hidden />}>
            Not known
          </Badge>
        ) : (
          <ConnectionBadge state={connectionState(connection)} />
        )}
      </div>
      {connection.problem && (isBroken || !connection.circuit) && (
        <Note
          tone={isBroken ? 'bad' : 'warn'}
          actions={
            isBroken &&
            write.may && (
              <button type="button" className="plain-button" onClick={() => setOpen('credentials')}>
                {words.replace}
              </button>
            )
          }
        >
          {connection.problem}
        </Note>
      )}
      <CircuitNotice connection={connection} />
      <HealthProblems health={connection.health} />
      <dl className={css.facts}>
        <div>
          <dt>{addressesArePhones ? 'People with a number' : 'Chats open'}</dt>
          <dd>
            {figure(connection.reachable_contacts)}
            {connection.finding_people &&
              `, ${figure(connection.finding_people.done)} of ${figure(connection.finding_people.total)} looked at`}
          </dd>
        </div>
        <div>
          <dt>Sends at most</dt>
          <dd>{messagesPer(connection.rate_per_second)}</dd>
        </div>
        <HealthFacts health={connection.health} />
        <div>
          <dt>Messages come in by</dt>
          <dd>{connection.receives_by === 'webhook' ? 'Webhook' : `Asking ${platform} (polling)`}</dd>
        </div>
      </dl>
      <div aria-live="polite">
        {result && <Note tone={result.ok ? 'ok' : 'bad'}>{result.detail}</Note>}
        {testing.error ? <Note tone="bad">The test did not work. {problemText(testing.error)}</Note> : null}
      </div>
      <div className="row">
        <ReasonButton variant="default" reason={write.reason} miw={124} onClick={() => void test()}>
          {testing.busy ? 'Testing' : 'Test connection'}
        </ReasonButton>
        <Button
          variant="subtle"
          aria-label={`Limits of ${connection.name}`}
          renderRoot={(props) => (
            <Link to="/connections/$id/limits" params={{ id: connection.id }} {...props} />
          )}
        >
          Limits
        </Button>
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="subtle" px={8} aria-label={`More for ${connection.name}`}>
              <IconDots size={16} stroke={1.75} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              disabled={!write.may}
              leftSection={<IconKey size={16} stroke={1.75} />}
              onClick={() => setOpen('credentials')}
            >
              {words.title}
            </Menu.Item>
            <Menu.Item
              disabled={!write.may}
              data-danger
              leftSection={<IconTrash size={16} stroke={1.75} />}
              onClick={() => setOpen('remove')}
            >
              Remove connection
            </Menu.Item>
            {Setup && (
              <Menu.Item
                disabled={!write.may}
                leftSection={<IconWebhook size={16} stroke={1.75} />}
                onClick={() => setOpen('webhook')}
              >
                Where {platform} delivers
              </Menu.Item>
            )}
            {!write.may && <Menu.Label>{write.reason}</Menu.Label>}
          </Menu.Dropdown>
        </Menu>
      </div>
      <ReplaceCredentials
        connection={connection}
        opened={open === 'credentials'}
        onClose={() => setOpen(null)}
      />
      <Modal
        opened={open === 'webhook'}
        onClose={() => setOpen(null)}
        title={`Where ${platform} delivers`}
        size={680}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {Setup && <Setup connection={connection} onDone={() => setOpen(null)} />}
      </Modal>
      <ConfirmDialog
        opened={open === 'remove'}
        title={`Remove ${connection.name}?`}
        action="Remove connection"
        busyLabel="Removing"
        danger
        busy={removing.busy}
        error={removing.error}
        onClose={() => setOpen(null)}
        onConfirm={() => void remove()}
      >
        {people(connection.reachable_contacts)} can no longer be reached through it, and messages to the{' '}
        {account} no longer arrive here. Contacts, threads and reports are kept. Campaigns that are being sent
        through it stop.
      </ConfirmDialog>
    </article>
  );
}

/** What people know it by, and the way to it where it is a real one. */
function Handle({ connection }: { connection: Connection }) {
  const { username } = connection.identity;
  if (!username) return 'No name yet';
  const link = connection.sandbox ? null : channelScreens[connection.channel].connecting?.linkTo(username);
  if (!link) return handleOf(connection);
  return (
    <a href={link.href} target="_blank" rel="noreferrer noopener">
      {link.words ?? handleOf(connection)}
    </a>
  );
}
