// Who opened a link: a person, or a program that looks at links (a messenger's preview, a scanner, a browser guessing ahead).
import type { IncomingHttpHeaders } from 'node:http';
import { isbot } from 'isbot';

/** Messengers that fetch a link to show what is behind it. */
const previewers = /telegrambot|whatsapp\/|viber|skypeuripreview|facebookexternalhit/i;

export function isPerson(method: string, headers: IncomingHttpHeaders): boolean {
  if (method !== 'GET') return false;
  const agent = headers['user-agent'];
  // every browser names itself
  if (!agent || previewers.test(agent) || isbot(agent)) return false;
  const ahead = [headers['sec-purpose'], headers.purpose, headers['x-purpose'], headers['x-moz']];
  return !ahead.some((value) => /prefetch|preview|prerender/i.test(String(value ?? '')));
}
