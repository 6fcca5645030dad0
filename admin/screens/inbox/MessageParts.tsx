// What stands around the text of a message: what it answers, header and footer, buttons and list of WhatsApp, reactions, and
// what an operator can do with it.
import { ActionIcon, Popover } from '@mantine/core';
import { IconCornerUpLeft, IconList, IconMoodSmile } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Message } from '../../../contract/conversations.ts';
import { api, keys } from '../../api.ts';
import { tellProblem } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import type { Failed } from './FailedReply.tsx';
import css from './MessageParts.module.css';

export const messageAnchor = (id: string) => `message-${id}`;

/** The message that is answered, with the way to it while it is loaded. */
export function Quote({ of, contactName }: { of: NonNullable<Message['reply_to']>; contactName: string }) {
  const id = of.message_id;
  const who = id === null ? null : of.direction === 'out' ? 'You' : contactName;
  const body = (
    <>
      {who && <span className={css.quoteWho}>{who}</span>}
      <span className={css.quoteText} dir="auto">
        {id === null ? 'A message that is not here' : of.text || 'A message without text'}
      </span>
    </>
  );
  if (id === null) return <div className={css.quote}>{body}</div>;
  return (
    <button
      type="button"
      className={css.quote}
      title="Show this message"
      onClick={() =>
        document.getElementById(messageAnchor(id))?.scrollIntoView({ block: 'center', behavior: 'smooth' })
      }
    >
      {body}
    </button>
  );
}

export function Replies({ message }: { message: Message }) {
  const { replies, list } = message;
  if (replies.length === 0 && !list) return null;
  return (
    <ul className={css.replies} aria-label={list ? `List: ${list.button}` : 'Buttons'}>
      {replies.map((title, index) => (
        <li key={`${title}${String(index)}`}>{title}</li>
      ))}
      {list && (
        <li>
          <IconList size={14} stroke={1.75} aria-hidden /> {list.button}
          <span className="small t3">{list.rows.map(({ title }) => title).join(', ')}</span>
        </li>
      )}
    </ul>
  );
}

export function Reactions({ message, contactName }: { message: Message; contactName: string }) {
  if (message.reactions.length === 0) return null;
  return (
    <div className={css.reactions}>
      {message.reactions.map(({ by, emoji }) => {
        const who = by === 'workspace' ? 'You' : contactName;
        return (
          <span key={by} title={`${who}: ${emoji}`}>
            <span className="sr-only">{who} reacted with </span>
            {emoji}
          </span>
        );
      })}
    </div>
  );
}

const usual = ['👍', '❤️', '😂', '🙏', '🎉', '👀'];

export interface Doing {
  conversationId: string;
  /** Undefined: this message cannot be quoted. */
  onQuote: (() => void) | undefined;
  /** The platform shows reactions of ours on it. */
  canReact: boolean;
  /** What can be done where it failed; undefined: nothing. */
  failed?: Failed | undefined;
}

export function MessageActions({ message, doing }: { message: Message; doing: Doing }) {
  const { onQuote, canReact } = doing;
  const mine = message.reactions.find(({ by }) => by === 'workspace')?.emoji ?? null;
  if (!onQuote && !canReact) return null;
  return (
    <span className={css.actions}>
      {onQuote && (
        <ActionIcon
          size={24}
          variant="subtle"
          aria-label="Quote this message"
          title="Quote this message"
          onClick={onQuote}
        >
          <IconCornerUpLeft size={15} stroke={1.75} />
        </ActionIcon>
      )}
      {canReact && <ReactMenu message={message} mine={mine} conversationId={doing.conversationId} />}
    </span>
  );
}

function ReactMenu(props: { message: Message; mine: string | null; conversationId: string }) {
  const { message, mine, conversationId } = props;
  const client = useQueryClient();
  const saving = useAction();
  const [opened, setOpened] = useState(false);
  const put = (emoji: string | null) => {
    setOpened(false);
    void saving.run(async () => {
      try {
        await api.post(`/messages/${message.id}/react`, { emoji });
        await client.invalidateQueries({ queryKey: keys.messages(conversationId) });
      } catch (error) {
        tellProblem('The reaction was not sent', error);
      }
    });
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="top" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon
          size={24}
          variant="subtle"
          aria-label="React to this message"
          title="React to this message"
          aria-expanded={opened}
          loading={saving.busy}
          onClick={() => setOpened(!opened)}
        >
          <IconMoodSmile size={15} stroke={1.75} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={4}>
        <fieldset className={css.emojis} aria-label="Reactions">
          {usual.map((emoji) => (
            <button
              key={emoji}
              type="button"
              aria-pressed={emoji === mine}
              aria-label={emoji === mine ? `Take back ${emoji}` : `React with ${emoji}`}
              onClick={() => put(emoji === mine ? null : emoji)}
            >
              {emoji}
            </button>
          ))}
        </fieldset>
      </Popover.Dropdown>
    </Popover>
  );
}
