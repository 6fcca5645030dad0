// What WhatsApp says of a template at present, why, and what to do; with the way to delete it.
import { Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { WhatsAppTemplate } from '../../../../contract/whatsapp-templates.ts';
import { api, keys } from '../../../api.ts';
import { useMay } from '../../../session.ts';
import { Tag } from '../../../ui/Badge.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { Note } from '../../../ui/Note.tsx';
import { Section } from '../../../ui/Page.tsx';
import { tell } from '../../../ui/toast.tsx';
import { useAction } from '../../../ui/use-action.ts';
import { categoryWord, TemplateQuality, TemplateState } from './template-state.tsx';

interface Props {
  template: WhatsAppTemplate;
  /** Made of parts that can be written here. */
  isWritable: boolean;
  onGone: () => void;
}

export function Standing({ template, isWritable, onGone }: Props) {
  const client = useQueryClient();
  const write = useMay('templates:write');
  const [deleting, setDeleting] = useState(false);
  const { busy, error, run, clear } = useAction();
  const remove = () =>
    run(async () => {
      await api.delete(`/whatsapp_templates/${template.id}`);
      setDeleting(false);
      void client.invalidateQueries({ queryKey: keys.whatsappTemplates() });
      tell(`${template.name} (${template.language}) was deleted`);
      onGone();
    });
  const { campaigns, previous_category: before } = template;
  return (
    <Section title="At WhatsApp">
      <div className="row wrap">
        <TemplateState status={template.status} />
        <span className="t2 small">Quality</span>
        <TemplateQuality quality={template.quality} />
        <Tag>{categoryWord(template.category)}</Tag>
        {write.may && template.status !== 'DELETED' && (
          <Button
            className="end"
            size="xs"
            variant="subtle"
            data-danger
            leftSection={<IconTrash size={14} stroke={1.75} />}
            onClick={() => {
              clear();
              setDeleting(true);
            }}
          >
            Delete
          </Button>
        )}
      </div>
      {template.cannot_send && (
        <div style={{ marginTop: 12 }}>
          <Note tone={template.status === 'PENDING' ? 'info' : 'warn'}>
            {template.cannot_send}
            {template.reason && (
              <div style={{ marginTop: 4 }}>WhatsApp’s reason: {template.reason.words}</div>
            )}
          </Note>
        </div>
      )}
      {!isWritable && (
        <div style={{ marginTop: 12 }}>
          <Note tone="info">
            It has parts that cannot be written here. Change it in the WhatsApp Manager.
          </Note>
        </div>
      )}
      <p className="t2 small" style={{ margin: '12px 0 0' }}>
        {campaigns === 0
          ? 'No campaign uses it at present.'
          : `${campaigns === 1 ? 'One campaign uses' : `${campaigns} campaigns use`} it. WhatsApp judges each change anew, and takes one change of an approved template in 24 hours.`}
        {before &&
          before !== template.category &&
          ` WhatsApp put it from ${categoryWord(before)} into ${categoryWord(template.category)}.`}
      </p>
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
        {template.name} in {template.language} goes at WhatsApp as well. This cannot be undone. The name of an
        approved template cannot be used again for 30 days.
      </ConfirmDialog>
    </Section>
  );
}
