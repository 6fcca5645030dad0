// How figures are kept, compared with their targets and printed.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';

/** One line of the table: a figure, and the target of the design where there is one. */
export interface Row {
  what: string;
  figure: string;
  target?: string;
  /** What the target is compared with, when it is not the figure itself. */
  ratio?: string;
  met?: boolean;
}

/** A line of a plot: x over a logarithmic, y over a linear axis. */
export interface Plot {
  /** Name of the file in docs/performance, without its ending. */
  name: string;
  title: string;
  x: string;
  y: string;
  points: { x: number; y: number }[];
  /** A second line for comparison, drawn broken. */
  reference?: { label: string; points: { x: number; y: number }[] };
}

/** What a bench brings home; `notes` are lines of its own making (rounds, samples) for the document. */
export interface Result {
  rows: Row[];
  plots?: Plot[];
}

export const machine = {
  processor: `${os.cpus()[0]?.model.trim() ?? 'unknown processor'}, ${os.cpus().length} cores, ${(os.totalmem() / 2 ** 30).toFixed(0)} GB`,
  system: `${os.type()} ${os.release()}, ${os.arch()}`,
  node: `Node ${process.versions.node}`,
  /** Filled in by the first stage that opens. */
  postgres: '',
};

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** Nearest rank: the value that `share` of all values do not exceed. NaN of none. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en');
export const perSecond = (count: number, ms: number): number => (count / ms) * 1000;
export const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;

/** A whole number from the environment, for a smaller or larger trial. */
export function size(name: string, standard: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return standard;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${name} takes a whole number from 1, not "${text}"`);
  return value;
}

/** The line of one figure, as it is printed. */
export function line(row: Row): string {
  const verdict = row.met === undefined ? '' : row.met ? '  met' : '  MISSED';
  const target = row.target ? `  (target ${row.target})` : '';
  return `  ${row.what.padEnd(66)} ${row.figure.padStart(22)}${row.ratio ? `  ${row.ratio}` : ''}${target}${verdict}`;
}

/** How busy the machine was before we began: a figure taken beside other work is none. */
export function loadBefore(): string {
  const [minute] = os.loadavg();
  return `load ${(minute ?? 0).toFixed(2)} before`;
}

export function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return JSON.parse(readFileSync('package.json', 'utf8')).version as string;
  }
}
