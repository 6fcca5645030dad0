// The calendar and the CSV of campaigns.
import { beforeAll, expect, test } from 'vitest';
import { type CalendarEntry, campaignCalendar } from '../../../contract/calendar.ts';
import { fromWireId } from '../../../contract/ids.ts';
import { instantOf } from '../../../contract/zones.ts';
import { newId } from '../../platform/db/ids.ts';
import { codeOf } from '../../workspaces/testing-visitor.ts';
import { aHouse, type Shop } from '../testing-shop.ts';

let shop: Shop;
let ids: Record<string, string>;
const uuid = (name: string) => fromWireId('cmp', ids[name] as string) as string;
beforeAll(async () => {
  const house = await aHouse({ work: false });
  shop = await house.shop();
  ids = {};
  // as launching leaves them: here it is told what stands in the database
  const scheduled = async (
    name: string,
    schedule: { mode: string; local?: string; [more: string]: unknown } | null,
    set: object = {},
  ) => {
    const { id } = await shop.draft({ name });
    ids[name] = id;
    const hour = schedule?.mode === 'at' && {
      scheduled_at: instantOf(schedule.local as string, 'Asia/Tokyo').at,
    };
    await shop.ctx.db
      .updateTable('campaigns')
      .set({ ...(schedule && { schedule: JSON.stringify(schedule), status: 'scheduled' }), ...hour, ...set })
      .where('id', '=', uuid(name))
      .execute();
  };
  const at = { mode: 'at', local: '2031-03-10T09:00', time_zone: 'Asia/Tokyo' };
  await scheduled('Tokyo', at);
  await scheduled('Held', at, { status: 'paused' });
  await scheduled('Only a draft', at, { status: 'draft' });
  await scheduled('Later', { ...at, local: '2031-04-01T09:00' });
  // the clocks of London change on 30 March 2031: 09:00 is another instant from then on
  await scheduled(
    'Weekly',
    {
      mode: 'recurring',
      rrule: 'FREQ=WEEKLY;BYDAY=FR',
      local: '2031-03-07T09:00',
      time_zone: 'Europe/London',
      until: '2031-04-04',
      exceptions: ['2031-03-21'],
    },
    { scheduled_at: new Date('2031-03-14T09:00:00Z') },
  );
  await scheduled(
    'Each at home',
    { mode: 'recipient_local', local: '2031-03-20T10:00', time_zone: 'Europe/London' },
    { scheduled_at: new Date('2031-03-19T20:00:00Z') },
  );
  await scheduled('Through', null, { status: 'published', featured: true });
  const run = {
    workspace_id: shop.ctx.actor.workspaceId,
    connection_id: fromWireId('con', shop.connection) as string,
    status: 'finished',
    content: '{}',
    settings: '{}',
    audience: '{}',
    planned: 2,
  };
  for (const day of ['2031-03-02T23:30:00Z', '2031-03-01T23:30:00Z'])
    await shop.ctx.db
      .insertInto('runs')
      .values({ ...run, id: newId(), campaign_id: uuid('Through'), created_at: new Date(day) })
      .execute();
  const stranger = await house.shop();
  await stranger.draft({ name: 'Foreign', schedule: at });
});

async function calendar(query: string) {
  const answer = await shop.call('GET', `/campaigns/calendar?${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return campaignCalendar.parse(answer.json());
}
const told = ({ name, kind, local, at }: CalendarEntry) => `${name}: ${kind} ${local} = ${at.slice(0, 16)}`;

test('says what went out and what will, each date of a series by its own clock, in the zone that was asked for', async () => {
  const { data, more } = await calendar('from=2031-03-02&until=2031-04-30');
  expect(data.map(told)).toEqual([
    'Through: sent 2031-03-02T23:30 = 2031-03-02T23:30',
    'Tokyo: planned 2031-03-10T00:00 = 2031-03-10T00:00',
    'Held: planned 2031-03-10T00:00 = 2031-03-10T00:00',
    'Weekly: occurrence 2031-03-14T09:00 = 2031-03-14T09:00',
    'Each at home: recipient_local 2031-03-19T20:00 = 2031-03-19T20:00',
    'Weekly: occurrence 2031-03-28T09:00 = 2031-03-28T09:00',
    'Later: planned 2031-04-01T01:00 = 2031-04-01T00:00',
    'Weekly: occurrence 2031-04-04T09:00 = 2031-04-04T08:00',
  ]);
  expect(more).toBe(false);
  expect(data[1]).toMatchObject({
    time_zone: 'Asia/Tokyo',
    until: null,
    status: 'scheduled',
    channel: 'telegram',
  });
  expect(data[4]).toMatchObject({ until: '2031-03-20T22:00:00.000Z' });
  const inTokyo = await calendar('from=2031-03-03&until=2031-03-10&time_zone=Asia/Tokyo');
  expect(inTokyo.data.map(told)).toEqual([
    'Through: sent 2031-03-03T08:30 = 2031-03-02T23:30',
    'Tokyo: planned 2031-03-10T09:00 = 2031-03-10T00:00',
    'Held: planned 2031-03-10T09:00 = 2031-03-10T00:00',
  ]);
});

test('shows what reaches into its days, and what its filters leave', async () => {
  const names = async (query: string) => (await calendar(query)).data.map(({ name }) => name);
  expect(await names('from=2031-03-20&until=2031-03-20')).toEqual(['Each at home']);
  expect(await names('from=2031-03-01&until=2031-03-31&status=paused')).toEqual(['Held']);
  expect(await names('from=2031-03-01&until=2031-03-31&search=thr')).toEqual(['Through', 'Through']);
  expect(await names('from=2031-03-01&until=2031-03-31&channel=whatsapp')).toEqual([]);
});

test.each([
  ['from=2031-03-02&until=2031-03-01', '/until'],
  ['from=2031-03-02&until=2032-03-02', '/until'],
  ['from=2031-03-02', '/until'],
  ['from=2031-03-02&until=2031-03-04&time_zone=EST', '/time_zone'],
])('?%s is refused', async (query, pointer) => {
  const answer = await shop.call('GET', `/campaigns/calendar?${query}`);
  expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
  expect(answer.json().errors[0].pointer).toContain(pointer);
});

test('the list as CSV: all that the filters mean in the order of the list, or the chosen ones', async () => {
  const csv = async (query: string) =>
    (await shop.call('GET', `/campaigns.csv?${query}`)).body.replace('\uFEFF', '').trim().split('\r\n');
  const [header, ...rows] = await csv('sort=name&search=t');
  expect(header).toBe(
    'ID,Name,Platform,Status,Training,Schedule at,Time zone,Type,Featured,Audience,Sent,Failed,Clicked,Replied,Created at',
  );
  expect(rows.map((row) => row.split(',').slice(0, 9).join())).toEqual([
    '7,Through,telegram,published,not_trained,,,promotional,yes',
    '6,Each at home,telegram,scheduled,not_trained,2031-03-19T20:00:00.000Z,Europe/London,promotional,no',
    '4,Later,telegram,scheduled,not_trained,2031-04-01T00:00:00.000Z,Asia/Tokyo,promotional,no',
    '3,Only a draft,telegram,draft,not_trained,2031-03-10T00:00:00.000Z,Asia/Tokyo,promotional,no',
    '1,Tokyo,telegram,scheduled,not_trained,2031-03-10T00:00:00.000Z,Asia/Tokyo,promotional,no',
  ]);
  expect(rows[0]).toMatch(/,yes,2,0,0,,0,2/);
  expect(rows[1]).toMatch(/,no,,,,,,2/);
  const chosen = await csv(`ids=${ids.Weekly},${ids.Tokyo}`);
  expect(chosen.slice(1).map((row) => row.split(',')[1])).toEqual(['Weekly', 'Tokyo']);
});

test('a row says how its campaign repeats', async () => {
  const rows = (await shop.call('GET', '/campaigns?search=weekly')).json().data;
  expect(rows).toMatchObject([
    { repeats: 'Every Friday at 09:00 in London, until 4 Apr 2031, 1 date left out' },
  ]);
});
