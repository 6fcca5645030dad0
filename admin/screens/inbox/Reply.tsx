// The field to answer with. Enter or ⌘↵ sends, Shift Enter breaks the line; what is typed stays until it is accepted. Where
// a person can be answered with templates only, a template is asked for instead.

import { ActionIcon, Button, Textarea } from '@mantine/core';
import {
  IconClock,
  IconFileText,
  IconMovie,
  IconPaperclip,
  IconSend,
  IconTemplate,
  IconX,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Conversation, Message } from '../../../contract/conversations.ts';
import type { Media } from '../../../contract/media.ts';
import { api, keys, newKey } from '../../api.ts';
import { useMay } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { FieldProblem, problemText } from '../../ui/FieldProblem.tsx';
import { figure } from '../../ui/numbers.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { channelWord } from '../frame/ChannelTile.tsx';
import css from './Reply.module.css';
import { TemplateReply } from './TemplateReply.tsx';
import { useReplyFiles } from './use-reply-files.ts';
import { useTyping } from './use-typing.ts';
import { useWindow } from './use-window.ts';

const longest = { text: 4096, caption: 1024 };
const accepted = 'image/*,video/mp4,.pdf,.doc,.docx';
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

interface Props {
  conversation: Conversation;
  quoted: Message | null;
  onQuoted: (message: Message | null) => void;
}

interface Choice {
  /** A template was asked for although the person can be answered freely. */
  byTemplate: boolean;
  onByTemplate: (byTemplate: boolean) => void;
}

export function Reply({ byTemplate, onByTemplate, ...props }: Props & Choice) {
  const { conversation } = props;
  const window = useWindow(conversation.window);
  const write = useMay('conversations:write');
  const isClosed = window?.open === false;
  if (window && (isClosed || byTemplate) && write.may)
    return (
      <div className={css.reply}>
        <TemplateReply
          conversation={conversation}
          onBack={isClosed ? undefined : () => onByTemplate(false)}
          onSent={() => onByTemplate(false)}
        />
      </div>
    );
  return (
    <FreeReply
      {...props}
      left={window?.left ?? null}
      onTemplate={window ? () => onByTemplate(true) : undefined}
    />
  );
}

interface FreeProps extends Props {
  /** Of the window; null: there is none. */
  left: string | null;
  onTemplate: (() => void) | undefined;
}

function FreeReply({ conversation, quoted, onQuoted, left, onTemplate }: FreeProps) {
  const { id, contact, channel } = conversation;
  const client = useQueryClient();
  const phone = usePhone();
  const write = useMay('conversations:write');
  const upload = useMay('media:write');
  const field = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(() => unsent(id));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const key = useRef(newKey());
  const facts = factsOf(channel);
  const attached = useReplyFiles(id, facts.filesPerMessage);
  const typing = useTyping(id, facts.showsTyping && write.may);
  const limit = attached.files.length > 0 ? longest.caption : longest.text;
  const over = text.trim().length - limit;
  const isEmpty = !text.trim() && attached.files.length === 0;

  const changed = () => {
    setError(null);
    key.current = newKey();
  };
  const put = (next: string) => {
    setText(next);
    keep(id, next);
    changed();
  };
  // whoever quotes a message writes next
  useEffect(() => {
    key.current = newKey();
    if (quoted) field.current?.focus();
  }, [quoted]);
  const send = async () => {
    if (busy || isEmpty || over > 0 || !write.may || attached.share !== null) return;
    setBusy(true);
    setError(null);
    try {
      const media = attached.files.map((file) => ({ media_id: file.id }));
      const body = { text: text.trim(), media, reply_to: quoted?.id ?? null };
      await api.post(`/conversations/${id}/messages`, body, { idempotencyKey: key.current });
      put('');
      attached.clear();
      onQuoted(null);
      await client.invalidateQueries({ queryKey: keys.messages(id) });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: keys.conversations() });
      // it also says whether the person can still be answered freely
      void client.invalidateQueries({ queryKey: keys.conversation(id) });
      field.current?.focus();
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && quoted) return onQuoted(null);
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    if (phone && !event.metaKey && !event.ctrlKey) return;
    event.preventDefault();
    void send();
  };
  const attach = (files: File[]) => {
    changed();
    attached.add(files);
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0 || !upload.may) return;
    event.preventDefault();
    attach(files);
  };
  return (
    <div className={css.reply}>
      {!contact.reachable && (
        <p className="small warn" style={{ marginBottom: 6 }}>
          {contact.name} cannot be reached at present
          {facts.tellsBlocking ? `: they have blocked ${facts.blocked} or never started it` : ''}. A reply
          will probably fail.
        </p>
      )}
      <div className={css.replyBox} data-error={Boolean(error) || over > 0 || undefined}>
        {left && (
          <div className={css.replyHead}>
            <span className={`end small t3 ${css.window}`}>
              <IconClock size={14} stroke={1.75} aria-hidden /> Free replies for {left}
            </span>
          </div>
        )}
        {quoted && (
          <div className={css.replyQuote}>
            <span className="small grow ellipsis">
              <span className="t3">
                Reply to {quoted.direction === 'out' ? 'your message' : contact.name}:{' '}
              </span>
              <bdi>{quoted.text}</bdi>
            </span>
            <ActionIcon size={24} variant="subtle" aria-label="Do not quote" onClick={() => onQuoted(null)}>
              <IconX size={14} stroke={1.75} />
            </ActionIcon>
          </div>
        )}
        {(attached.files.length > 0 || attached.share !== null) && (
          <div className={css.replyFiles}>
            {attached.files.map((file) => (
              <AttachedHere
                key={file.id}
                file={file}
                onRemove={() => {
                  changed();
                  attached.remove(file.id);
                }}
              />
            ))}
            {attached.share !== null && (
              <span className="small t3" role="status">
                Uploading, {Math.round(attached.share * 100)}%
              </span>
            )}
          </div>
        )}
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
          onChange={(event) => {
            put(event.currentTarget.value);
            if (event.currentTarget.value) typing();
          }}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <div className={css.replyFoot}>
          {write.may && upload.may && (
            <>
              <input
                ref={chooser}
                type="file"
                hidden
                multiple={facts.filesPerMessage > 1}
                accept={accepted}
                onChange={(event) => {
                  attach([...(event.currentTarget.files ?? [])]);
                  event.currentTarget.value = '';
                }}
              />
              <ActionIcon
                size={32}
                variant="subtle"
                aria-label="Attach a file"
                title={`Attach a file${facts.files.image?.mimes ? ` (${facts.files.image.types.replace(' or ', ', ')}, MP4, PDF, Word)` : ''}`}
                onClick={() => chooser.current?.click()}
              >
                <IconPaperclip size={18} stroke={1.75} />
              </ActionIcon>
            </>
          )}
          {write.may && onTemplate && (
            <Button
              size="xs"
              variant="subtle"
              leftSection={<IconTemplate size={16} stroke={1.75} />}
              onClick={onTemplate}
            >
              Template
            </Button>
          )}
          {text.length > limit - 300 && (
            <span className={over > 0 ? 'bad small' : 't3 small'}>
              {figure(text.trim().length)} / {figure(limit)}
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
              disabled={isEmpty || over > 0 || attached.share !== null}
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
            ? `Shorten the reply by ${figure(over)} characters${attached.files.length > 0 ? `: on ${channelWord(channel)} a file takes ${figure(limit)}` : ''}.`
            : (attached.problem ?? undefined)}
      </FieldProblem>
    </div>
  );
}

function AttachedHere({ file, onRemove }: { file: Media; onRemove: () => void }) {
  const isSeen = file.kind === 'image' || file.kind === 'animation';
  const Icon = file.kind === 'video' ? IconMovie : IconFileText;
  return (
    <span className={css.replyFile}>
      {isSeen ? <img src={file.url} alt="" /> : <Icon size={20} stroke={1.75} aria-hidden />}
      <span className="small ellipsis grow">{file.file_name}</span>
      <ActionIcon size={24} variant="subtle" aria-label={`Remove ${file.file_name}`} onClick={onRemove}>
        <IconX size={14} stroke={1.75} />
      </ActionIcon>
    </span>
  );
}
