// Nobody knows whether an unknown message arrived. A person decides: send it again, or count it as sent.
import { Button, Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Delivery } from '../../../contract/deliveries.ts';
import type { SendingWait } from '../../../contract/waits.ts';
import { api, keys } from '../../api.ts';
import { useZone } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { tell } from '../../ui/toast.tsx';
import { waitWords } from './wait-words.ts';

interface Props {
  campaignId: string;
  delivery: Delivery | null;
  /** What keeps messages from going out at this moment: a resend waits for it too. */
  wait: SendingWait | null;
  onClose: () => void;
}

export function SettleDialog({ campaignId, delivery, wait, onClose }: Props) {
  const zone = useZone();
  const client = useQueryClient();
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const settle = async (verb: 'resend' | 'count_as_sent') => {
    if (busy || !delivery) return;
    setBusy(verb);
    setError(null);
    try {
      await api.post(`/deliveries/${delivery.id}/${verb}`);
      void client.invalidateQueries({ queryKey: keys.deliveries(campaignId) });
      void client.invalidateQueries({ queryKey: keys.report(campaignId) });
      void client.invalidateQueries({ queryKey: keys.reconciliation(campaignId) });
      void client.invalidateQueries({ queryKey: keys.campaign(campaignId) });
      tell(verb === 'resend' ? 'The message is sent again' : 'Counted as sent');
      onClose();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(null);
    }
  };
  return (
    <Modal
      opened={delivery !== null}
      onClose={onClose}
      title={`Did ${delivery?.contact_name ?? 'this person'} get it?`}
      size={480}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <p className="t2">
        {delivery?.detail ?? 'The answer never came'}. The message may have arrived. Look at the thread or ask
        the person, then decide. Sending again can mean that they get it twice.
        {wait && ` ${waitWords(wait, zone)}`}
      </p>
      {error ? (
        <div style={{ marginTop: 12 }}>
          <Note tone="bad">{problemText(error)}</Note>
        </div>
      ) : null}
      <div className="row wrap" style={{ marginTop: 16, justifyContent: 'flex-end' }}>
        <Button variant="subtle" data-autofocus onClick={onClose}>
          Leave it unknown
        </Button>
        <Button variant="default" miw={120} onClick={() => void settle('resend')}>
          {busy === 'resend' ? 'Sending' : 'Resend'}
        </Button>
        <Button miw={120} onClick={() => void settle('count_as_sent')}>
          {busy === 'count_as_sent' ? 'Saving' : 'Count as sent'}
        </Button>
      </div>
    </Modal>
  );
}
