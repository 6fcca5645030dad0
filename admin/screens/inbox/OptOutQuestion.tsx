// "May want to stop: please decide": what a person wrote may be an opt-out, and only somebody who reads it can tell.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Contact } from '../../../contract/contacts.ts';
import type { Conversation } from '../../../contract/conversations.ts';
import { api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { momentShort } from '../../ui/times.ts';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { channelWord } from '../frame/ChannelTile.tsx';
import { channelsInWords, stillReached } from './consent-words.ts';
import css from './Inbox.module.css';

interface Props {
  conversation: Conversation;
  /** The question is gone, and with it the button that had the focus. */
  onDecided: () => void;
}

export function OptOutQuestion({ conversation, onDecided }: Props) {
  const { id, contact, opt_out_question: question } = conversation;
  const client = useQueryClient();
  const zone = useZone();
  const write = useMay('conversations:write');
  const deciding = useAction();
  const [chosen, setChosen] = useState<boolean | null>(null);
  const { data: person } = useQuery({
    queryKey: keys.contact(contact.id),
    queryFn: ({ signal }) => api.get<Contact>(`/contacts/${contact.id}`, undefined, signal),
    enabled: question !== null,
  });
  if (!question) return null;
  const others = person ? stillReached(person).filter((one) => one !== conversation.channel) : [];
  const decide = (optOut: boolean) => {
    setChosen(optOut);
    void deciding.run(async () => {
      try {
        const decided = await api.post<Conversation>(`/conversations/${id}/opt_out_decision`, {
          opt_out: optOut,
        });
        client.setQueryData(keys.conversation(id), decided);
        tell(
          optOut
            ? `${contact.name} gets no more campaigns on ${channelWord(conversation.channel)}`
            : 'Kept as it was',
        );
        onDecided();
      } finally {
        // somebody else may have decided meanwhile
        void client.invalidateQueries({ queryKey: keys.conversations() });
        void client.invalidateQueries({ queryKey: keys.messages(id) });
        void client.invalidateQueries({ queryKey: keys.contact(contact.id) });
        void client.invalidateQueries({ queryKey: keys.consent(contact.id) });
      }
    });
  };
  return (
    <section className={css.question} aria-label="May want to stop">
      <Note tone="warn">
        <div className="strong">May want to stop: please decide</div>
        <div>
          “<bdi className={css.quote}>{question.wording}</bdi>”, {momentShort(question.at, zone)}. Until you
          decide, nothing is changed: campaigns go on.
          {others.length > 0 &&
            ` Opting out here is for ${channelWord(conversation.channel)}; ${channelsInWords(others)} stays as it is: under Consent they can be opted out everywhere.`}
        </div>
        {deciding.error ? <div role="alert">{problemText(deciding.error)}</div> : null}
        <div className="row wrap" style={{ marginTop: 8 }}>
          <ReasonButton size="xs" reason={write.reason} miw={92} onClick={() => decide(true)}>
            {deciding.busy && chosen ? 'Saving' : 'Opt out'}
          </ReasonButton>
          <ReasonButton
            size="xs"
            variant="default"
            reason={write.reason}
            miw={124}
            onClick={() => decide(false)}
          >
            {deciding.busy && !chosen ? 'Saving' : 'Not an opt-out'}
          </ReasonButton>
        </div>
      </Note>
    </section>
  );
}
