// A Telegram Bot API server as cheap as we can make it, a process of its own: it answers sendMessage with the smallest valid
// message and counts per bot and chat who got how many. No limits, no storage, no library: what is measured is the sender.
import net from 'node:net';

/** What `/control/count` answers. Times are milliseconds since the epoch, 0 before the first message. */
export interface Tally {
  messages: number;
  /** Messages beyond the first to the same chat of the same bot, since the last reset. */
  duplicates: number;
  firstAt: number;
  lastAt: number;
}

export interface Pause {
  lastAt: number;
  longestMs: number;
}

const headEnd = Buffer.from('\r\n\r\n');
let chats = new Map<string, Map<string, number>>();
/** Per bot id: when its last message arrived, and the longest pause between two since the last mark. */
let pauses = new Map<string, Pause>();
/** Every n-th person has blocked all bots; 0: nobody has. */
const blockedEvery = Number(process.env.BLOCKED_EVERY ?? 0);
let tally: Tally = empty();
let messageId = 0;

function empty(): Tally {
  return { messages: 0, duplicates: 0, firstAt: 0, lastAt: 0 };
}

function answer(path: string, body: string): string {
  if (path.startsWith('/bot')) {
    const slash = path.indexOf('/', 4);
    const bot = path.slice(4, path.indexOf(':', 4));
    const method = path.slice(slash + 1);
    if (method === 'sendMessage') return sendMessage(bot, body);
    if (method === 'getUpdates') return '{"ok":true,"result":[]}';
    if (method === 'getMe')
      return `{"ok":true,"result":{"id":${bot},"is_bot":true,"first_name":"Bench","username":"bench_${bot}_bot"}}`;
    return '{"ok":true,"result":true}';
  }
  if (path === '/control/count') return JSON.stringify(tally);
  if (path === '/control/pauses') return JSON.stringify(Object.fromEntries(pauses));
  if (path === '/control/mark') {
    for (const pause of pauses.values()) pause.longestMs = 0;
    return '{}';
  }
  if (path === '/control/reset') {
    chats = new Map();
    pauses = new Map();
    tally = empty();
    return '{}';
  }
  return '{"ok":false,"error_code":404,"description":"Not Found"}';
}

/** The chat is found without reading the rest: what a real server does with the text is not what is measured. */
const chatId = /"chat_id":\s*"?(-?\d+)/;

function sendMessage(bot: string, body: string): string {
  const chat = chatId.exec(body)?.[1];
  if (!chat) return '{"ok":false,"error_code":400,"description":"Bad Request: chat_id is empty"}';
  if (blockedEvery > 0 && Number(chat) % blockedEvery === 0)
    return '{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}';
  const at = Date.now();
  let known = chats.get(bot);
  if (!known) {
    known = new Map();
    chats.set(bot, known);
  }
  const times = known.get(chat) ?? 0;
  known.set(chat, times + 1);
  if (times > 0) tally.duplicates++;
  if (tally.messages++ === 0) tally.firstAt = at;
  tally.lastAt = at;
  const pause = pauses.get(bot);
  if (pause) {
    pause.longestMs = Math.max(pause.longestMs, at - pause.lastAt);
    pause.lastAt = at;
  } else pauses.set(bot, { lastAt: at, longestMs: 0 });
  return `{"ok":true,"result":{"message_id":${++messageId},"from":{"id":${bot},"is_bot":true,"first_name":"Bench"},"chat":{"id":${chat},"type":"private"},"date":${Math.floor(at / 1000)},"text":"sent"}}`;
}

const server = net.createServer((socket) => {
  let pending: Buffer | null = null;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    let data: Buffer = pending ? Buffer.concat([pending, chunk]) : chunk;
    pending = null;
    while (data.length > 0) {
      const end = data.indexOf(headEnd);
      if (end < 0) break;
      const head = data.toString('latin1', 0, end);
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      const total = end + 4 + length;
      if (data.length < total) break;
      const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' ', head.indexOf(' ') + 1));
      const text = answer(path, data.toString('utf8', end + 4, total));
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: keep-alive\r\n\r\n${text}`,
      );
      data = data.subarray(total);
    }
    if (data.length > 0) pending = data;
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address() as net.AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${address.port}` });
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
