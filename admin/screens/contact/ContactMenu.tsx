// What can be done with a person as a whole.
import { ActionIcon, Menu } from '@mantine/core';
import { IconArrowsJoin, IconDots, IconDownload, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Contact } from '../../../contract/contacts.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { contactName } from '../contacts/contact-name.ts';
import { MergeDialog } from './MergeDialog.tsx';

export function ContactMenu({ contact }: { contact: Contact }) {
  const write = useMay('contacts:write');
  const erase = useMay('contacts:erase');
  const [asking, setAsking] = useState<'erase' | 'merge' | null>(null);
  return (
    <>
      <Menu position="bottom-end" width={208}>
        <Menu.Target>
          <ActionIcon variant="default" size={32} aria-label={`Actions for ${contactName(contact)}`}>
            <IconDots size={16} stroke={1.75} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            disabled={!write.may}
            leftSection={<IconArrowsJoin size={16} stroke={1.75} />}
            onClick={() => setAsking('merge')}
          >
            Merge with another
          </Menu.Item>
          <Menu.Item
            component="a"
            href={api.href(`/contacts/${contact.id}/export`)}
            download
            leftSection={<IconDownload size={16} stroke={1.75} />}
          >
            Download their data
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            data-danger
            disabled={!erase.may}
            leftSection={<IconTrash size={16} stroke={1.75} />}
            onClick={() => setAsking('erase')}
          >
            Erase
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asking === 'merge' && <MergeDialog contact={contact} onClose={() => setAsking(null)} />}
      <EraseDialog contact={contact} opened={asking === 'erase'} onClose={() => setAsking(null)} />
    </>
  );
}

function EraseDialog(props: { contact: Contact; opened: boolean; onClose: () => void }) {
  const { contact, opened, onClose } = props;
  const client = useQueryClient();
  const navigate = useNavigate();
  const erasing = useAction();
  const name = contactName(contact);
  const erase = () =>
    erasing.run(async () => {
      await api.delete(`/contacts/${contact.id}`);
      await navigate({ to: '/contacts' });
      client.removeQueries({ queryKey: keys.contact(contact.id) });
      client.removeQueries({ queryKey: keys.timeline(contact.id) });
      void client.invalidateQueries({ queryKey: keys.contacts() });
      tell('Contact erased');
    });
  return (
    <ConfirmDialog
      opened={opened}
      title={`Erase ${name}?`}
      action="Erase contact"
      busyLabel="Erasing"
      danger
      busy={erasing.busy}
      error={erasing.error}
      onClose={onClose}
      onConfirm={() => void erase()}
    >
      Profile, addresses, messages, events, orders, notes, consent and merges of {name} are removed for good.
      Reports of campaigns keep their numbers. This cannot be taken back. Whoever has a right to a copy gets
      it by “Download their data” first.
    </ConfirmDialog>
  );
}
