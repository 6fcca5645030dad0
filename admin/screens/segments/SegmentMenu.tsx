// What can be done with a segment beside looking at it.
import { ActionIcon, Menu } from '@mantine/core';
import { IconCopy, IconDots, IconEdit, IconSpeakerphone, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Segment } from '../../../contract/segments.ts';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { tellProblem } from '../../ui/toast.tsx';
import { useNewCampaign } from '../campaigns/use-new-campaign.ts';
import { DeleteSegment } from './DeleteSegment.tsx';

export function SegmentMenu({ segment, onDeleted }: { segment: Segment; onDeleted?: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const write = useMay('segments:write');
  const send = useMay('campaigns:write');
  const campaign = useNewCampaign();
  const [deleting, setDeleting] = useState(false);
  if (!write.may) return null;
  const duplicate = async () => {
    try {
      const copy = await api.post<Segment>('/segments', {
        name: `${segment.name} (copy)`.slice(0, 120),
        rule: segment.rule ?? undefined,
      });
      void client.invalidateQueries({ queryKey: keys.segments() });
      await navigate({ to: '/segments/$id/edit', params: { id: copy.id } });
    } catch (error) {
      tellProblem('The segment could not be duplicated', error);
    }
  };
  return (
    <>
      <Menu position="bottom-end" width={176}>
        <Menu.Target>
          <ActionIcon variant="subtle" aria-label={`Actions for ${segment.name}`}>
            <IconDots size={16} stroke={1.75} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            component={Link}
            to={`/segments/${segment.id}/edit`}
            leftSection={<IconEdit size={16} stroke={1.75} />}
          >
            {segment.kind === 'rule' ? 'Edit' : 'Rename'}
          </Menu.Item>
          {send.may && (
            <Menu.Item
              leftSection={<IconSpeakerphone size={16} stroke={1.75} />}
              onClick={() => campaign.add({ segment_ids: [segment.id] })}
            >
              Write a campaign
            </Menu.Item>
          )}
          {segment.kind === 'rule' && (
            <Menu.Item leftSection={<IconCopy size={16} stroke={1.75} />} onClick={() => void duplicate()}>
              Duplicate
            </Menu.Item>
          )}
          <Menu.Item
            data-danger
            leftSection={<IconTrash size={16} stroke={1.75} />}
            onClick={() => setDeleting(true)}
          >
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <DeleteSegment
        segment={segment}
        opened={deleting}
        onClose={() => setDeleting(false)}
        onDeleted={onDeleted}
      />
    </>
  );
}
