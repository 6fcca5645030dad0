// A connection's name and new credentials for it; what is left empty stays.
import { Modal } from '@mantine/core';
import type { Connection } from '../../../contract/connections.ts';
import { channelScreens } from '../../channels/registry.ts';

/** What the menu and the notes call it. */
export function credentialsWords({ channel }: Connection): { title: string; replace: string } {
  const { credentials } = channelScreens[channel].connecting ?? { credentials: 'credentials' };
  return { title: `Name and ${credentials}`, replace: `Replace the ${credentials}` };
}

interface Props {
  connection: Connection;
  opened: boolean;
  onClose: () => void;
}

export function ReplaceCredentials({ connection, opened, onClose }: Props) {
  const Form = channelScreens[connection.channel].connecting?.NewCredentials;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={credentialsWords(connection).title}
      size={480}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {opened && Form && <Form connection={connection} onClose={onClose} />}
    </Modal>
  );
}
