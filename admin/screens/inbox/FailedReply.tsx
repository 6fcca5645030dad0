// Below a reply that failed: send it again, or a template where WhatsApp takes nothing else.
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Message } from '../../../contract/conversations.ts';
import { api, keys, newKey } from '../../api.ts';
import { tellProblem } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { wayOn } from './failed-reply.ts';

export interface Failed {
  conversationId: string;
  /** Opens the choice of a template; undefined: the channel knows none. */
  onTemplate: (() => void) | undefined;
}

export function FailedReply({ message, failed }: { message: Message; failed: Failed }) {
  const { conversationId: id, onTemplate } = failed;
  const client = useQueryClient();
  const sending = useAction();
  // pressed twice it is one message
  const key = useRef(newKey());
  const way = wayOn(message);
  if (way === null || (way === 'template' && !onTemplate)) return null;
  const again = () =>
    void sending.run(async () => {
      try {
        const body = { text: message.text, reply_to: message.reply_to?.message_id ?? null };
        await api.post(`/conversations/${id}/messages`, body, { idempotencyKey: key.current });
        key.current = newKey();
        await client.invalidateQueries({ queryKey: keys.messages(id) });
        void client.invalidateQueries({ queryKey: keys.conversations() });
      } catch (error) {
        tellProblem('The reply was not sent', error);
      }
      void client.invalidateQueries({ queryKey: keys.conversation(id) });
    });
  return (
    <div style={{ marginTop: 4, textAlign: 'end' }}>
      <Button size="xs" variant="default" onClick={way === 'template' ? onTemplate : again}>
        {way === 'template' ? 'Send a template' : sending.busy ? 'Sending' : 'Try again'}
      </Button>
    </div>
  );
}
