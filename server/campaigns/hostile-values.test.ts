// What programs and people send that nobody meant: every value is refused at its field with a code, or accepted and carried
// out. Bodies are written as text, so that also what JSON.stringify would mend (1e309, NaN) arrives as it is.
import { beforeAll, describe, expect, test } from 'vitest';
import type { FieldProblem } from '../../contract/errors.ts';
import { toWireId } from '../../contract/ids.ts';
import { testLanes, until } from '../testing/engine.ts';
import { codeOf } from '../workspaces/testing-visitor.ts';
import { aHouse, type House, type Shop } from './testing-shop.ts';

let house: House;
let shop: Shop;
let draft: string;
beforeAll(async () => {
  house = await aHouse();
  shop = await house.shop(2);
  draft = (await shop.draft()).id;
});

const send = (method: string, url: string, body: string) =>
  shop.call(method, url, body, { 'content-type': 'application/json' });

/** Numbers that no field of ours can mean: not whole where whole is asked, not finite, beyond int4, int8 and a double. */
const neverWhole = ['1.5', '-1.5', '1e309', '-1e309', '9007199254740993', '1e300', '"5"', 'true', '[]', '{}'];
const neverPositive = ['-1', '-2147483649', '-9223372036854775809'];
const beyond = ['2147483648', '9223372036854775808'];
const hostile = [...neverWhole, ...neverPositive, ...beyond];

/** Refused with 422 and a pointer to the field (or below it, where `under`). */
async function refused(method: string, url: string, body: string, pointer: string): Promise<void> {
  const answer = await send(method, url, body);
  expect([body.slice(0, 120), codeOf(answer)]).toEqual([body.slice(0, 120), '422 VALIDATION_FAILED']);
  const errors = answer.json<{ errors: FieldProblem[] }>().errors;
  expect(errors[0]).toEqual({ pointer, detail: expect.stringMatching(/\w+ .*\.$/) });
}

const ids = (count: number) =>
  JSON.stringify(Array.from({ length: count }, () => toWireId('cnt', crypto.randomUUID())));
const list = (count: number, entry: string) => `[${Array(count).fill(entry).join(',')}]`;
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('a campaign’s settings', () => {
  const numbers: [name: string, around: (value: string) => string, pointer: string, more: string[]][] = [
    ['messages per minute', (v) => `{"messages_per_minute":${v}}`, '/messages_per_minute', ['0', '60001']],
    ['batch size', (v) => `{"batch":{"size":${v}}}`, '/batch/size', ['0', '257']],
    ['batch delay', (v) => `{"batch":{"delay_seconds":${v}}}`, '/batch/delay_seconds', ['86401']],
    [
      'resend of unknown ones',
      (v) => `{"unknown":{"resend_after_seconds":${v}}}`,
      '/unknown/resend_after_seconds',
      ['0', '59', '604801'],
    ],
    [
      'how late it may be',
      (v) => `{"missed":{"mode":"send_if_late_less_than","minutes":${v}}}`,
      '/missed/minutes',
      ['0', '4', '10081', 'null'],
    ],
    [
      'people of the canary',
      (v) => `{"canary":{"size":{"people":${v}}}}`,
      '/canary/size/people',
      ['0', '100001', 'null'],
    ],
    ['wait of the canary', (v) => `{"canary":{"wait_minutes":${v}}}`, '/canary/wait_minutes', ['0', '2881']],
  ];
  test.each(
    numbers.flatMap(([name, around, pointer, more]) =>
      [...hostile, ...more].map((value) => [name, value, around(value), pointer] as const),
    ),
  )('%s of %s is refused at its field', async (_, __, settings, pointer) => {
    await refused('PATCH', `/campaigns/${draft}`, `{"settings":${settings}}`, `/settings${pointer}`);
  });

  test.each([
    ['{"canary":{"size":{"percent":0}}}', '/canary/size/percent'],
    ['{"canary":{"size":{"percent":50.1}}}', '/canary/size/percent'],
    ['{"canary":{"size":{"percent":1e309}}}', '/canary/size/percent'],
    ['{"canary":{"size":{"percent":1e-300}}}', '/canary/size/percent'],
    ['{"canary":{"size":{"people":1,"percent":1}}}', '/canary/size'],
    ['{"canary":{"size":{}}}', '/canary/size'],
    ['{"canary":{"size":[]}}', '/canary/size'],
    ['{"canary":{"limits":{"failed_percent":100.5}}}', '/canary/limits/failed_percent'],
    ['{"canary":{"limits":{"failed_percent":-1}}}', '/canary/limits/failed_percent'],
    ['{"canary":{"limits":{"lost_percent":1}}}', '/canary/limits/lost_percent'],
    ['{"canary":{"when_passed":"stop"}}', '/canary/when_passed'],
    ['{"batch":[]}', '/batch'],
    ['{"batch":{"size":5,"pause":5}}', '/batch/pause'],
    ['{"unknown":{"resend_after_seconds":null,"tries":9}}', '/unknown/tries'],
    ['{"missed":{"mode":"send","minutes":9}}', '/missed/minutes'],
    ['{"missed":{}}', '/missed/mode'],
    ['{"missed":[]}', '/missed'],
    ['{"purpose":"spam"}', '/purpose'],
    ['{"pressure":{"ignore_caps":"yes"}}', '/pressure/ignore_caps'],
    ['{"pressure":{"ignore_all":true}}', '/pressure/ignore_all'],
    ['{"pin":true}', '/pin'],
    [`{"extra":${deep(2000)}}`, '/extra'],
    [`{"batch":${deep(2000)}}`, '/batch/a'],
    ['[]', ''],
    ['null', ''],
    ['"now"', ''],
  ])('%s is refused at its field', async (settings, pointer) => {
    await refused('PATCH', `/campaigns/${draft}`, `{"settings":${settings}}`, `/settings${pointer}`);
    await refused('POST', '/campaigns', `{"name":"x","settings":${settings}}`, `/settings${pointer}`);
  });
});

test.each([
  ['{"unknown":null}', '/unknown'],
  ['{"batch":{"size":null}}', '/batch/size'],
  ['{"batch":{"delay_seconds":null}}', '/batch/delay_seconds'],
  ['{"canary":{"wait_minutes":null}}', '/canary/wait_minutes'],
])('%s of settings is the default in a change, and refused in a new campaign', async (settings, pointer) => {
  await refused('POST', '/campaigns', `{"name":"x","settings":${settings}}`, `/settings${pointer}`);
  expect(codeOf(await send('PATCH', `/campaigns/${draft}`, `{"settings":${settings}}`))).toBe('200');
});

describe('a campaign’s hour', () => {
  const at = (local: string, zone = '"UTC"') => `{"mode":"at","local":${local},"time_zone":${zone}}`;
  const locals = [
    ...['"0001-01-01T00:00"', '"0000-00-00T00:00"', '"1000-01-01T00:00"', '"1969-12-31T23:59"'],
    ...['"9999-12-31T23:59:59"', '"+275760-09-13T00:00"', '"10000-01-01T00:00"', '"-2026-01-01T00:00"'],
    ...['"2027-02-29T09:00"', '"2027-02-30T09:00"', '"2027-13-01T09:00"', '"2027-01-01T24:00"'],
    ...['"2027-01-01T09:60"', '"2027-01-01T09:00Z"', '"2027-01-01"', '"tomorrow"', '" "', '5', '1e309', '[]'],
    ...['"２０２７-01-01T09:00"', '"2027-01-01T09:00\\u0000"', `"${'9'.repeat(100_000)}"`],
  ];
  test.each(locals)('%s is refused, now and later', async (local) => {
    await refused('PATCH', `/campaigns/${draft}`, `{"schedule":${at(local)}}`, '/schedule/local');
    await refused('POST', '/campaigns', `{"name":"x","schedule":${at(local)}}`, '/schedule/local');
  });

  const zones = [
    ...['"Mars/Olympus"', '"IST"', '"+25:00"', '"+02:00"', '"GMT+1"', '""', '"UTC\\u0000"', '"utc"'],
    ...['"Europe/London\'; DROP TABLE runs"', '"../../etc/localtime"', '5', '[]', `"${'A/'.repeat(50_000)}"`],
  ];
  test.each(zones)('in the zone %s is refused', async (zone) => {
    await refused(
      'PATCH',
      `/campaigns/${draft}`,
      `{"schedule":${at('"2027-06-01T09:00"', zone)}}`,
      '/schedule/time_zone',
    );
    await refused('PATCH', '/workspace', `{"time_zone":${zone}}`, '/time_zone');
  });

  test.each([
    ['{}', '/schedule/mode'],
    ['[]', '/schedule'],
    ['null', '/schedule'],
    ['{"mode":"at"}', '/schedule/local'],
    ['{"mode":"now","local":"2027-06-01T09:00"}', '/schedule/local'],
    ['{"mode":"recurring"}', '/schedule/local'],
    ['{"mode":"now","rrule":"FREQ=SECONDLY"}', '/schedule/rrule'],
    [`{"mode":"now","then":${deep(2000)}}`, '/schedule/then'],
  ])('%s is refused', async (schedule, pointer) => {
    await refused('PATCH', `/campaigns/${draft}`, `{"schedule":${schedule}}`, pointer);
  });

  test('another hour of a scheduled campaign is judged alike', async () => {
    const hour = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 16);
    const { id } = await shop.draft({ schedule: { mode: 'at', local: hour, time_zone: 'UTC' } });
    expect((await shop.call('POST', `/campaigns/${id}/launch`)).statusCode).toBe(202);
    for (const local of locals)
      await refused('POST', `/campaigns/${id}/reschedule`, `{"local":${local},"time_zone":"UTC"}`, '/local');
    for (const zone of zones)
      await refused(
        'POST',
        `/campaigns/${id}/reschedule`,
        `{"local":"2027-06-01T09:00","time_zone":${zone}}`,
        '/time_zone',
      );
    expect(await shop.read(id)).toMatchObject({ status: 'scheduled', scheduled_at: `${hour}:00.000Z` });
  });
});

describe('a campaign’s people and version', () => {
  test.each([
    ['nobody', '{"contact_ids":[]}', '/audience/contact_ids'],
    ['10,000 who are not there', `{"contact_ids":${ids(10_000)}}`, '/audience/contact_ids'],
    ['10,001', `{"contact_ids":${ids(10_001)}}`, '/audience/contact_ids'],
    ['all and some', `{"all":true,"contact_ids":${ids(1)}}`, '/audience'],
    ['nothing', '{}', '/audience'],
    ['a list', '[]', '/audience'],
    ['not all', '{"all":false}', '/audience/all'],
    ['an id of something else', '{"contact_ids":["cmp_0"]}', '/audience/contact_ids/0'],
  ])('an audience of %s is refused', (_, audience, pointer) =>
    refused('PATCH', `/campaigns/${draft}`, `{"audience":${audience}}`, pointer),
  );

  test.each([...hostile, '0', 'null'])('a version of %s is refused', async (version) => {
    for (const url of [
      `/campaigns/${draft}`,
      `/connections/${shop.connection}`,
      `/contacts/${shop.people[0]}`,
      '/workspace',
    ])
      await refused('PATCH', url, `{"version":${version}}`, '/version');
  });

  test.each([...hostile, '0'])('%s people to settle are refused', async (n) => {
    const { id } = await shop.draft();
    const run = (await shop.call('POST', `/campaigns/${id}/launch`)).json().run_id;
    const answer = await send(
      'POST',
      `/campaigns/${id}/count_unknown_as_sent`,
      `{"run_id":"${run}","expected":${n}}`,
    );
    expect(codeOf(answer)).toBeOneOf(['422 VALIDATION_FAILED', '409 NUMBER_CHANGED']);
    expect(answer.json().errors[0].pointer).toBe('/expected');
  });

  test.each(['0', '-1', '201', '1.5', '1e309', 'NaN', '', 'ten'])(
    'a page of %s is refused',
    async (limit) => {
      for (const url of [`/campaigns/${draft}/deliveries`, '/deliveries', '/campaigns']) {
        const answer = await shop.call('GET', `${url}?limit=${limit}`);
        expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
        expect(answer.json().errors[0].pointer).toBe('/limit');
      }
    },
  );
});

describe('a connection’s warm-up plan', () => {
  const plans: [string, string][] = [
    ...hostile.map((value): [string, string] => [`{"day_limits":[5,${value}]}`, '/day_limits/1']),
    ['{"day_limits":[0]}', '/day_limits/0'],
    ['{"day_limits":[1000001]}', '/day_limits/0'],
    ['{"day_limits":[null]}', '/day_limits/0'],
    ['{"day_limits":[]}', '/day_limits'],
    ['{"day_limits":0}', '/day_limits'],
    [`{"day_limits":${list(366, '5')}}`, '/day_limits'],
    [`{"day_limits":${list(10_000, '5')}}`, '/day_limits'],
    ['{}', '/day_limits'],
    ['[]', ''],
    ['5', ''],
    ['{"day_limits":[5],"then":1}', '/then'],
    ...['0001-01-01', '1969-12-31', '9999-12-31', '+275760-09-13', '2026-02-30', '2026-13-01', 'today'].map(
      (day): [string, string] => [`{"day_limits":[5],"started_on":"${day}"}`, '/started_on'],
    ),
    ['{"day_limits":[5],"started_on":5}', '/started_on'],
    ['{"day_limits":[5],"started_on":"2099-12-31"}', '/started_on'],
  ];
  test.each(plans)('%s is refused at its field', (plan, pointer) =>
    refused('PATCH', `/connections/${shop.connection}`, `{"warm_up":${plan}}`, `/warm_up${pointer}`),
  );

  test.each([
    ['that falls from day to day', [9, 5, 1], null],
    ['of one day', [1], null],
    ['as long and as large as can be', Array(365).fill(1_000_000), null],
    ['that was over years ago', [5, 5], '2020-01-01'],
  ])('%s is kept, and its page answers', async (_, day_limits, started_on) => {
    const warm_up = { day_limits, ...(started_on ? { started_on } : {}) };
    const answer = await shop.call('PATCH', `/connections/${shop.connection}`, { warm_up });
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json().warm_up).toMatchObject(warm_up);
    const limits = await shop.call('GET', `/connections/${shop.connection}/limits`);
    expect(limits.json().warm_up).toMatchObject(
      started_on ? { day: null } : { day: expect.any(Number), limit_today: expect.any(Number) },
    );
    await shop.call('PATCH', `/connections/${shop.connection}`, { warm_up: null });
  });
});

describe('a workspace’s pressure', () => {
  const cap = (max: string, hours = '24') => `{"max":${max},"period_hours":${hours}}`;
  const pressures: [string, string][] = [
    ...[...hostile, '0', '1001', 'null'].flatMap((value): [string, string][] => [
      [`{"frequency_caps":[${cap(value)}]}`, '/frequency_caps/0/max'],
      [
        `{"frequency_caps":[${cap('1', value === '1001' ? '8761' : value)}]}`,
        '/frequency_caps/0/period_hours',
      ],
      [
        `{"quiet_hours":{"from":"21:00","to":"09:00","expire_after_hours":${value}}}`,
        '/quiet_hours/expire_after_hours',
      ],
    ]),
    [`{"frequency_caps":[${cap('1')},${cap('2')}]}`, '/frequency_caps/1/period_hours'],
    [`{"frequency_caps":${list(11, cap('1'))}}`, '/frequency_caps'],
    [`{"frequency_caps":${list(10_000, cap('1'))}}`, '/frequency_caps'],
    ['{"frequency_caps":null}', '/frequency_caps'],
    ['{"frequency_caps":[{"max":1,"period_hours":1,"purpose":"all"}]}', '/frequency_caps/0/purpose'],
    ['{"frequency_caps":[{"max":1,"period_hours":1,"per":"day"}]}', '/frequency_caps/0/per'],
    ['{"quiet_hours":{"from":"21:00","to":"21:00"}}', '/quiet_hours/to'],
    ['{"quiet_hours":{"from":"24:00","to":"09:00"}}', '/quiet_hours/from'],
    ['{"quiet_hours":{"from":"21:00","to":"9:00"}}', '/quiet_hours/to'],
    ['{"quiet_hours":{"from":"21:00"}}', '/quiet_hours/to'],
    ['{"quiet_hours":{"from":21,"to":"09:00"}}', '/quiet_hours/from'],
    ['{"quiet_hours":[]}', '/quiet_hours'],
  ];
  test.each(pressures)('%s is refused at its field', (body, pointer) =>
    refused('PATCH', '/workspace', body, pointer),
  );

  test('ten thousand different caps are refused as one mistake', async () => {
    const caps = Array.from({ length: 10_000 }, (_, i) => cap('1', String(1 + (i % 8760))));
    const answer = await send('PATCH', '/workspace', `{"frequency_caps":[${caps.join(',')}]}`);
    expect(answer.json().errors).toEqual([{ pointer: '/frequency_caps', detail: 'At most 10 caps.' }]);
  });
});

test.each([
  ['NaN', '{"settings":{"messages_per_minute":NaN}}', '400 MALFORMED_JSON'],
  ['Infinity', '{"settings":{"messages_per_minute":Infinity}}', '400 MALFORMED_JSON'],
  ['nothing', '', '400 MALFORMED_JSON'],
  ['a field that JavaScript has by itself', '{"settings":{"toString":1}}', '422 VALIDATION_FAILED'],
])('%s in a body is no JSON of ours', async (_, body, code) => {
  expect(codeOf(await send('PATCH', `/campaigns/${draft}`, body))).toBe(code);
});

describe('the least and the most that is accepted is carried out:', () => {
  test.each([
    ['one message a minute', { messages_per_minute: 1 }, 1, 60],
    ['60,000 messages a minute', { messages_per_minute: 60_000 }, 3, 0],
    ['batches of one, a day apart', { batch: { size: 1, delay_seconds: 86_400 } }, 1, 86_400],
    ['batches without a pause', { batch: { size: 256, delay_seconds: 0 } }, 3, 0],
    ['unknown ones again after a week', { unknown: { resend_after_seconds: 604_800 } }, 3, 0],
    [
      'a canary of a hundredth of a percent',
      {
        canary: {
          size: { percent: 0.01 },
          wait_minutes: 2880,
          limits: { failed_percent: 0, blocked_percent: 0, opted_out_percent: 0 },
          when_passed: 'continue',
        },
      },
      1,
      2880 * 60,
    ],
    [
      'a canary larger than the audience',
      {
        canary: {
          size: { people: 100_000 },
          wait_minutes: 1,
          limits: { failed_percent: 100, blocked_percent: 100, opted_out_percent: 100 },
          when_passed: 'ask',
        },
      },
      3,
      0,
    ],
  ])('%s', async (_, settings, atOnce, seconds) => {
    const there = await house.shop(3);
    const lanes = testLanes(there.ctx, 500);
    const { id, settings: kept } = await there.draft({ settings });
    expect(kept).toMatchObject(settings);
    expect((await there.call('POST', `/campaigns/${id}/launch`)).statusCode).toBe(202);
    await until('as many have it as may', async () => (await there.report(id)).sent === atOnce);
    const { started_at, finish_at, finished_at } = await there.report(id);
    const end = finish_at ?? finished_at ?? (await there.report(id)).canary?.judge_at;
    if (seconds > 0)
      expect(Date.parse(end!) - Date.parse(started_at!)).toBeGreaterThanOrEqual(seconds * 1000);
    for (const url of [
      `/campaigns/${id}/report`,
      `/campaigns/${id}/reconciliation`,
      `/connections/${there.connection}/limits`,
    ])
      expect((await there.call('GET', url)).statusCode).toBe(200);
    await lanes.stop();
    expect(await there.sandbox.stats()).toMatchObject({ duplicates_total: 0 });
  });
});
