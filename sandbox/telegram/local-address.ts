// Which hosts count as "this machine". Nothing else is ever contacted by the sandbox.

/** Loopback, or a name without a dot: another container of the same compose file. */
export function isLocalHost(hostname: string): boolean {
  if (hostname === '[::1]' || hostname === '0.0.0.0' || /^127\.\d+\.\d+\.\d+$/.test(hostname)) return true;
  return hostname.endsWith('.localhost') || /^[a-z0-9-]*[a-z][a-z0-9-]*$/i.test(hostname);
}
