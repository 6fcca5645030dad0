// @ts-check
// The page of simulated phones: picks Telegram or WhatsApp and the account, fetches what is on the page, keeps it up to date.
import './theme.js';
import { openResetPhones } from './dialogs.js';
import { element, icon } from './element.js';
import { ask, listen } from './sandbox-api.js';
import { telegram, whatsapp } from './sides.js';
import { createTrouble } from './trouble.js';

const PAGE_SIZE = 24;
/** A burst of a thousand changes is fetched as a few pages, not as a thousand requests. */
const BEAT_MS = 250;

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const accountSelect = /** @type {HTMLSelectElement} */ (at('bot'));
const search = /** @type {HTMLInputElement} */ (at('search'));
const address = new URLSearchParams(location.search);

/** @type {import('./sides.js').Side} */
let side =
  (address.get('side') ?? (address.has('number') ? 'whatsapp' : '')) === 'whatsapp' ? whatsapp : telegram;
/** The bot or the number whose messages are shown. @type {any} */
let account;
let offset = Math.max(0, Math.floor(Number(address.get('from')) || 0));
let total = 0;
search.value = address.get('search') ?? '';
/** @type {Map<string | number, ReturnType<import('./sides.js').Side['phone']>>} */
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
  () => account?.id,
  tellProblem,
);

/** The query of a request about the account. @param {Record<string, string>} [more] */
const query = (more = {}) => new URLSearchParams({ [side.account]: String(account.id), ...more });

async function loadAccounts() {
  const accounts = await side.accounts();
  const wanted = address.get(side.account)?.replace(/^@/, '');
  const known = accounts.find(
    (one) => one.id === account?.id || (wanted !== undefined && one.aliases.includes(wanted)),
  );
  const chosen = known ?? accounts[0];
  accountSelect.replaceChildren(
    ...accounts.map((one) => element('option', { value: one.id, selected: one === chosen }, one.label)),
  );
  at('bot-word').textContent = side.accountWord;
  at('bot-field').hidden = accounts.length < 2;
  if (chosen?.id === account?.id) return;
  account = chosen;
  stopListening();
  stopListening = account ? listen(`${side.root}live?${query()}`, changed) : () => {};
  phones.clear();
  at('phones').replaceChildren();
}

async function showStats() {
  at('arrived').hidden = !account;
  at('twice').hidden = !account;
  if (!account) return;
  const stats = await ask(`${side.root}stats?${query({ brief: '1' })}`);
  at('arrived').replaceChildren(
    element('strong', {}, stats.accepted.toLocaleString('en-GB')),
    ` ${stats.accepted === 1 ? 'message' : 'messages'} arrived`,
    side.arrived(stats),
  );
  const twice = at('twice');
  twice.classList.toggle('bad', stats.sent_twice > 0);
  twice.replaceChildren(
    icon('twice'),
    element('strong', {}, stats.sent_twice.toLocaleString('en-GB')),
    ' sent twice',
  );
}

/** What is open stands in the address, for who loads the page again or passes it on; the panel keeps it in its own. */
function keepAddress() {
  // before there is an account, the one that was asked for may come yet
  const asked = address.get(side.account) ?? '';
  const chosen = accountSelect.options.length > 1 ? String(account?.id) : '';
  const open = {
    side: side === telegram ? '' : side.key,
    bot: '',
    number: '',
    [side.account]: account ? chosen : asked,
    search: search.value,
    from: offset > 0 ? String(offset) : '',
  };
  const before = address.toString();
  for (const [name, value] of Object.entries(open))
    if (value === '') address.delete(name);
    else address.set(name, value);
  if (address.toString() === before) return;
  const query = address.toString();
  history.replaceState(null, '', query === '' ? location.pathname : `?${query}`);
  const told = Object.fromEntries(Object.entries(open).filter(([, value]) => value !== ''));
  if (parent !== window) parent.postMessage({ phones: told }, location.origin);
}

/** Fetches the page of phones that the search and the pager ask for. */
async function showPage() {
  keepAddress();
  if (!account) {
    at('phones').replaceChildren();
    at('pager').hidden = true;
    tell(side.none);
    return;
  }
  const asked = query({ limit: String(PAGE_SIZE), offset: String(offset), search: search.value });
  const answer = await ask(`${side.root}chats?${asked}`);
  total = answer.total;
  if (offset > 0 && answer.chats.length === 0) {
    offset = 0;
    await showPage();
    return;
  }
  const ids = new Set(answer.chats.map(side.idOf));
  for (const [id, phone] of phones) {
    if (ids.has(id)) continue;
    phone.article.remove();
    phones.delete(id);
  }
  for (const chat of answer.chats) showPhone(chat);
  // Moving a node would take the focus from it, so only a new order touches the page.
  const order = answer.chats.map(
    (/** @type {any} */ chat) => /** @type {any} */ (phones.get(side.idOf(chat))).article,
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
  const known = phones.get(side.idOf(chat));
  if (known) known.update(chat);
  else phones.set(side.idOf(chat), side.phone(chat, account, tellProblem));
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

/** @type {Set<string | number>} */
const waiting = new Set();
let isEverything = false;
let isBusy = false;

/** @param {(string | number)[] | null} chats */
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
      await Promise.all([loadAccounts(), trouble.refresh()]);
      await showPage();
    } else if (ids.length > 0 && account) {
      const { chats } = await ask(`${side.root}chats?${query({ ids: ids.join(',') })}`);
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
accountSelect.addEventListener('change', () => {
  address.set(side.account, accountSelect.value);
  account = undefined;
  offset = 0;
  void start().catch(tellProblem);
});
for (const one of [telegram, whatsapp]) {
  at(`side-${one.key}`).addEventListener('change', () => {
    side = one;
    account = undefined;
    offset = 0;
    search.value = '';
    stopListening();
    phones.clear();
    at('phones').replaceChildren();
    void start().catch(tellProblem);
  });
}
at('add-phone').prepend(icon('phone'));
at('reset-phones').prepend(icon('refresh'));
at('local-badge').prepend(icon('flask'));
at('add-phone').addEventListener('click', () =>
  side.add((name) => {
    search.value = name;
    turnTo(0);
  }, tellProblem),
);
at('reset-phones').addEventListener('click', () =>
  openResetPhones(total, () =>
    ask(`${side.root}reset`, { [side.account]: account?.id, what: 'messages' })
      .then(showPage)
      .then(showStats)
      .catch(tellProblem),
  ),
);
// Inside the panel the heading is the panel's; this one is only seen.
if (address.has('embed')) document.querySelector('h1')?.setAttribute('aria-hidden', 'true');

/** Each start ends the one before it: a quick change of sides must not leave two. */
let starts = 0;

async function start() {
  const mine = ++starts;
  /** @type {HTMLInputElement} */ (at(`side-${side.key}`)).checked = true;
  document.body.dataset.side = side.key;
  trouble.show(side);
  await loadAccounts();
  await Promise.all([showPage(), showStats(), trouble.refresh()]);
  // Without an account there is nothing to listen to yet.
  if (account || mine !== starts) return;
  setTimeout(() => {
    if (mine === starts) void start().catch(tellProblem);
  }, 2000);
}

void start().catch(tellProblem);
