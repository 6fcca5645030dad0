// What can be done with a template beside opening it.
import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArchive,
  IconArchiveOff,
  IconDots,
  IconEdit,
  IconSpeakerphone,
  IconTrash,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Template } from '../../../contract/templates.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { tell, tellProblem } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';

export function TemplateMenu({ template, onUse }: { template: Template; onUse: () => void }) {
  const client = useQueryClient();
  const write = useMay('templates:write');
  const campaign = useMay('campaigns:write');
  const [deleting, setDeleting] = useState(false);
  const { busy, error, run } = useAction();
  const again = () => void client.invalidateQueries({ queryKey: keys.templates() });
  const archive = async () => {
    try {
      await api.patch(`/templates/${template.id}`, { archived: !template.archived });
      again();
      tell(template.archived ? 'Template is back among your own' : 'Template archived');
    } catch (problem) {
      tellProblem('The template could not be archived', problem);
    }
  };
  const remove = () =>
    run(async () => {
      await api.delete(`/templates/${template.id}`);
      setDeleting(false);
      again();
      tell('Template deleted');
    });
  if (!write.may && !campaign.may) return null;
  return (
    <>
      <Menu position="bottom-end" width={176}>
        <Menu.Target>
          <ActionIcon variant="subtle" aria-label={`Actions for ${template.name}`}>
            <IconDots size={16} stroke={1.75} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {campaign.may && (
            <Menu.Item leftSection={<IconSpeakerphone size={16} stroke={1.75} />} onClick={onUse}>
              Use in campaign
            </Menu.Item>
          )}
          {write.may && (
            <>
              <Menu.Item
                component={Link}
                to={`/templates/${template.id}`}
                leftSection={<IconEdit size={16} stroke={1.75} />}
              >
                Edit
              </Menu.Item>
              <Menu.Item
                leftSection={
                  template.archived ? (
                    <IconArchiveOff size={16} stroke={1.75} />
                  ) : (
                    <IconArchive size={16} stroke={1.75} />
                  )
                }
                onClick={() => void archive()}
              >
                {template.archived ? 'Take back' : 'Archive'}
              </Menu.Item>
              <Menu.Item
                data-danger
                leftSection={<IconTrash size={16} stroke={1.75} />}
                onClick={() => setDeleting(true)}
              >
                Delete
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={deleting}
        title="Delete template?"
        action="Delete template"
        busyLabel="Deleting"
        danger
        busy={busy}
        error={error}
        onConfirm={() => void remove()}
        onClose={() => setDeleting(false)}
      >
        “{template.name}” goes with all its versions. This cannot be undone. Campaigns made from it keep their
        message.
      </ConfirmDialog>
    </>
  );
}
