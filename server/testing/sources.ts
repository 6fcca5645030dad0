// The project's own source files as the house-keeping tests see them: paths, texts, and imports read with TypeScript's
// own parser, so that a comment or a string is never taken for code.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const root = path.resolve(import.meta.dirname, '../..');
export const rooms = ['contract', 'server', 'admin', 'widget', 'sandbox', 'bench', 'e2e', 'bin'];
const notOurs = new Set(['node_modules', 'dist', 'coverage']);

export interface Source {
  /** Below the root, with slashes: "server/contacts/save.ts". */
  path: string;
  text: string;
  /** Relative imports resolved to paths like `path`, packages as written; `import type` counts too. */
  imports: string[];
  isTest: boolean;
}

/** Every file below `folder` (relative to the root), sorted. */
export function filesBelow(folder: string): string[] {
  let entries: import('node:fs').Dirent[];
  try {
    entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => !notOurs.has(entry.name) && !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const below = path.posix.join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(below) : [below];
    })
    .sort();
}

/** Whether a file exists only for tests: tests themselves, contracts that adapters pass, and what they lean on. */
export function isTestFile(file: string): boolean {
  return (
    /\.(test|contract)\.tsx?$/.test(file) ||
    file.startsWith('server/testing/') ||
    /(^|\/)testing-[^/]*\.ts$/.test(file) ||
    /-fixture\.ts$/.test(file) ||
    file.startsWith('e2e/') ||
    file.startsWith('bench/')
  );
}

export function readSources(): Source[] {
  return rooms
    .flatMap(filesBelow)
    .filter((file) => /\.(ts|tsx|mjs|js)$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      const imports = ts
        .preProcessFile(text, true, true)
        .importedFiles.map(({ fileName }) =>
          fileName.startsWith('.') ? path.posix.join(path.posix.dirname(file), fileName) : fileName,
        );
      return { path: file, text, imports, isTest: isTestFile(file) };
    });
}

/** "12: Date.now()" for each place where `matches` says so of a syntax node; comments and strings are no nodes. */
export function placesOf(source: Source, matches: (node: ts.Node) => boolean): string[] {
  const kind = source.path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const file = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ESNext, true, kind);
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    if (matches(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${source.path}:${line + 1}: ${node.getText().slice(0, 80)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
