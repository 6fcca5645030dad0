// The published example of a campaign is accepted; what it shows and we cannot do yet is refused in words, never ignored.
import { describe, expect, test } from 'vitest';
import { campaignCreate } from '../../contract/campaigns.ts';
import { toWireId } from '../../contract/ids.ts';
import { wrongFields } from '../platform/http/wrong-fields.ts';

const id = toWireId('con', '019fdbe0-5c4e-7d21-9a3f-2b6c8d0e4f17');
const contact = toWireId('cnt', '019fdbe0-5c4e-7d21-9a3f-2b6c8d0e4f17');

test('the example of the published API is accepted, and what asks for nothing is not kept', () => {
  const given = campaignCreate.parse({
    kind: 'broadcast',
    name: 'Flash Offer',
    type: 'promotional',
    connection_id: id,
    audience: { all: true, exclude: { segment_ids: [], campaign_ids: [] } },
    content: {
      text: '*Hi*',
      media: [{ url: 'https://shop.example/a.jpg' }],
      buttons: [{ text: 'Shop', url: 'https://shop.example' }],
    },
    schedule: { mode: 'now' },
    settings: {
      messages_per_minute: null,
      batch: { size: 256, delay_seconds: 2 },
      silent: false,
      pin: false,
      link_preview: true,
      unknown: { resend_after_seconds: null },
    },
    trigger: { enabled: false, delay_minutes: 60, rule: {}, repeat: 'once' },
  });
  expect(given).toMatchObject({ audience: { all: true }, schedule: { mode: 'now' } });
  expect(Object.keys(given.settings).sort()).toEqual([
    'ab',
    'batch',
    'canary',
    'holdout_percent',
    'link_preview',
    'messages_per_minute',
    'missed',
    'paid_broadcast',
    'pressure',
    'purpose',
    'silent',
    'test_first',
    'track_delivery',
    'track_links',
    'track_read',
    'unknown',
  ]);
  expect(given.settings.batch).toEqual({ size: 256, delay_seconds: 2 });
  expect(given.trigger).toEqual({
    enabled: false,
    delay_minutes: 60,
    unless: { bought: true, sold_out: true, messaged_today: false },
    cool_down_hours: 24,
    waiting: ['subscribed', 'viewed', 'carted'],
  });
});

describe('is refused in words:', () => {
  test.each([
    [{ audience: { segment_ids: ['seg_1'] } }, '/audience/segment_ids/0', /not the id of a segment/],
    [
      { audience: { import_id: 'imp_1' } },
      '/audience/import_id',
      /not the id of a import|not the id of an import/,
    ],
    [{ audience: { group_ids: [] } }, '/audience/group_ids', /Groups.*"segment_ids"/],
    [
      { audience: { all: true, exclude: { campaign_ids: ['cmp_1'] } } },
      '/audience/exclude/campaign_ids/0',
      /not the id of a campaign/,
    ],
    [{ audience: {} }, '/audience', /either/],
    [{ audience: { all: true, contact_ids: [contact] } }, '/audience', /either/],
    [{ audience: { all: false } }, '/audience/all', /./],
    [
      { schedule: { mode: 'recipient_local', local: '2026-12-01T09:00' } },
      '/schedule/time_zone',
      /Choose the time zone/,
    ],
    [
      { schedule: { mode: 'at', local: '2026-12-01T09:00', time_zone: 'UTC', rrule: 'FREQ=DAILY' } },
      '/schedule/rrule',
      /belongs to mode "recurring"/,
    ],
    [{ schedule: { mode: 'now', local: '2026-12-01T09:00' } }, '/schedule/local', /mode "at"/],
    [{ settings: { pin: true } }, '/settings/pin', /cannot be pinned yet/],
    [{ settings: { batch: { size: 257, delay_seconds: 2 } } }, '/settings/batch/size', /at most 256/],
    [{ settings: { batch: { size: 0 } } }, '/settings/batch/size', /./],
    [{ settings: { batch: { delay: 2 } } }, '/settings/batch/delay', /./],
    [{ settings: { messages_per_min: 5 } }, '/settings/messages_per_min', /./],
    [{ trigger: { rule: { all: [] } } }, '/trigger/rule', /not possible yet/],
    [{ trigger: { repeat: 'until_read' } }, '/trigger/repeat', /Only "once"/],
    [
      { content: { media: Array.from({ length: 11 }, (_, i) => ({ url: `https://a.example/${i}` })) } },
      '/content/media',
      /At most 10 files/,
    ],
    [{ content: { txt: 'x' } }, '/content/txt', /./],
    [{ audiance: { contact_ids: [contact] } }, '/audiance', /./],
  ])('%j', (body, pointer, words) => {
    const { error } = campaignCreate.safeParse({ name: 'x', ...body });
    const wrong = wrongFields(error?.issues ?? []);
    expect(wrong.map((one) => one.pointer)).toContain(pointer);
    expect(wrong.find((one) => one.pointer === pointer)?.detail).toMatch(words);
  });
});
