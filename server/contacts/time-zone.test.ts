import { describe, expect, it } from 'vitest';
import type { Contact, ContactCreate, ContactPatch } from '../../contract/contacts.ts';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import { quietHours } from '../../contract/pressure.ts';
import { wallClock } from '../deliveries/pressure/testing-pressure.ts';
import { countAudience } from '../deliveries/runs/reach.ts';
import { aConnection, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { editWorkspace } from '../workspaces/workspace.ts';
import { changeContact, createContact } from './save.ts';
import { loadContact } from './store.ts';
import { upsertContacts } from './upsert.ts';

const clock = wallClock('2026-06-01T12:00:00Z');
const base = await testCtx({ clock });

async function aShop() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const zone = ({ time_zone, time_zone_source }: Contact) => [time_zone, time_zone_source];
  const add = (given: ContactCreate) => createContact(ctx, { first_name: 'Ann', ...given });
  const change = async (contact: Contact, patch: ContactPatch) =>
    zone(await changeContact(ctx, fromWireId('cnt', contact.id)!, patch));
  return { ctx, zone, add, change };
}

describe('the time zone of a contact', () => {
  it('is guessed from the phone number, and follows it', async () => {
    const { add, zone, change } = await aShop();
    const ann = await add({ phone: '+1 415 555 0123' });
    expect(zone(ann)).toEqual(['America/Los_Angeles', 'phone']);
    expect(await change(ann, { phone: '+44 20 7946 0018' })).toEqual(['Europe/London', 'phone']);
    expect(await change(ann, { first_name: 'Bea' })).toEqual(['Europe/London', 'phone']);
    expect(await change(ann, { phone: '020 7946 0018' })).toEqual([null, null]);
    expect(zone(await add({}))).toEqual([null, null]);
  });

  it('that is given wins over every guess, until it is taken back', async () => {
    const { add, zone, change } = await aShop();
    const ann = await add({
      phone: '+14155550123',
      time_zone: 'Asia/Tokyo',
      browser_time_zone: 'Europe/Paris',
    });
    expect(zone(ann)).toEqual(['Asia/Tokyo', 'given']);
    expect(await change(ann, { phone: '+442079460018', browser_time_zone: 'Europe/Rome' })).toEqual([
      'Asia/Tokyo',
      'given',
    ]);
    expect(await change(ann, { time_zone: null })).toEqual(['Europe/Rome', 'browser']);
    expect(await change(ann, { phone: '+81312345678' })).toEqual(['Europe/Rome', 'browser']);
    expect(await change(ann, { browser_time_zone: null })).toEqual(['Asia/Tokyo', 'phone']);
    // the same by word of mouth is given from then on, though it is what was guessed
    expect(await change(ann, { time_zone: 'Asia/Tokyo' })).toEqual(['Asia/Tokyo', 'given']);
    expect(await change(ann, { phone: '+442079460018' })).toEqual(['Asia/Tokyo', 'given']);
    expect(await change(ann, { time_zone: null, phone: null })).toEqual([null, null]);
  });

  it('is guessed for batches alike, and a batch that says nothing new changes nothing', async () => {
    const { ctx, zone } = await aShop();
    const rows = [
      { external_id: 'a', phone: '+5592987654321' },
      { external_id: 'b', time_zone: 'UTC' },
    ];
    const [a, b] = await upsertContacts(ctx, rows);
    const before = await loadContact(ctx, a!.id);
    expect(zone(before)).toEqual(['America/Manaus', 'phone']);
    expect(zone(await loadContact(ctx, b!.id))).toEqual(['UTC', 'given']);
    clock.set('2026-06-01T13:00:00Z');
    await upsertContacts(ctx, rows);
    expect(await loadContact(ctx, a!.id)).toEqual(before);
    await upsertContacts(ctx, [{ external_id: 'a', time_zone: 'UTC' }]);
    expect(zone(await loadContact(ctx, a!.id))).toEqual(['UTC', 'given']);
  });
});

describe('quiet hours', () => {
  // the clocks of New York go forward on 8 March 2026, London's on 29 March, both back in autumn, a week apart
  it.each([
    ['2026-03-06T13:30:00Z', '2026-03-06T14:00:00.000Z'],
    ['2026-03-08T12:30:00Z', '2026-03-08T13:00:00.000Z'],
    ['2026-10-30T12:30:00Z', '2026-10-30T13:00:00.000Z'],
    ['2026-11-01T12:30:00Z', '2026-11-01T14:00:00.000Z'],
  ])('at %s end at nine where the phone number says the person is', async (now, until) => {
    clock.set(now);
    const { ctx, add } = await aShop();
    const connectionId = await aConnection(ctx);
    await editWorkspace(ctx, { quiet_hours: quietHours.parse({ from: '21:00', to: '09:00' }) });
    const at = (address: string) => ({
      identities: [{ connection_id: toWireId('con', connectionId), address }],
    });
    await add({ phone: '+12125550123', ...at('1') });
    await add({ phone: '+12125550123', time_zone: 'Europe/London', ...at('2') });
    await add(at('3'));
    const connection = { id: connectionId, channel: 'telegram' as const };
    const count = await countAudience(
      ctx,
      { audience: { all: true }, connection, settings: {} },
      clock.now(),
    );
    expect(count).toMatchObject({ reachable: 3, in_quiet_hours: 1, quiet_until: until });
  });
});
