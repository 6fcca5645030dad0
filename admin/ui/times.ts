// Moments as the panel writes them. Every function takes the zone: the workspace's, never the browser's by accident.
const formats = new Map<string, Intl.DateTimeFormat>();
function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
    formats.set(key, found);
  }
  return found;
}

/** "17 Nov 2026". */
export function day(iso: string, zone: string): string {
  return format(zone, { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(iso));
}
/** "17:57". */
export function clock(iso: string, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
}
/** "14:34:45". */
export function clockSeconds(iso: string, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(iso));
}
/** "17 Nov 2026, 17:57", and "Today, 14:30" on the same day. */
export function moment(iso: string, zone: string): string {
  const today = day(iso, zone) === day(new Date().toISOString(), zone);
  return `${today ? 'Today' : day(iso, zone)}, ${clock(iso, zone)}`;
}
/**
 * "Sun 22 Nov, 09:00", with the year where it is another: a moment in a zone that is not the reader's, beside its name. "Today"
 * would be somebody else's. In `own`, the reader's zone, as `moment`.
 */
export function momentIn(iso: string, zone: string, own: string): string {
  if (zone === own) return moment(iso, own);
  const year = (at: Date) => format(zone, { year: 'numeric' }).format(at);
  if (year(new Date(iso)) !== year(new Date())) return `${day(iso, zone)}, ${clock(iso, zone)}`;
  const parts = format(zone, { weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(iso));
  return `${parts.replace(',', '')}, ${clock(iso, zone)}`;
}
/** "14:34:45" today, "17 Nov 2026, 14:34:45" on another day. */
export function momentSeconds(iso: string, zone: string): string {
  const today = day(iso, zone) === day(new Date().toISOString(), zone);
  return today ? clockSeconds(iso, zone) : `${day(iso, zone)}, ${clockSeconds(iso, zone)}`;
}
/** "17:57" today, "17 Nov 2026, 17:57" on another day: within a sentence. */
export function momentShort(iso: string, zone: string): string {
  const today = day(iso, zone) === day(new Date().toISOString(), zone);
  return today ? clock(iso, zone) : moment(iso, zone);
}
/** "Today", "Yesterday" or "Tuesday 17 November": the line between days in a thread. */
export function dayHeading(iso: string, zone: string): string {
  const now = Date.now();
  if (day(iso, zone) === day(new Date(now).toISOString(), zone)) return 'Today';
  if (day(iso, zone) === day(new Date(now - 86_400_000).toISOString(), zone)) return 'Yesterday';
  return format(zone, { weekday: 'long', day: 'numeric', month: 'long' }).format(new Date(iso));
}
/** "Now", "6 min", "2 h", "3 d", then the date: how long ago, short. */
export function ago(iso: string, zone: string): string {
  const seconds = (Date.now() - Date.parse(iso)) / 1000;
  if (seconds < 60) return 'Now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)} d`;
  return format(zone, { day: 'numeric', month: 'short' }).format(new Date(iso));
}
/** "Now", "6 min ago", "3 d ago", then the date with its year. */
export function since(iso: string, zone: string): string {
  if (Date.now() - Date.parse(iso) >= 7 * 86_400_000) return day(iso, zone);
  const short = ago(iso, zone);
  return short === 'Now' ? short : `${short} ago`;
}
/** All zones this browser knows, with UTC, for a select. */
export function zones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')];
}
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
