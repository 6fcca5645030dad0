// One conversation: everything said, both ways, the field to answer, and who the person is.

import { ActionIcon, Button, Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconCheck, IconChevronLeft, IconInfoCircle, IconRotate } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Conversation, Message } from '../../../contract/conversations.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { connectionsQuery, useMay, useZone } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { usePhone } from '../../ui/DataTable.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ThreadSkeleton } from '../../ui/PageSkeletons.tsx';
import { phoneText } from '../../ui/phones.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { dayHeading } from '../../ui/times.ts';
import { tellProblem } from '../../ui/toast.tsx';
import { labelOfConnection } from '../connections/handle.ts';
import { ChannelTile, channelWord } from '../frame/ChannelTile.tsx';
import { NotFound } from '../frame/Strays.tsx';
import { ConsentDialog, type ConsentVerb } from './ConsentDialog.tsx';
import { ContactPanel } from './ContactPanel.tsx';
import css from './Inbox.module.css';
import { MessageItem } from './MessageItem.tsx';
import { OptOutQuestion } from './OptOutQuestion.tsx';
import { Reply } from './Reply.tsx';
import { useWindow } from './use-window.ts';

/** From here on the panel has a column of its own; below, it comes in a drawer. */
const panelFrom = '(min-width: 1181px)';

export function ThreadScreen() {
  const { id } = useParams({ from: '/inside/inbox/$id' });
  const conversation = useQuery({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }) => api.get<Conversation>(`/conversations/${id}`, undefined, signal),
  });
  if (conversation.error && !conversation.data)
    return conversation.error instanceof ApiProblem && conversation.error.status === 404 ? (
      <NotFound what="This conversation" />
    ) : (
      <ErrorState
        title="The conversation could not be loaded"
        error={conversation.error}
        safe="No message is lost."
        onRetry={() => void conversation.refetch()}
      />
    );
  if (!conversation.data) return <ThreadSkeleton />;
  return <Thread key={id} conversation={conversation.data} />;
}

function Thread({ conversation }: { conversation: Conversation }) {
  const { id, contact } = conversation;
  const client = useQueryClient();
  const phone = usePhone();
  const zone = useZone();
  const write = useMay('conversations:write');
  const roomForPanel = useMediaQuery(panelFrom, undefined, { getInitialValueInEffect: false }) ?? true;
  const [showing, setShowing] = useState(false);
  const [consent, setConsent] = useState<ConsentVerb | null>(null);
  const [busy, setBusy] = useState(false);
  const [byTemplate, setByTemplate] = useState(false);
  const [quoted, setQuoted] = useState<Message | null>(null);
  const window = useWindow(conversation.window);
  const { data: connections } = useQuery(connectionsQuery);
  const list = usePages<Message>(keys.messages(id), `/conversations/${id}/messages`, { limit: 50 });
  const scroll = useRef<HTMLElement>(null);
  // What was in view stays where it was: the height that comes above is added before anything is drawn.
  const before = useRef<{ height: number; top: number } | null>(null);
  const showEarlier = async () => {
    const area = scroll.current;
    if (list.isFetchingNextPage || !area) return;
    // A focused button would be kept in view by the browser, and it moves up with what comes in below it.
    area.focus({ preventScroll: true });
    before.current = { height: area.scrollHeight, top: area.scrollTop };
    await list.fetchNextPage();
  };
  const pages = list.data?.pages.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: after another page came in
  useLayoutEffect(() => {
    const area = scroll.current;
    // The area is reversed: its place is counted from the newest message, so the same number is the same place.
    if (area && before.current) area.scrollTop = before.current.top;
    before.current = null;
  }, [pages]);
  const messages = [...(list.rows ?? [])].reverse();
  const newest = messages.at(-1)?.id;

  // Reading it is what marks it as read, also for what comes in while it is open and in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is a new reason to read
  useEffect(() => {
    if (!write.may || document.visibilityState !== 'visible') return;
    api
      .post(`/conversations/${id}/read`, undefined, { idempotencyKey: null })
      .then(() => client.invalidateQueries({ queryKey: keys.conversations() }))
      .catch(() => undefined);
  }, [id, newest, write.may]);

  const settle = async () => {
    if (busy) return;
    setBusy(true);
    try {
      const verb = conversation.status === 'open' ? 'resolve' : 'reopen';
      await api.post(`/conversations/${id}/${verb}`);
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.conversation(id) }),
        client.invalidateQueries({ queryKey: keys.conversations() }),
      ]);
    } catch (error) {
      tellProblem('The conversation could not be changed', error);
    } finally {
      setBusy(false);
    }
  };
  const bot = connections?.data.find((item) => item.id === conversation.connection_id);
  const settleWord = conversation.status === 'open' ? 'Close' : 'Reopen';
  const SettleIcon = conversation.status === 'open' ? IconCheck : IconRotate;

  return (
    <>
      <section className={css.thread} aria-label={`Conversation with ${contact.name}`}>
        <header className={css.threadHead}>
          {phone && (
            <ActionIcon
              variant="subtle"
              size={40}
              aria-label="Back to the inbox"
              component={Link}
              to="/inbox"
            >
              <IconChevronLeft size={20} stroke={1.75} />
            </ActionIcon>
          )}
          <Avatar name={contact.name} corner={<ChannelTile channel={conversation.channel} size={16} />} />
          <div className="grow">
            {phone ? (
              <h1 className="ellipsis" dir="auto" tabIndex={-1}>
                {phoneText(contact.name)}
              </h1>
            ) : (
              <h2 className="ellipsis" dir="auto">
                {phoneText(contact.name)}
              </h2>
            )}
            <div className="small t3 ellipsis">
              {channelWord(conversation.channel)}
              {bot ? `, ${labelOfConnection(bot)}` : ''}
              {conversation.status === 'resolved' ? ', closed' : ''}
              {window && (window.open ? `, free replies for ${window.left}` : ', templates only')}
            </div>
          </div>
          {phone ? (
            <>
              <ActionIcon
                variant="subtle"
                size={40}
                aria-label={`${settleWord} the conversation`}
                onClick={() => void settle()}
              >
                <SettleIcon size={20} stroke={1.75} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                size={40}
                aria-label={`About ${contact.name}`}
                onClick={() => setShowing(true)}
              >
                <IconInfoCircle size={20} stroke={1.75} />
              </ActionIcon>
            </>
          ) : (
            <>
              <ReasonButton
                variant="default"
                reason={write.reason}
                miw={92}
                leftSection={<SettleIcon size={16} stroke={1.75} />}
                onClick={() => void settle()}
              >
                {settleWord}
              </ReasonButton>
              {!roomForPanel && (
                <ActionIcon
                  variant="subtle"
                  size={32}
                  aria-label={`About ${contact.name}`}
                  onClick={() => setShowing(true)}
                >
                  <IconInfoCircle size={18} stroke={1.75} />
                </ActionIcon>
              )}
            </>
          )}
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <section ref={scroll} className={css.scroll} tabIndex={0} aria-label="Messages">
          <div className={css.messages} role="log" aria-live="polite">
            {list.hasNextPage && (
              <Button size="xs" variant="subtle" className={css.earlier} onClick={() => void showEarlier()}>
                {list.isFetchingNextPage ? 'Loading' : 'Show earlier messages'}
              </Button>
            )}
            {list.isPending && <BlockSkeleton height={48} count={4} />}
            {list.error && !list.rows && (
              <ErrorState
                title="Messages could not be loaded"
                error={list.error}
                safe="No message is lost."
                onRetry={() => void list.refetch()}
              />
            )}
            {list.rows?.length === 0 && (
              <p className={css.dayLine}>Nothing was said yet. Your first message opens the conversation.</p>
            )}
            {messages.map((message, index) => {
              const heading = dayHeading(message.at, zone);
              const before = messages[index - 1];
              return (
                <div key={message.id} className={css.slot}>
                  {(!before || dayHeading(before.at, zone) !== heading) && (
                    <div className={css.dayLine}>{heading}</div>
                  )}
                  <MessageItem
                    message={message}
                    contactName={contact.name}
                    doing={{
                      conversationId: id,
                      failed: write.may
                        ? {
                            conversationId: id,
                            onTemplate: window ? () => setByTemplate(true) : undefined,
                          }
                        : undefined,
                      onQuote:
                        write.may && canQuote(message) && window?.open !== false
                          ? () => setQuoted(message)
                          : undefined,
                      canReact:
                        write.may &&
                        factsOf(conversation.channel).takesReactions &&
                        message.direction === 'in' &&
                        window?.open === true,
                    }}
                  />
                </div>
              );
            })}
          </div>
        </section>
        <OptOutQuestion
          conversation={conversation}
          onDecided={() => scroll.current?.focus({ preventScroll: true })}
        />
        <Reply
          conversation={conversation}
          quoted={quoted}
          onQuoted={setQuoted}
          byTemplate={byTemplate}
          onByTemplate={setByTemplate}
        />
      </section>
      {roomForPanel ? (
        <ContactPanel contactId={contact.id} onConsent={setConsent} />
      ) : (
        <Drawer
          opened={showing}
          onClose={() => setShowing(false)}
          size={phone ? '100%' : 400}
          title={contact.name}
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          {showing && <ContactPanel contactId={contact.id} bare onConsent={setConsent} />}
        </Drawer>
      )}
      {consent && <ConsentDialog verb={consent} onClose={() => setConsent(null)} />}
    </>
  );
}

/** What the platform knows: what came in, and what was surely sent. */
function canQuote({ direction, state }: Message): boolean {
  return direction === 'in' || state === 'sent' || state === 'delivered' || state === 'read';
}
