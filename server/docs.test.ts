// The documents say what is there: error codes, environment, folders, requirements and links are compared with the code, so
// that a page cannot rot unnoticed. migrations/schema.sql is compared in platform/db/schema-dump.test.ts.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { errorCodes } from '../contract/errors.ts';
import { environment, readConfig } from './platform/config.ts';
import { filesBelow, isTestFile, root } from './testing/sources.ts';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'sandbox/README.md',
].concat(filesBelow('docs').filter((file) => file.endsWith('.md')));

test('docs/errors.md has every error code with its status, and no other', () => {
  const sections = read('docs/errors.md').split(/^### /m).slice(1);
  const described = sections.map((section) =>
    /^(\w+)\s+\*\*(\d{3})\*\* · \S/.exec(section)?.slice(1, 3).join(' '),
  );
  const real = Object.entries(errorCodes).map(([code, { status }]) => `${code} ${status}`);
  expect(described.toSorted()).toEqual(real.toSorted());
});

test('.env.sample has every variable that config.ts reads, each with its default and a comment, and no other', () => {
  const lines = read('.env.sample').split('\n');
  const variables = lines.flatMap((line, index) => {
    const found = /^(# )?([A-Z_]+)=(.*)$/.exec(line);
    return found ? [{ name: found[2]!, value: found[3]!, isUnset: found[1] !== undefined, index }] : [];
  });
  const known = Object.keys(environment.shape);
  expect(variables.map(({ name }) => name).toSorted()).toEqual(known.toSorted());
  for (const { name, index } of variables) {
    const above = lines.slice(0, index).findLast((line) => !/^(# )?[A-Z_]+=/.test(line));
    expect(above, `${name} has no comment above it`).toMatch(/^# .{10}/);
  }
  const values = Object.fromEntries(variables.filter((v) => !v.isUnset).map((v) => [v.name, v.value]));
  expect(readConfig(values), 'the values shown are the defaults').toEqual(readConfig({}));
});

test('no document names an environment variable that does not exist', () => {
  const known = new Set([...Object.keys(environment.shape), 'DB_PASSWORD', 'TEST_LOG_LEVEL']);
  // sizes of a bench, read where it is: a name that no bench reads would change nothing
  for (const file of filesBelow('bench'))
    for (const [name] of read(file).matchAll(/\bBENCH_[A-Z_]+/g)) known.add(name);
  const sandboxOwn = /^SANDBOX_(PORT|HOST|DATA)$/;
  for (const file of documents) {
    // the guide's lines for a shell have variables of their own, and e2e/guide.test.ts runs them
    const text = file.startsWith('docs/guide/')
      ? read(file).replaceAll(/^```bash\n[\s\S]*?^```$/gm, '')
      : read(file);
    for (const [, name] of text.matchAll(/(?:^|[\s`])([A-Z][A-Z_]{3,})=/gm))
      if (!sandboxOwn.test(name!)) expect(known, `${file} names ${name}`).toContain(name);
  }
});

test('README’s folders are those of the checkout', () => {
  const block = /## Folders\n\n```\n([\s\S]*?)```/.exec(read('README.md'))?.[1] ?? '';
  const shown = block.split('\n').flatMap((line) => /^(\S+)\/\s+\S/.exec(line)?.[1] ?? []);
  const hidden = ['node_modules', 'dist', 'coverage'];
  const real = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !hidden.includes(entry.name))
    .map((entry) => entry.name);
  expect(shown.toSorted()).toEqual(real.toSorted());
});

test('ARCHITECTURE’s ladder has the rooms of server/, from bottom to top', () => {
  const block = /## The ladder\n\n```\n([\s\S]*?)```/.exec(read('ARCHITECTURE.md'))?.[1] ?? '';
  const shown = block.split('\n').flatMap((line) => /^([a-z-]+) {2,}/.exec(line)?.[1] ?? []);
  const real = readdirSync(path.join(root, 'server'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'testing')
    .map((entry) => entry.name);
  expect(shown.toSorted()).toEqual(['contract', ...real].toSorted());
});

test('docs/features.md has every requirement once, and every file it names exists', () => {
  const ranges = { SC: 12, MB: 26, BM: 5, ST: 4, PO: 8, AR: 8, X: 15 };
  const wanted = Object.entries(ranges).flatMap(([prefix, last]) =>
    Array.from({ length: last }, (_, index) => `${prefix}${index + 1}`),
  );
  const rows = read('docs/features.md')
    .split('\n')
    .filter((line) => /^\| [A-Z]+\d+ +\|/.test(line))
    .map((line) => line.split(/(?<!\\)\| /).map((cell) => cell.replace(/\|$/, '').trim()));
  expect(rows.map((row) => row[1])).toEqual(wanted);
  for (const [, id, , state = '', where = '', tests = ''] of rows) {
    expect(state, `${id}: state`).toMatch(/^(\*\*done\*\*$|partly: |not yet$)/);
    for (const [, file] of `${where} ${tests}`.matchAll(/`([^`]+)`/g))
      expect(existsSync(path.join(root, file!)), `${id} names ${file}`).toBe(true);
    if (state === '**done**') {
      expect(where, `${id}: where`).not.toBe('');
      expect(tests, `${id}: test`).toMatch(/\.test\.tsx?`/);
    }
  }
  const count = (state: RegExp) => rows.filter((row) => state.test(row[3] ?? '')).length;
  expect(read('docs/features.md')).toContain(
    `${count(/^\*\*done/)} done, ${count(/^partly/)} partly, ${count(/^not yet/)} not yet.`,
  );
});

test('links between documents lead somewhere', () => {
  const hasScreenshots = filesBelow('docs/guide').some((file) => file.endsWith('.png'));
  for (const file of documents) {
    const text = read(file).replaceAll(/```[\s\S]*?```|`[^`]*`/g, '');
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?:|mailto:)/.test(target!)) continue;
      const [below = '', anchor] = target!.split('#');
      // screenshots are taken from the running panel, all together
      if (below.endsWith('.png') && !hasScreenshots) continue;
      const other = below ? path.posix.join(path.posix.dirname(file), below) : file;
      expect(existsSync(path.join(root, other)), `${file} → ${target}`).toBe(true);
      if (anchor) expect(anchorsOf(read(other)), `${file} → ${target}`).toContain(anchor);
    }
  }
});

function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('files that ARCHITECTURE names exist', () => {
  const text = read('ARCHITECTURE.md');
  const named = [...text.matchAll(/`([a-z-]+(?:\/[a-z.-]+)+\.(?:ts|tsx|sql|mjs))`/g)].map(
    ([, file]) => file!,
  );
  expect(named.length).toBeGreaterThan(30);
  const missing = named.filter(
    (file) => !existsSync(path.join(root, file)) && !existsSync(path.join(root, 'server', file)),
  );
  expect(missing).toEqual([]);
});

test('ARCHITECTURE names every file of the engine under its folder, and no other', () => {
  const block = /## The files of the engine\n([\s\S]*?)\n## /.exec(read('ARCHITECTURE.md'))?.[1] ?? '';
  let folder = '';
  const named = [...block.matchAll(/^\| (?:\*\*([a-z]+)\/\*\*)? *\| `([a-z-]+\.ts)`/gm)].map(
    ([, part, file]) => {
      if (part) folder = part === 'deliveries' ? '' : `${part}/`;
      return `server/deliveries/${folder}${file}`;
    },
  );
  const there = filesBelow('server/deliveries').filter((file) => !isTestFile(file));
  expect(named.sort()).toEqual(there.sort());
});

test('ARCHITECTURE’s table of tables has every table of the schema once, and no other', () => {
  const block = /\n## Tables\n([\s\S]*?)\n## /.exec(read('ARCHITECTURE.md'))?.[1] ?? '';
  const rows = [...block.matchAll(/^\| (.+?) \| /gm)].map(([, tables]) => tables!.replaceAll(/\(.*?\)/g, ''));
  const named = rows
    .filter((tables) => !tables.startsWith('schema '))
    .flatMap((tables) => [...tables.matchAll(/`([a-z_]+)`/g)].map(([, table]) => table!));
  const real = [...read('migrations/schema.sql').matchAll(/^CREATE TABLE (\w+) /gm)].map(
    ([, table]) => table!,
  );
  expect(named.toSorted()).toEqual(real.toSorted());
});

test('decisions are numbered without gaps', () => {
  const names = filesBelow('docs/decisions').map((file) => path.basename(file));
  expect(names.map((name) => name.slice(0, 4))).toEqual(names.map((_, i) => String(i + 1).padStart(4, '0')));
  for (const name of names)
    expect(read(`docs/decisions/${name}`)).toMatch(new RegExp(`^# ${name.slice(0, 4)}: `));
});
