// The demo shop, watched at full speed: a Carillon of its own plays the demo, its shop lives for some minutes, and then every
// message that lies on the simulated phones is asked after: the send log has it, its why page names the cart, order or product that
// it answers, nobody has two for one event, and whoever was due and got nothing has a why as well. The phones are the judge.
import type { Delivery } from '../contract/deliveries.ts';
import type { Life } from '../contract/demo.ts';
import type { Page } from '../contract/lists.ts';
import type { Cart } from '../contract/shop.ts';
import type { Why } from '../contract/why.ts';
import { launch, printed, until } from '../e2e/carillon.ts';
import { onEnd, temporaryFolder } from './clean-up.ts';
import { median, type Row, size, whole } from './figures.ts';
import { newMessages, type OnPhone, type Panel, readPhones, signIn } from './phones.ts';

const minuteMs = 60_000;
/** With the demo that is played first, on a machine that does other things too. */
const startLimitMs = 10 * minuteMs;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const login = { email: 'nora@marlow.example', password: 'three-kilns-and-a-wheel' };
const arrived = ['sent', 'delivered', 'read'];

export async function demoLife(): Promise<Row[]> {
  const minutes = size('BENCH_MINUTES', 10);
  const env = { OWNER_EMAIL: login.email, OWNER_PASSWORD: login.password, DEMO_LIFE: 'off' };
  const node = launch({ dataDir: temporaryFolder(), env });
  onEnd(() => {
    node.signal('SIGTERM');
    return node.ended;
  });
  const url = await printed(node, /^Carillon is ready at (http\S+)/m, startLimitMs);
  console.log(`  ${url}, ${login.email}, ${login.password}`);
  const panel = await signIn(url, login);
  const before = await readPhones(panel);
  await panel.patch<Life>('/demo/life', { speed: 'rush', short_delays: true });
  for (let minute = 1; minute <= minutes; minute++) {
    await pause(minuteMs);
    const { totals } = await panel.get<Life>('/demo/life');
    console.log(
      `  minute ${minute}: ${totals.visits} visits, ${totals.carts} carts, ${totals.orders} orders, ${totals.restocked} products back, ${totals.came_back} customers came back through a message`,
    );
  }
  const life = await panel.patch<Life>('/demo/life', { speed: 'off' });
  // what was left last is due a minute later, and found at once or by the next look
  await pause(2 * minuteMs);
  const automations = life.automations.map((one) => one.campaign_id);
  await until(
    'everything is out',
    async () => (await rowsOf(panel, automations)).every(isOver),
    2 * minuteMs,
  );
  const rows = await rowsOf(panel, automations);
  const phones = newMessages(before, await readPhones(panel));
  return [...shopFigures(life, phones, minutes), ...(await judge(panel, rows, phones))];
}

const isOver = ({ state }: Delivery) => !['queued', 'sending'].includes(state);

async function all<T>(panel: Panel, path: string): Promise<T[]> {
  const found: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page: Page<T> = await panel.get(`${path}limit=200${more}`);
    found.push(...page.data);
    cursor = page.next_cursor;
  }
  return found;
}
const rowsOf = async (panel: Panel, campaigns: string[]): Promise<Delivery[]> =>
  (await Promise.all(campaigns.map((id) => all<Delivery>(panel, `/campaigns/${id}/deliveries?`)))).flat();

function shopFigures(life: Life, phones: OnPhone[], minutes: number): Row[] {
  const { totals } = life;
  return [
    {
      what: `the shop in ${minutes} minutes of rush: visits / carts / orders`,
      figure: [totals.visits, totals.carts, totals.orders].map(whole).join(' / '),
    },
    {
      what: 'orders delivered / sent back',
      figure: `${whole(totals.delivered)} / ${whole(totals.returned)}`,
    },
    {
      what: 'products sold out / back in stock',
      figure: `${whole(totals.sold_out)} / ${whole(totals.restocked)}`,
    },
    { what: 'messages of automations on the phones', figure: whole(phones.length) },
  ];
}

async function judge(panel: Panel, rows: Delivery[], phones: OnPhone[]): Promise<Row[]> {
  const tooks: number[] = [];
  const asked: { row: Delivery; why: Why; subject: string | null }[] = [];
  for (const row of rows) {
    const beganAt = performance.now();
    const why = await panel.get<Why>(
      `/campaigns/${row.campaign_id}/why/${row.contact_id}?delivery_id=${row.id}`,
    );
    tooks.push(performance.now() - beganAt);
    asked.push({ row, why, subject: subjectOf(row, why) });
  }
  const sent = asked.filter(({ row }) => arrived.includes(row.state));
  const leftOut = asked.filter(({ row }) => !arrived.includes(row.state));
  const texts = Map.groupBy(phones, ({ address }) => address);
  const explained = sent.filter((one) => isExplained(one, texts.get(one.row.address ?? '') ?? []));
  const subjects = sent.map(({ row, subject }) => `${row.campaign_id} ${row.contact_id} ${subject}`);
  const twice = subjects.length - new Set(subjects).size;
  const told = leftOut.filter(
    ({ why }) => why.checks.some(({ outcome }) => outcome === 'no') && why.headline,
  );
  const due = await dueCarts(panel);
  const named = new Set(asked.map(({ subject }) => subject));
  const silent = due.filter(({ external_id }) => !named.has(external_id));
  for (const one of sent.filter((one) => !explained.includes(one))) complain('not explained', one.why);
  for (const one of leftOut.filter((one) => !told.includes(one)))
    complain('left out without a reason', one.why);
  return [
    {
      what: 'messages on the phones that the send log has, each on its phone',
      figure: `${whole(matched(sent, texts))} of ${whole(phones.length)}`,
      target: 'all',
      met: matched(sent, texts) === phones.length && sent.length === phones.length,
    },
    {
      what: 'of them explained by the why page: sent, with the event it answers',
      figure: `${whole(explained.length)} of ${whole(sent.length)}`,
      target: 'all',
      met: explained.length === sent.length && sent.length > 0,
    },
    { what: 'twice for one cart, order or restock', figure: whole(twice), target: '0', met: twice === 0 },
    {
      what: 'left out, with the question that decided it',
      figure: `${whole(told.length)} of ${whole(leftOut.length)}`,
      target: 'all',
      met: told.length === leftOut.length,
    },
    {
      what: 'carts that sat idle at the end, each named by a why',
      figure: `${whole(due.length - silent.length)} of ${whole(due.length)}`,
      target: 'all',
      met: silent.length === 0,
    },
    { what: 'a why page, median of all', figure: `${median(tooks).toFixed(1)} ms` },
  ];
}

function complain(what: string, why: Why): void {
  console.log(
    `  ${what}: ${why.contact.name}, ${why.verdict}, ${why.headline}, ${JSON.stringify(why.checks[0])}`,
  );
}

/** The shop's own number of the cart or order; of a restock what was back, and when. */
function subjectOf(row: Delivery, why: Why): string | null {
  const event = why.checks.find(({ key }) => key === 'event');
  const number = /MC-\d+-L\d+/.exec(event?.detail ?? '')?.[0];
  return number ?? (event?.detail ? `${event.detail} ${event.at} ${row.contact_id}` : null);
}

function isExplained(
  { row, why, subject }: { row: Delivery; why: Why; subject: string | null },
  own: OnPhone[],
): boolean {
  const event = why.checks.find(({ key }) => key === 'event');
  const detail = event?.detail ?? '';
  if (!['got', 'sent'].includes(why.verdict) || why.delivery?.id !== row.id) return false;
  // what happened, and when
  if (event?.outcome !== 'yes' || !subject || !/ (left|delivered|back in stock) .*\d\d:\d\d/.test(detail))
    return false;
  // an order's number stands in the message as well
  const number = /^Order (\S+)/.exec(detail)?.[1];
  return own.length > 0 && (!number || own.some(({ text }) => text.includes(number)));
}

/** Messages that have a row of their own on the same phone. */
function matched(sent: { row: Delivery }[], texts: Map<string, OnPhone[]>): number {
  const rows = Map.groupBy(sent, ({ row }) => row.address ?? '');
  return [...texts].reduce(
    (sum, [address, own]) => sum + Math.min(own.length, rows.get(address)?.length ?? 0),
    0,
  );
}

/** Of the life: full carts whose reminder was due a good while ago. */
async function dueCarts(panel: Panel): Promise<Cart[]> {
  const carts = await all<Cart>(panel, '/carts?status=open&');
  return carts.filter(
    ({ external_id, items, updated_at }) =>
      /-L\d+$/.test(external_id ?? '') &&
      items.length > 0 &&
      Date.parse(updated_at) < Date.now() - 1.4 * minuteMs,
  );
}
