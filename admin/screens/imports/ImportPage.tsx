// The frame of one import: its file's name, the way back to all imports, and the way to discard it before it starts.
import { ActionIcon } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { ContactImport } from '../../../contract/imports.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { Page } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { ForCampaign } from './ForCampaign.tsx';
import css from './Imports.module.css';

interface Props {
  item: ContactImport;
  aside?: ReactNode;
  footer?: ReactNode;
  children: ReactNode;
}

export function ImportPage({ item, aside, footer, children }: Props) {
  const client = useQueryClient();
  const { campaign } = useSearch({ from: '/inside/contacts/import/$id' });
  const navigate = useNavigate();
  const write = useMay('imports:write');
  const discarding = useAction();
  const [asking, setAsking] = useState(false);
  const underWay = item.status === 'queued' || item.status === 'running';
  const started = item.status !== 'mapping';
  const verb = started ? 'Remove' : 'Discard';
  const discard = () =>
    discarding.run(async () => {
      await api.delete(`/imports/${item.id}`);
      void client.invalidateQueries({ queryKey: keys.works('import') });
      tell(started ? 'Removed from the list of imports' : 'The file is discarded');
      await navigate({ to: '/contacts/import', search: { campaign } });
    });
  return (
    <Page
      title={item.file_name}
      sunken
      aside={aside}
      before={
        <ActionIcon
          variant="subtle"
          aria-label="All imports"
          renderRoot={(root) => <Link {...root} to="/contacts/import" search={{ campaign }} />}
        >
          <IconChevronLeft size={20} stroke={1.75} />
        </ActionIcon>
      }
      actions={
        underWay ? undefined : (
          <ReasonButton variant="subtle" reason={write.reason} onClick={() => setAsking(true)}>
            {verb}
          </ReasonButton>
        )
      }
      footer={footer}
    >
      <div className={css.work}>
        {campaign && <ForCampaign id={campaign} />}
        {children}
      </div>
      <ConfirmDialog
        opened={asking}
        title={`${verb} ${item.file_name}`}
        action={verb}
        busyLabel={started ? 'Removing' : 'Discarding'}
        busy={discarding.busy}
        error={discarding.error}
        danger
        onClose={() => setAsking(false)}
        onConfirm={() => void discard()}
      >
        {started
          ? 'The file, the report and this entry go. The people who were imported stay.'
          : 'The file and what was decided about its columns go. Nobody was written.'}
      </ConfirmDialog>
    </Page>
  );
}
