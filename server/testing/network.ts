// Loaded before every test file: a connection to anything but this machine throws. A test that reaches the
// internet passes here and fails on a train.
import { Socket } from 'node:net';

const connect = Socket.prototype.connect;

/** Whether a host name or address means this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^(::ffff:)?127(\.\d{1,3}){3}$/.test(name)
  );
}

Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
  // net.connect() passes its arguments already normalised: [[options, callback]].
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as [unknown, unknown];
  const options = typeof first === 'object' && first ? (first as { host?: string; path?: string }) : {};
  const isPipe = options.path !== undefined || (typeof first === 'string' && !/^\d+$/.test(first));
  const host = options.host ?? (typeof second === 'string' ? second : 'localhost');
  if (!isPipe && !isLoopback(host)) {
    const error = new Error(`Tests may only connect to this machine, not to ${host}. Use an emulator.`);
    queueMicrotask(() => this.destroy(error));
    return this;
  }
  return Reflect.apply(connect, this, args);
} as typeof connect;
