// @ts-check
// The page of simulated phones: picks the bot, fetches what is on the page, keeps it up to date.
import './theme.js';
import { openAddPhone, openResetPhones } from './dialogs.js';
import { element, icon } from './element.js';
import { createPhone } from './phone.js';
import { ask, listen } from './sandbox-api.js';
import { createTrouble } from './trouble.js';

const PAGE_SIZE = 24;
/** A burst of a thousand changes is fetched as a few pages, not as a thousand requests. */
const BEAT_MS = 250;

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const botSelect = /** @type {HTMLSelectElement} */ (at('bot'));
const search = /** @type {HTMLInputElement} */ (at('search'));
const address = new URLSearchParams(location.search);

/** @type {any[]} */
let bots = [];
/** @type {any} */
let bot;
let offset = 0;
let total = 0;
/** @type {Map<number, ReturnType<typeof createPhone>>} */
const phones = new Map();
let stopListening = () => {};

/** @param {unknown} problem */
function tellProblem(problem) {
  tell(problem instanceof Error ? problem.message : String(problem), true);
}

/** @param {string} [text] @param {boolean} [isBad] */
function tell(text = '', isBad = false) {
  const notice = at('notice');
  notice.hidden = text === '';
  notice.classList.toggle('bad', isBad);
  notice.textContent = text;
}

const trouble = createTrouble(
  { switches: at('switches'), reset: at('reset-trouble') },
  () => bot?.id,
  tellProblem,
);

async function loadBots() {
  ({ bots } = await ask('bots'));
  const wanted = address.get('bot')?.replace(/^@/, '');
  const known = bots.find(
    (one) => one.id === bot?.id || String(one.id) === wanted || one.username === wanted,
  );
  const chosen = known ?? bots[0];
  botSelect.replaceChildren(
    ...bots.map((one) =>
      element('option', { value: one.id, selected: one === chosen }, `${one.name} @${one.username}`),
    ),
  );
  at('bot-field').hidden = bots.length < 2;
  if (chosen?.id !== bot?.id) {
    bot = chosen;
    stopListening();
    if (bot) stopListening = listen(bot.id, changed);
    phones.clear();
    at('phones').replaceChildren();
  }
}

async function showStats() {
  if (!bot) return;
  const stats = await ask(`stats?bot=${bot.id}&brief=1`);
  const waitSeconds = stats.frozen_until === null ? 0 : Math.ceil((stats.frozen_until - Date.now()) / 1000);
  at('arrived').replaceChildren(
    element('strong', {}, stats.accepted.toLocaleString('en-GB')),
    ` ${stats.accepted === 1 ? 'message' : 'messages'} arrived`,
    waitSeconds > 0 ? ` · Telegram says wait ${waitSeconds} s` : ` · at most ${stats.per_second.max}/s`,
  );
  const twice = at('twice');
  twice.classList.toggle('bad', stats.sent_twice > 0);
  twice.replaceChildren(
    icon('twice'),
    element('strong', {}, stats.sent_twice.toLocaleString('en-GB')),
    ' sent twice',
  );
}

/** Fetches the page of phones that the search and the pager ask for. */
async function showPage() {
  if (!bot) {
    at('phones').replaceChildren();
    tell(
      'There is no bot yet. In the panel, open Connections, Add Telegram bot, and choose Try with a sandbox bot.',
    );
    return;
  }
  const query = new URLSearchParams({
    bot: bot.id,
    limit: String(PAGE_SIZE),
    offset: String(offset),
    search: search.value,
  });
  const answer = await ask(`chats?${query}`);
  total = answer.total;
  if (offset > 0 && answer.chats.length === 0) {
    offset = 0;
    await showPage();
    return;
  }
  const ids = new Set(answer.chats.map((/** @type {any} */ chat) => chat.id));
  for (const [id, phone] of phones) {
    if (ids.has(id)) continue;
    phone.article.remove();
    phones.delete(id);
  }
  for (const chat of answer.chats) showPhone(chat);
  // Moving a node would take the focus from it, so only a new order touches the page.
  const order = answer.chats.map(
    (/** @type {any} */ chat) => /** @type {any} */ (phones.get(chat.id)).article,
  );
  if (
    order.some(
      (/** @type {Node} */ node, /** @type {number} */ index) => at('phones').children[index] !== node,
    )
  ) {
    at('phones').replaceChildren(...order);
    for (const phone of phones.values()) phone.scrollToEnd();
  }
  if (total === 0)
    tell(search.value === '' ? 'No phones yet. Add one to begin.' : `No phone matches "${search.value}".`);
  else tell();
  showPager();
}

/** @param {any} chat */
function showPhone(chat) {
  const known = phones.get(chat.id);
  if (known) known.update(chat);
  else phones.set(chat.id, createPhone(chat, bot, tellProblem));
}

function showPager() {
  const pager = at('pager');
  pager.hidden = total <= PAGE_SIZE;
  const last = Math.min(total, offset + PAGE_SIZE);
  /** @param {string} text @param {number} to @param {boolean} isOff */
  const step = (text, to, isOff) =>
    element('button', { type: 'button', class: 'button', disabled: isOff, onclick: () => turnTo(to) }, text);
  pager.replaceChildren(
    step('Previous', offset - PAGE_SIZE, offset === 0),
    element('span', { role: 'status' }, `${offset + 1}–${last} of ${total.toLocaleString('en-GB')} phones`),
    step('Next', offset + PAGE_SIZE, last >= total),
  );
}

/** @param {number} to */
function turnTo(to) {
  offset = Math.max(0, to);
  void showPage()
    .then(() => scrollTo({ top: 0 }))
    .catch(tellProblem);
}

/** @type {Set<number>} */
const waiting = new Set();
let isEverything = false;
let isBusy = false;

/** @param {number[] | null} chats */
function changed(chats) {
  if (chats === null || chats.length === 0) isEverything = true;
  for (const id of chats ?? []) if (phones.has(id)) waiting.add(id);
  // A chat that is not shown only moves the counters.
  if (!isBusy) void catchUp();
}

async function catchUp() {
  isBusy = true;
  try {
    await new Promise((resolve) => setTimeout(resolve, BEAT_MS));
    const ids = [...waiting];
    const everything = isEverything;
    waiting.clear();
    isEverything = false;
    if (everything) {
      await Promise.all([loadBots(), trouble.refresh()]);
      await showPage();
    } else if (ids.length > 0) {
      const { chats } = await ask(`chats?bot=${bot.id}&ids=${ids.join(',')}`);
      for (const chat of chats) showPhone(chat);
    }
    await showStats();
  } catch (problem) {
    tellProblem(problem);
  }
  isBusy = false;
  if (waiting.size > 0 || isEverything) void catchUp();
}

let typing = 0;
search.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => turnTo(0), 150);
});
botSelect.addEventListener('change', () => {
  address.set('bot', botSelect.value);
  bot = undefined;
  offset = 0;
  void start().catch(tellProblem);
});
at('add-phone').prepend(icon('phone'));
at('reset-phones').prepend(icon('refresh'));
at('local-badge').prepend(icon('flask'));
at('add-phone').addEventListener('click', () =>
  openAddPhone((user) => {
    search.value = user.first_name;
    turnTo(0);
  }, tellProblem),
);
at('reset-phones').addEventListener('click', () =>
  openResetPhones(total, () =>
    ask('reset', { bot: bot?.id, what: 'messages' }).then(showPage).catch(tellProblem),
  ),
);
// Inside the panel the heading is the panel's; this one is only seen.
if (address.has('embed')) document.querySelector('h1')?.setAttribute('aria-hidden', 'true');

async function start() {
  await loadBots();
  await Promise.all([showPage(), showStats(), trouble.refresh()]);
  // Without a bot there is nothing to listen to yet.
  if (!bot) setTimeout(() => void start().catch(tellProblem), 2000);
}

void start().catch(tellProblem);
