// The field to answer with. Enter or ⌘↵ sends, Shift Enter breaks the line; what is typed stays until it is accepted.
import { Textarea } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { Conversation } from '../../../contract/conversations.ts';
import { api, keys, newKey } from '../../api.ts';
import { useMay } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { FieldProblem, problemText } from '../../ui/FieldProblem.tsx';
import { figure } from '../../ui/numbers.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import css from './Inbox.module.css';

const longest = 4096;
/** Unsent text by conversation, in this tab: another conversation or a new start of the page loses nothing. */
const place = (id: string) => `carillon-reply-${id}`;
function unsent(id: string): string {
  return sessionStorage.getItem(place(id)) ?? '';
}
function keep(id: string, text: string): void {
  try {
    if (text) sessionStorage.setItem(place(id), text);
    else sessionStorage.removeItem(place(id));
  } catch {
    // A browser without room for it: the text is still in the field.
  }
}

export function Reply({ conversation }: { conversation: Conversation }) {
  const { id, contact } = conversation;
  const client = useQueryClient();
  const phone = usePhone();
  const write = useMay('conversations:write');
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => unsent(id));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const key = useRef(newKey());
  const over = text.length - longest;

  const put = (next: string) => {
    setText(next);
    keep(id, next);
    setError(null);
    key.current = newKey();
  };
  const send = async () => {
    if (busy || !text.trim() || over > 0 || !write.may) return;
    setBusy(true);
    setError(null);
    try {
      await api.post(`/conversations/${id}/messages`, { text: text.trim() }, { idempotencyKey: key.current });
      put('');
      await client.invalidateQueries({ queryKey: keys.messages(id) });
      void client.invalidateQueries({ queryKey: keys.conversations() });
      void client.invalidateQueries({ queryKey: keys.conversation(id) });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
      field.current?.focus();
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    if (phone && !event.metaKey && !event.ctrlKey) return;
    event.preventDefault();
    void send();
  };
  return (
    <div className={css.reply}>
      {!contact.reachable && (
        <p className="small warn" style={{ marginBottom: 6 }}>
          {contact.name} cannot be reached at present: they have blocked the bot or never started it. A reply
          will probably fail.
        </p>
      )}
      <div className={css.replyBox} data-error={Boolean(error) || over > 0 || undefined}>
        <Textarea
          ref={field}
          aria-label="Reply"
          placeholder={write.may ? 'Write a reply' : write.reason}
          variant="unstyled"
          autosize
          minRows={phone ? 1 : 2}
          maxRows={8}
          value={text}
          disabled={!write.may}
          classNames={{ input: css.replyArea }}
          onChange={(event) => put(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <div className={css.replyFoot}>
          {text.length > longest - 300 && (
            <span className={over > 0 ? 'bad small' : 't3 small'}>
              {figure(text.length)} / {figure(longest)}
            </span>
          )}
          <span className="end row">
            {!phone && (
              <span className="t3 small" aria-hidden>
                <kbd>Enter</kbd> sends, <kbd>Shift Enter</kbd> breaks the line
              </span>
            )}
            <ReasonButton
              reason={write.reason}
              disabled={!text.trim() || over > 0}
              miw={88}
              leftSection={<IconSend size={16} stroke={1.75} />}
              onClick={() => void send()}
            >
              {busy ? 'Sending' : 'Send'}
            </ReasonButton>
          </span>
        </div>
      </div>
      <FieldProblem>
        {error
          ? `Not sent. ${problemText(error)}`
          : over > 0
            ? `Shorten the reply by ${figure(over)} characters.`
            : undefined}
      </FieldProblem>
    </div>
  );
}
