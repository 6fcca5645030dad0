// Figures as the panel writes them: 12,480 · 98.5% · 3 min 0 s. Rounding never hides people.
const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

export function figure(value: number): string {
  return whole.format(value);
}

/** "1 person", "12 people". */
export function counted(value: number, one: string, many: string): string {
  return `${figure(value)} ${value === 1 ? one : many}`;
}
export const people = (value: number) => counted(value, 'person', 'people');

/** "€1,250.00", "¥1,250": with the unit, and as many decimals as the currency has. */
export function money(value: number, currency: string): string {
  let format = moneyFormats.get(currency);
  if (!format) {
    format = new Intl.NumberFormat('en-GB', { style: 'currency', currency });
    moneyFormats.set(currency, format);
  }
  return format.format(value);
}
const moneyFormats = new Map<string, Intl.NumberFormat>();

/** Share in per cent with one decimal: 99.96 % is not 100 %, 0.01 % is not 0 %. */
export function share(part: number, of: number): string {
  if (of <= 0) return '–';
  const exact = (part / of) * 100;
  if (part === 0) return '0%';
  if (part === of) return '100%';
  const rounded = Math.round(exact * 10) / 10;
  return `${Math.min(99.9, Math.max(0.1, rounded)).toFixed(1)}%`;
}

/** "45 s", "3 min 0 s", "2 h 5 min", "5 d 3 h". */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} min ${total % 60} s`;
  if (total < 172_800) return `${Math.floor(total / 3600)} h ${Math.floor((total % 3600) / 60)} min`;
  return `${Math.floor(total / 86_400)} d ${Math.floor((total % 86_400) / 3600)} h`;
}

export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
