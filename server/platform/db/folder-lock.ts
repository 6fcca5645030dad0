// One process per data folder. The lock is a listening socket named after the folder, not a file: the kernel
// frees it the moment its owner dies, however it dies. The socket also answers who the owner is.
import { createHash } from 'node:crypto';
import { realpathSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FolderOwner {
  pid: number;
  /** Where the owner's panel answers, once it has said so. */
  url?: string;
}

export interface FolderLock {
  /** Tells later comers where this process answers. */
  announce(url: string): void;
  release(): Promise<void>;
}

/** Thrown when a living process holds the folder. */
export class DataDirTakenError extends Error {
  readonly code = 'DATA_DIR_TAKEN';
  readonly owner: FolderOwner | undefined;

  constructor(folder: string, owner: FolderOwner | undefined) {
    const who = owner ? ` (process ${owner.pid}${owner.url ? `, at ${owner.url}` : ''})` : '';
    super(
      `Carillon already runs on the data folder ${folder}${who}. Use that one, stop it first, ` +
        'or start this one on another folder with DATA_DIR=<folder> and another PORT.',
    );
    this.name = 'DataDirTakenError';
    this.owner = owner;
  }
}

/**
 * Takes the folder for this process until release() or death. The folder must exist.
 * Throws DataDirTakenError when another living process has it.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const address = lockAddress(realpathSync(folder));
  const owner: FolderOwner = { pid: process.pid };
  const server = createServer((socket) => {
    socket.on('error', () => {}); // an asker that hangs up early is no concern of ours
    socket.end(JSON.stringify(owner));
  });
  if (!(await listens(server, address))) {
    const other = await askOwner(address);
    // A socket file whose owner is dead refuses connections (only where sockets are files, see lockAddress).
    const isLeftover = other === 'nobody' && address.startsWith('/');
    if (isLeftover) rmSync(address, { force: true });
    if (!isLeftover || !(await listens(server, address))) {
      throw new DataDirTakenError(folder, other === 'nobody' ? undefined : other);
    }
  }
  server.unref();
  return {
    announce: (url) => {
      owner.url = url;
    },
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

// Linux has abstract sockets and Windows named pipes, both without a trace on disk. Elsewhere a socket file it is.
function lockAddress(realFolder: string): string {
  const name = `carillon-${createHash('sha256').update(realFolder).digest('hex')}`;
  if (process.platform === 'linux') return `\0${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name.slice(0, 40)}.sock`);
}

function listens(server: Server, address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(address, () => {
      server.removeAllListeners('error');
      resolve(true);
    });
  });
}

/** The owner, 'nobody' when the address is dead, undefined when it lives but does not answer within a second. */
function askOwner(address: string): Promise<FolderOwner | 'nobody' | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(address);
    let answer = '';
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? 'nobody' : undefined);
    });
    socket.on('close', () => {
      try {
        resolve(JSON.parse(answer) as FolderOwner);
      } catch {
        resolve(undefined);
      }
    });
  });
}
