import { sql } from 'kysely';
import examples from 'libphonenumber-js/examples.mobile.json';
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { isTimeZone } from '../../contract/lists.ts';
import { offsetMs } from '../../contract/zones.ts';
import { testCtx } from '../testing/context.ts';
import { zoneOfPhone } from './phone-zone.ts';

const ctx = await testCtx();

describe('the zone of a phone number', () => {
  it('is known for every country, to us and to PostgreSQL, by a name that is a zone', async () => {
    const zones = new Map(
      getCountries().map((country) => [country, zoneOfPhone(getExampleNumber(country, examples)!.number)]),
    );
    expect([...zones].filter(([, zone]) => zone === null || !isTimeZone(zone))).toEqual([]);
    const unknown = await sql<{ name: string }>`
      SELECT name FROM unnest(${[...new Set(zones.values())]}::text[]) AS name
      WHERE name NOT IN (SELECT name FROM pg_timezone_names)`.execute(ctx.db);
    expect(unknown.rows).toEqual([]);
  });

  // one clock among those that the country has, by the runtime's own zone data: another source than ours
  it('shows a clock of that country, in winter and in summer', () => {
    const clock = (zone: string) =>
      [0, 3, 6, 9].map((month) => offsetMs(Date.UTC(2026, month, 15), zone)).join();
    const wrong = getCountries().filter((country) => {
      const zone = zoneOfPhone(getExampleNumber(country, examples)!.number)!;
      const locale = new Intl.Locale(`und-${country}`) as unknown as { getTimeZones(): string[] | undefined };
      return !locale.getTimeZones()?.some((one) => clock(one) === clock(zone));
    });
    // not in that data, or islands whose mobile numbers look like their mainland's
    expect(wrong.sort()).toEqual(['AC', 'CC', 'CX', 'TA', 'XK']);
  });

  it.each([
    // one zone
    ['+442079460018', 'Europe/London'],
    ['+4741234567', 'Europe/Oslo'],
    ['+919812345678', 'Asia/Kolkata'],
    ['00358412345678', 'Europe/Helsinki'],
    // the one with most people
    ['+79161234567', 'Europe/Moscow'],
    ['+6281234567890', 'Asia/Jakarta'],
    ['+61412345678', 'Australia/Sydney'],
    ['+34612345678', 'Europe/Madrid'],
    // countries that share a calling code
    ['+77012345678', 'Asia/Almaty'],
    ['+18764123456', 'America/Jamaica'],
    ['+17875551234', 'America/Puerto_Rico'],
    ['+12424567890', 'America/Nassau'],
    ['+262639012345', 'Indian/Mayotte'],
    // area codes
    ['+12125550123', 'America/New_York'],
    ['+13125550123', 'America/Chicago'],
    ['+17205550123', 'America/Denver'],
    ['+16025550123', 'America/Phoenix'],
    ['+14155550123', 'America/Los_Angeles'],
    ['+19075550123', 'America/Anchorage'],
    ['+18085550123', 'Pacific/Honolulu'],
    ['+14165550123', 'America/Toronto'],
    ['+16045550123', 'America/Vancouver'],
    ['+13065550123', 'America/Regina'],
    ['+17095550123', 'America/St_Johns'],
    ['+5511987654321', 'America/Sao_Paulo'],
    ['+5592987654321', 'America/Manaus'],
    ['+5568987654321', 'America/Rio_Branco'],
    ['+526641234567', 'America/Tijuana'],
    ['+529981234567', 'America/Cancun'],
    ['+525512345678', 'America/Mexico_City'],
    ['+61893001234', 'Australia/Perth'],
    ['+61733001234', 'Australia/Brisbane'],
    ['+34928123456', 'Atlantic/Canary'],
    ['+351292123456', 'Atlantic/Azores'],
  ])('%s is in %s', (phone, zone) => {
    expect(zoneOfPhone(phone)).toBe(zone);
  });

  it.each([null, '', '02079460018', '442079460018', '+', '+999123456789', '+80012345678', '+0123456789'])(
    '%s says nothing',
    (phone) => {
      expect(zoneOfPhone(phone)).toBeNull();
    },
  );
});
