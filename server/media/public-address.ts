// Which addresses may be asked for a picture, by us or by a platform on our word: those of the public internet.
import ipaddr from 'ipaddr.js';

export interface AskOptions {
  /** Addresses of this machine may be asked: only where the platform itself is the sandbox on this machine. */
  allowLoopback: boolean;
}

/** By the address as it is written; what a name resolves to is judged by whoever asks (`isAllowed`). */
export function mayAsk(url: URL, options: AskOptions): boolean {
  const host = hostOf(url);
  return !ipaddr.isValid(host) || isAllowed(host, options);
}

/** A name of this machine or of a network that is not public, whatever it resolves to: for addresses that a platform asks. */
export function isInside(url: URL, { allowLoopback }: AskOptions): boolean {
  const host = hostOf(url);
  return (
    /(^|\.)(local|internal|lan|home\.arpa)$/i.test(host) || (!allowLoopback && /(^|\.)localhost$/i.test(host))
  );
}

const hostOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

export function isAllowed(address: string, options: AskOptions): boolean {
  // process(): "::ffff:169.254.169.254" is what it says, not an IPv6 curiosity
  const range = ipaddr.process(address).range();
  return range === 'unicast' || (options.allowLoopback && range === 'loopback');
}

/** The root of a platform's API on this machine: it is an emulator, and fetches from here. */
export function isLoopbackUrl(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}
