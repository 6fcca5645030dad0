// @ts-check
// One phone: made once, then kept up to date, so that what is being typed is never lost.
import { bubble, clock } from './bubble.js';
import { element, icon } from './element.js';
import { ask } from './sandbox-api.js';

const ANSWER_SHOWN_MS = 6_000;
/** After this the badge goes back from what the person did to what arrived. */
const ACT_FRESH_SECONDS = 60;

/** @param {any} chat @returns {[tone: string, icon: Parameters<typeof icon>[0], word: string]} */
function badgeOf(chat) {
  if (chat.type !== 'private') return ['', 'users', `${chat.members} members`];
  if (chat.state === 'blocked') return ['bad', 'ban', 'Blocked'];
  if (chat.state === 'deactivated') return ['', 'ghost', 'Deleted'];
  if (chat.state === 'never_started') return ['', 'clock', 'Not started'];
  const lastBotSeconds = chat.messages.findLast((/** @type {any} */ one) => one.from?.is_bot)?.date ?? 0;
  const act = chat.last_act;
  const isFresh = act && lastBotSeconds - act.at / 1000 < ACT_FRESH_SECONDS;
  if (isFresh && act.kind === 'press') return ['brand', 'pointer', 'Pressed'];
  if (isFresh && act.kind === 'message') return ['brand', 'message', 'Replied'];
  return chat.accepted > 0 ? ['ok', 'check', 'Received'] : ['', 'check', 'Started'];
}

/** @param {string} name */
const initials = (name) =>
  name
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase();

/** @param {number} seconds */
function dayOf(seconds) {
  const day = new Date(seconds * 1000);
  if (day.toDateString() === new Date().toDateString()) return 'Today';
  return day.toLocaleDateString('en-GB', { day: 'numeric', month: 'long' });
}

/**
 * @param {any} chat
 * @param {{id: number, name: string}} bot
 * @param {(problem: unknown) => void} onProblem
 */
export function createPhone(chat, bot, onProblem) {
  const isPrivate = chat.type === 'private';
  const who = { bot: bot.id, ...(isPrivate ? { user: chat.id } : { user: chat.speaker?.id, chat: chat.id }) };
  /** @param {string} verb @param {Record<string, unknown>} [more] */
  const act = (verb, more) => ask(verb, { ...who, ...more }).catch(onProblem);

  const badge = element('span', { class: 'badge' });
  const toggle = element('button', { type: 'button', class: 'button small' });
  const title = element('h2', {}, chat.name);
  const time = element('time');
  const log = element('div', {
    class: 'chat',
    role: 'log',
    'aria-live': 'off',
    tabindex: 0,
    'aria-label': `Chat with ${bot.name}`,
  });
  const foot = element('div', { class: 'foot' });
  const answer = element('div', { class: 'answer', role: 'status', hidden: true });
  const screen = element(
    'div',
    { class: 'screen' },
    element(
      'div',
      { class: 'bar' },
      element('span', { class: 'glyph' }, icon('telegram')),
      element('b', {}, isPrivate ? bot.name : chat.name),
      time,
    ),
    log,
    answer,
    foot,
  );
  const article = element(
    'article',
    {
      class: 'phone',
      'aria-label': isPrivate ? `Phone of ${chat.name}` : `Chat ${chat.name}`,
      'data-chat-id': chat.id,
    },
    element(
      'div',
      { class: 'phone-head' },
      element(
        'span',
        { class: `avatar a${Math.abs(chat.id) % 6}`, 'aria-hidden': 'true' },
        initials(chat.name),
      ),
      title,
      badge,
      isPrivate ? toggle : null,
    ),
    element('div', { class: 'case' }, screen),
  );
  toggle.addEventListener('click', () => act(shown?.state === 'blocked' ? 'unblock' : 'block'));

  /** @type {any} */
  let shown;
  let signature = '';
  let footState = '';
  let answeredAt = 0;

  /** @param {any} next */
  function footFor(next) {
    if (!isPrivate && !(next.state === 'open' && next.speaker)) {
      return element('div', { class: 'reply' }, element('p', {}, 'Nobody can write here'));
    }
    if (next.state === 'deactivated')
      return element('div', { class: 'reply' }, element('p', {}, 'This account was deleted'));
    if (next.state === 'never_started') {
      return element(
        'div',
        { class: 'reply' },
        element('button', { type: 'button', class: 'start', onclick: () => act('start') }, 'Start'),
      );
    }
    if (next.state === 'blocked') {
      return element(
        'div',
        { class: 'reply' },
        element('p', { class: 'bad' }, 'You blocked this bot'),
        element('button', { type: 'button', class: 'restart', onclick: () => act('start') }, 'Restart'),
      );
    }
    const label = isPrivate
      ? `Reply as ${next.first_name}`
      : `Write in ${next.name} as ${next.speaker.first_name}`;
    const input = /** @type {HTMLInputElement} */ (
      element('input', {
        'aria-label': label,
        placeholder: label,
        autocomplete: 'off',
        maxlength: 4096,
        enterkeyhint: 'send',
      })
    );
    const submit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (text === '') return;
      input.value = '';
      const isStart = text === '/start' && isPrivate;
      await act(isStart ? 'start' : 'message', isStart ? {} : { text });
    };
    return element(
      'form',
      { class: 'reply', onsubmit: submit },
      input,
      element('button', { class: 'send', 'aria-label': 'Send', title: 'Send' }, icon('plane')),
    );
  }

  /** @param {any} next */
  function showMessages(next) {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const held = document.activeElement?.closest?.('.key')?.textContent;
    const hadFocus = held !== undefined && log.contains(document.activeElement);
    const nodes = [];
    let day = '';
    for (const message of next.messages) {
      const itsDay = dayOf(message.date);
      if (itsDay !== day) nodes.push(element('span', { class: 'chip' }, itsDay));
      if (day === '') nodes.push(element('span', { class: 'spring' }));
      day = itsDay;
      nodes.push(bubble(message, next, (button) => act('press', { message_id: message.message_id, button })));
    }
    if (nodes.length === 0) {
      const hint =
        next.state === 'never_started' ? `${next.first_name} has not pressed Start yet` : 'No messages yet';
      nodes.push(element('span', { class: 'hint' }, hint));
    }
    log.replaceChildren(...nodes);
    if (hadFocus) {
      const again = [...log.querySelectorAll('.key')].findLast((key) => key.textContent === held);
      if (again instanceof HTMLElement) again.focus();
    }
    if (isAtEnd || signature === '') log.scrollTop = log.scrollHeight;
  }

  /** @param {any} next */
  function showAnswer(next) {
    const text = next.last_act?.answer?.text;
    const isNew = text && next.last_act.at !== answeredAt && Date.now() - next.last_act.at < ANSWER_SHOWN_MS;
    if (!isNew) return;
    answeredAt = next.last_act.at;
    answer.textContent = text;
    answer.hidden = false;
    setTimeout(() => {
      answer.hidden = true;
    }, ANSWER_SHOWN_MS);
  }

  /** @param {any} next */
  function update(next) {
    shown = next;
    const nextSignature = JSON.stringify([next.messages, next.state, next.last_act]);
    const [tone, picture, word] = badgeOf(next);
    badge.className = `badge ${tone}`;
    badge.replaceChildren(icon(picture), word);
    title.textContent = next.name;
    toggle.textContent = next.state === 'blocked' ? 'Unblock' : 'Block';
    toggle.setAttribute('aria-label', `${toggle.textContent} ${next.name}`);
    toggle.hidden = next.state !== 'open' && next.state !== 'blocked';
    screen.classList.toggle('blocked', next.state === 'blocked');
    time.textContent = clock(next.messages.at(-1)?.date ?? Date.now() / 1000);
    if (nextSignature !== signature) showMessages(next);
    signature = nextSignature;
    showAnswer(next);
    if (next.state !== footState) {
      foot.replaceChildren(footFor(next));
      footState = next.state;
    }
  }

  update(chat);
  return {
    article,
    update,
    id: chat.id,
    scrollToEnd: () => {
      log.scrollTop = log.scrollHeight;
    },
  };
}
