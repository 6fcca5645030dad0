// What to connect: a Telegram bot or a WhatsApp number. In a dialog of the connections, and as a step of the first set-up.
import { Button, Modal, SegmentedControl } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Channel, Connection } from '../../../contract/connections.ts';
import { allChannels, channelScreens, setupOf } from '../../channels/registry.ts';
import { tell } from '../../ui/toast.tsx';
import css from './Connections.module.css';

export function AddConnection({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [connected, setConnected] = useState<Connection | null>(null);
  const Setup = connected && setupOf(connected);
  const tellOfIt = useConnectedNews();
  const close = () => {
    setConnected(null);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={connected ? `${connected.name}: set up the webhook` : 'Add connection'}
      size={680}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {opened &&
        (connected && Setup ? (
          <Setup connection={connected} onDone={close} />
        ) : (
          <ConnectionForm
            onDone={(connection) => {
              tellOfIt(connection);
              if (setupOf(connection)) setConnected(connection);
              else close();
            }}
            back={
              <Button variant="default" onClick={close}>
                Go back
              </Button>
            }
          />
        ))}
    </Modal>
  );
}

interface FormProps {
  onDone: (connection: Connection) => void;
  back: React.ReactNode;
}

const kinds = allChannels.flatMap((value) => {
  const { connecting } = channelScreens[value];
  return connecting ? [{ value, label: connecting.label }] : [];
});

export function ConnectionForm({ onDone, back }: FormProps) {
  const [kind, setKind] = useState<Channel>('telegram');
  const Form = channelScreens[kind].connecting?.Form;
  return (
    <div className={css.form}>
      <SegmentedControl fullWidth aria-label="What to connect" data={kinds} value={kind} onChange={setKind} />
      {Form && <Form onDone={onDone} back={back} />}
    </div>
  );
}

/** Says that it is connected, and where its simulated people are. */
export function useConnectedNews(): (connection: Connection) => void {
  const navigate = useNavigate();
  return ({ name, sandbox }) => {
    if (!sandbox) return tell(`${name} is connected`);
    tell(`${name} is connected, its people are on the simulated phones`, {
      label: 'Open the phones',
      run: () => void navigate({ to: '/sandbox-phones' }),
    });
  };
}
