// What a spreadsheet's cell says, as text: numbers without the noise of binary fractions, dates as ISO. A date is a number
// whose format has days or hours in it; formats and epoch come from the workbook.

export interface CellStyles {
  /** Of each style: whether its numbers are moments. */
  isDate: boolean[];
  /** Workbooks of old Macs count from 1904. */
  from1904: boolean;
}

/** Formats that every spreadsheet program knows by number: dates and times, those of East Asian editions included. */
export function isBuiltInDate(format: number): boolean {
  return (format >= 14 && format <= 22) || (format >= 27 && format <= 36) || (format >= 50 && format <= 58);
}

/** "dd.mm.yyyy" is one, "0.00" is none, "[h]:mm" is a duration. */
export function isDateFormat(code: string): boolean {
  const first = code.split(';')[0] ?? '';
  const bare = first.replaceAll(/"[^"]*"?|\\.|_.|\*./g, '');
  if (/\[(h+|m+|s+)\]/i.test(bare)) return false;
  const signs = bare.replaceAll(/\[[^\]]*\]?/g, '');
  return !/general/i.test(signs) && /[ymdhs]/i.test(signs) && !/[0#?]/.test(signs.replaceAll(/[:.]0+/g, ''));
}

/** `type`: the cell's attribute t; "s" (shared) is resolved by the caller. */
export function cellText(type: string, value: string, style: number, styles: CellStyles): string {
  if (type === 'b') return value.trim() === '1' ? 'true' : 'false';
  if (type !== 'n') return value;
  const written = value.trim();
  const number = Number(written);
  if (written === '' || !Number.isFinite(number)) return value;
  if (styles.isDate[style]) return dateText(number, styles.from1904) ?? written;
  if (/^-?\d{1,21}$/.test(written)) return written;
  // fifteen digits are what the program itself shows
  return plainNumber(Number(number.toPrecision(15)));
}

function plainNumber(number: number): string {
  const text = String(number);
  if (!text.includes('e')) return text;
  return Math.abs(number) >= 1 ? BigInt(Math.round(number)).toString() : text;
}

const dayMs = 86_400_000;

/** Null for what is no date: before 1900, after 9999. A time alone is "09:30:00". */
function dateText(serial: number, from1904: boolean): string | null {
  if (serial < 0 || serial >= 2_958_466) return null;
  const seconds = Math.round((serial % 1) * 86_400);
  const day = Math.floor(serial);
  if (day === 0 && seconds > 0 && !from1904) return new Date(seconds * 1000).toISOString().slice(11, 19);
  // the 29 February 1900 never was, but is counted: days before it are one off
  const sinceEpoch = from1904 ? day - 24_107 : day - 25_569 + (day < 60 ? 1 : 0);
  const iso = new Date(sinceEpoch * dayMs + seconds * 1000).toISOString();
  return seconds === 0 ? iso.slice(0, 10) : iso.slice(0, 19);
}

/** "BC12" → 54; null where it names no column. */
export function columnOf(reference: string): number | null {
  const letters = /^[A-Z]{1,3}/.exec(reference)?.[0];
  if (!letters) return null;
  let number = 0;
  for (const letter of letters) number = number * 26 + letter.charCodeAt(0) - 64;
  return number - 1;
}
