// @ts-check
// One phone with WhatsApp: made once, then kept up to date, so that what is being typed is never lost.
import { element, icon } from './element.js';
import { ask } from './sandbox-api.js';
import { clock, shortOf, whatsappBubble } from './whatsapp-bubble.js';
import { createSheet } from './whatsapp-sheet.js';

/** @param {any} chat @returns {[tone: string, icon: Parameters<typeof icon>[0], word: string]} */
function badgeOf(chat) {
  if (!chat.on_whatsapp) return ['', 'ghost', 'Not on WhatsApp'];
  if (chat.reported) return ['bad', 'ban', 'Reported'];
  if (chat.blocked) return ['bad', 'ban', 'Blocked'];
  if (chat.offline) return ['', 'phone', 'Phone off'];
  if (chat.stopped_marketing) return ['warn', 'ban', 'No marketing'];
  const last = chat.messages.at(-1);
  if (last === undefined) return ['', 'phone', 'No messages'];
  const isPress = last.type === 'button' || last.type === 'interactive';
  if (last.direction === 'in')
    return isPress ? ['brand', 'pointer', 'Pressed'] : ['brand', 'message', 'Replied'];
  if (last.status === 'failed') return ['bad', 'alert', 'Not delivered'];
  if (last.status === 'read') return ['ok', 'ticks', 'Read'];
  return last.status === 'delivered' ? ['ok', 'ticks', 'Received'] : ['', 'tick', 'On its way'];
}

/** @param {string} name */
const initials = (name) =>
  name
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase();

/** @param {number} ms */
function dayOf(ms) {
  const day = new Date(ms);
  if (day.toDateString() === new Date().toDateString()) return 'Today';
  return day.toLocaleDateString('en-GB', { day: 'numeric', month: 'long' });
}

/** @param {number} ms */
const weekday = (ms) => new Date(ms).toLocaleDateString('en-GB', { weekday: 'short' });

/** @param {File} file @returns {Promise<string>} */
const base64Of = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error('The file cannot be read'));
    reader.readAsDataURL(file);
  });

/**
 * @param {any} chat
 * @param {{id: string, name: string}} number
 * @param {(problem: unknown) => void} onProblem
 */
export function createWhatsAppPhone(chat, number, onProblem) {
  const who = { number: number.id, person: chat.wa_id };
  /** @param {string} verb @param {Record<string, unknown>} [more] */
  const act = (verb, more) => ask(`whatsapp/${verb}`, { ...who, ...more }).catch(onProblem);

  const badge = element('span', { class: 'badge' });
  const title = element('h2', {}, chat.name);
  const time = element('time');
  const state = element('small', { class: 'window' });
  const menuButton = element(
    'button',
    {
      type: 'button',
      class: 'button small',
      'aria-label': `What ${chat.name} can do`,
      onclick: () => sheet.open(`What ${chat.name} can do`, menuOf(shown), menuButton),
    },
    'Act',
  );
  const log = element('div', {
    class: 'chat',
    role: 'log',
    'aria-live': 'off',
    tabindex: 0,
    'aria-label': `Chat with ${number.name}`,
  });
  const foot = element('div', { class: 'foot' });
  const screen = element(
    'div',
    { class: 'screen' },
    element(
      'div',
      { class: 'bar' },
      element('span', { class: 'glyph' }, icon('whatsapp')),
      element('b', {}, number.name, state),
      time,
    ),
    log,
    foot,
  );
  const sheet = createSheet(screen);
  const article = element(
    'article',
    { class: 'phone whatsapp', 'aria-label': `Phone of ${chat.name}`, 'data-chat-id': chat.wa_id },
    element(
      'div',
      { class: 'phone-head' },
      element(
        'span',
        { class: `avatar a${Number(chat.wa_id.slice(-3)) % 6}`, 'aria-hidden': 'true' },
        initials(chat.name),
      ),
      title,
      badge,
      menuButton,
    ),
    element('div', { class: 'case' }, screen),
  );

  /** @type {any} */
  let shown;
  let signature = '';
  let footState = '';
  /** The message that the next one answers to. @type {any} */
  let answered;

  /** @param {any} next @returns {{label: string, run: () => void, isOn?: boolean}[]} */
  function menuOf(next) {
    const people = (/** @type {Record<string, unknown>} */ about) => () =>
      ask('whatsapp/people', { people: [{ wa_id: next.wa_id, ...about }] }).catch(onProblem);
    return [
      { label: 'Read everything', run: () => act('read') },
      next.blocked
        ? { label: 'Unblock', run: () => act('unblock') }
        : { label: 'Block', run: () => act('block') },
      next.stopped_marketing
        ? { label: 'Resume offers and announcements', run: () => act('resume_marketing') }
        : { label: 'Stop offers and announcements', run: () => act('stop_marketing') },
      { label: 'Report', run: () => act('report') },
      {
        label: next.receipts ? 'Switch read receipts off' : 'Switch read receipts on',
        run: people({ receipts: !next.receipts }),
      },
      {
        label: next.offline ? 'Switch the phone on' : 'Switch the phone off',
        run: people({ offline: !next.offline }),
      },
    ];
  }

  /** @param {any} message @param {HTMLElement} opener */
  function more(message, opener) {
    const emoji = ['👍', '❤️', '😂', '🙏'];
    sheet.open(
      shortOf(message),
      [
        { label: 'Reply', run: () => answerTo(message) },
        ...emoji.map((one) => ({
          label: `React ${one}`,
          run: () => act('react', { message_id: message.id, emoji: one }),
        })),
        ...(message.reaction
          ? [
              {
                label: 'Take the reaction back',
                run: () => act('react', { message_id: message.id, emoji: null }),
              },
            ]
          : []),
      ],
      opener,
    );
  }

  /** @param {any} message @param {import('./whatsapp-bubble.js').Choice} choice */
  function choose(message, choice) {
    if (choice.kind !== 'list') {
      void act('press', { message_id: message.id, button: choice.place });
      return;
    }
    let place = 0;
    const rows = message.content.action.sections.flatMap((/** @type {any} */ section) =>
      section.rows.map((/** @type {any} */ row) => {
        const button = place++;
        return {
          label: row.title,
          detail: row.description,
          group: section.title,
          run: () => act('press', { message_id: message.id, button }),
        };
      }),
    );
    const opener = /** @type {HTMLElement} */ (document.activeElement);
    sheet.open(message.content.action.button, rows, opener);
  }

  /** @param {any} message */
  function answerTo(message) {
    answered = message;
    footState = '';
    update(shown);
    foot.querySelector('input')?.focus();
  }

  /** @param {any} next */
  function footFor(next) {
    if (!next.on_whatsapp)
      return element('div', { class: 'reply' }, element('p', {}, 'This number is not on WhatsApp'));
    if (next.blocked) {
      return element(
        'div',
        { class: 'reply' },
        element('p', { class: 'bad' }, 'You blocked this business'),
        element('button', { type: 'button', class: 'restart', onclick: () => act('unblock') }, 'Unblock'),
      );
    }
    const label = `Reply as ${next.name}`;
    const input = /** @type {HTMLInputElement} */ (
      element('input', {
        'aria-label': label,
        placeholder: 'Message',
        autocomplete: 'off',
        maxlength: 4096,
        enterkeyhint: 'send',
      })
    );
    const file = /** @type {HTMLInputElement} */ (
      element('input', {
        type: 'file',
        accept: 'image/jpeg,image/png,application/pdf,video/mp4',
        hidden: true,
        'aria-label': 'File',
      })
    );
    const replyTo = () => (answered ? { reply_to: answered.id } : {});
    file.addEventListener('change', async () => {
      const [picked] = file.files ?? [];
      if (!picked) return;
      const kind = picked.type.startsWith('image/')
        ? 'image'
        : picked.type.startsWith('video/')
          ? 'video'
          : 'document';
      const content = {
        base64: await base64Of(picked),
        mime_type: picked.type,
        filename: picked.name,
        caption: input.value.trim(),
      };
      input.value = '';
      await act('message', { [kind]: content, ...replyTo() });
      answerTo(undefined);
    });
    const submit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (text === '') return;
      input.value = '';
      await act('message', { text, ...replyTo() });
      if (answered) answerTo(undefined);
    };
    const form = element(
      'form',
      { class: 'reply', onsubmit: submit },
      input,
      file,
      element(
        'button',
        {
          type: 'button',
          class: 'attach',
          'aria-label': 'Send a photo or a file',
          title: 'Send a photo or a file',
          onclick: () => file.click(),
        },
        icon('camera'),
      ),
      element('button', { class: 'send', 'aria-label': 'Send', title: 'Send' }, icon('plane')),
    );
    if (!answered) return form;
    const cancel = element(
      'button',
      {
        type: 'button',
        class: 'attach',
        'aria-label': 'Answer to nothing',
        onclick: () => answerTo(undefined),
      },
      icon('close'),
    );
    return element(
      'div',
      {},
      element('div', { class: 'answering' }, element('div', { class: 'quote' }, shortOf(answered)), cancel),
      form,
    );
  }

  /** @param {any} next */
  function showMessages(next) {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const held = document.activeElement?.closest?.('.wa-key, .more, .unread button')?.textContent;
    const hadFocus = held !== undefined && log.contains(document.activeElement);
    const unread = next.messages.filter(
      (/** @type {any} */ one) => one.direction === 'out' && one.status === 'delivered',
    );
    const nodes = [];
    let day = '';
    for (const message of next.messages) {
      const itsDay = dayOf(message.at);
      if (itsDay !== day) nodes.push(element('span', { class: 'chip' }, itsDay));
      if (day === '') nodes.push(element('span', { class: 'spring' }));
      day = itsDay;
      nodes.push(whatsappBubble(message, next, { choose, more }));
    }
    if (unread.length > 0 && next.receipts)
      nodes.push(
        element(
          'div',
          { class: 'unread' },
          element('button', { type: 'button', onclick: () => act('read') }, `${unread.length} unread · Read`),
        ),
      );
    if (nodes.length === 0) nodes.push(element('span', { class: 'hint' }, 'No messages yet'));
    log.replaceChildren(...nodes);
    if (hadFocus) {
      const again = [...log.querySelectorAll('.wa-key, .more, .unread button')].findLast(
        (key) => key.textContent === held,
      );
      if (again instanceof HTMLElement) again.focus();
      else log.focus();
    }
    if (!isAtEnd && signature !== '') return;
    const toEnd = () => {
      log.scrollTop = log.scrollHeight;
    };
    toEnd();
    // a picture has no height before it is there
    for (const picture of log.querySelectorAll('img'))
      picture.addEventListener('load', toEnd, { once: true });
  }

  let typingTimer = 0;
  /** @param {any} next */
  function showBar(next) {
    clearTimeout(typingTimer);
    const leftMs = (next.typing_until ?? 0) - Date.now();
    if (leftMs > 0) typingTimer = setTimeout(() => showBar({ ...next, typing_until: null }), leftMs);
    const until = next.window_expires_at;
    const window = until === null ? 'Window closed' : `Window open until ${weekday(until)} ${clock(until)}`;
    state.textContent = leftMs > 0 ? 'typing…' : window;
    time.textContent = clock(next.messages.at(-1)?.at ?? Date.now());
  }

  /** @param {any} next */
  function update(next) {
    shown = next;
    const nextSignature = JSON.stringify([next.messages, next.blocked, next.receipts, next.on_whatsapp]);
    const [tone, picture, word] = badgeOf(next);
    badge.className = `badge ${tone}`;
    badge.replaceChildren(icon(picture), word);
    title.textContent = next.name;
    screen.classList.toggle('blocked', next.blocked);
    showBar(next);
    if (nextSignature !== signature) showMessages(next);
    signature = nextSignature;
    const nextFoot = `${next.on_whatsapp} ${next.blocked} ${answered?.id}`;
    if (nextFoot !== footState) {
      const kept = foot.querySelector('input')?.value ?? '';
      foot.replaceChildren(footFor(next));
      footState = nextFoot;
      const input = foot.querySelector('input');
      if (input) input.value = kept;
    }
  }

  update(chat);
  return {
    article,
    update,
    id: chat.wa_id,
    scrollToEnd: () => {
      log.scrollTop = log.scrollHeight;
    },
  };
}
