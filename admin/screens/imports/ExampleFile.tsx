// A small table to look at and to fill in: made here, so that it is there without the server.
import { IconDownload } from '@tabler/icons-react';

const rows = [
  ['Customer id', 'First name', 'Last name', 'Email', 'Phone', 'Language', 'Tags', 'Birthday', 'City'],
  ['1001', 'Ann', 'Lee', 'ann@example.com', '+44 20 7946 0018', 'en', 'vip, newsletter', '1987-04-21', 'Leeds'],
  ['1002', 'Jürgen', 'Groß', 'juergen@example.com', '+49 30 901820', 'de', 'newsletter', '1990-11-03', 'Köln'],
]; // biome-ignore format: a table
const csv = rows
  .map((row) => row.map((cell) => (cell.includes(',') ? `"${cell}"` : cell)).join(','))
  .join('\r\n');
// The mark at the beginning makes Excel read it as UTF-8.
const href = `data:text/csv;charset=utf-8,${encodeURIComponent(`\ufeff${csv}\r\n`)}`;

export function ExampleFile() {
  return (
    <a href={href} download="contacts-example.csv" className="row" style={{ display: 'inline-flex', gap: 6 }}>
      <IconDownload size={16} stroke={1.75} aria-hidden />
      Download an example file
    </a>
  );
}
