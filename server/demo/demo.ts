// The first start on an empty database: a shop with 156 customers on simulated phones sends a real campaign through the
// real engine, in front of the person at the terminal. Called by main.ts; everything goes through use cases and HTTP to
// the emulator. A start that died in the middle is carried on by the next one: no step doubles what is there already.
import { sql } from 'kysely';
import type { Report } from '../../contract/campaigns.ts';
import type { CarillonNode } from '../node.ts';
import type { BaseCtx, Ctx } from '../platform/context.ts';
import { handInTemplates } from './approved.ts';
import { openClub } from './club.ts';
import { connectInSandbox, conversationWith, letCustomersIn, letThemAct } from './customers.ts';
import { changeLife } from './life/control.ts';
import { openNumber } from './number.ts';
import { findOffer, offerName, sendOffer, watchOffer, writeOffer } from './offer.ts';
import { type DemoShop, finishDemo, isDemoBegun, isDemoUnfinished, openShop } from './owner.ts';
import { dateBack, tellThePast } from './past.ts';
import { answers, people } from './people.ts';
import { type SandboxBot, type SandboxClient, sandboxClient } from './sandbox-client.ts';
import { makeSegments } from './segments.ts';
import { openTerminal, reportTable, type Screen, type Terminal } from './terminal.ts';
import { until } from './until.ts';
import { offerOnWhatsApp } from './whatsapp-offer.ts';

export { isDemoBegun, isDemoUnfinished };

/** "carillon demo": of several nodes that start at once on one empty database, one runs it. */
const demoLock = 0x64656d6f;
const answersLimitMs = 15_000;

/** Never rejects: a demo that fails leaves a product that works, and says what happened. */
export async function runDemo(
  node: Pick<CarillonNode, 'base' | 'url'>,
  screen: Screen = process.stdout,
  isStopping: () => boolean = () => false,
): Promise<void> {
  const { base } = node;
  const origin = base.config.sandboxUrl;
  if (!origin) return;
  await base.db.connection().execute(async (session) => {
    const { rows } = await sql<{ mine: boolean }>`SELECT pg_try_advisory_lock(${demoLock}) AS mine`.execute(
      session,
    );
    if (!rows[0]?.mine) return;
    try {
      await tell(base, origin, node.url, openTerminal(screen), isStopping);
    } finally {
      await sql`SELECT pg_advisory_unlock(${demoLock})`.execute(session).catch(() => {});
    }
  });
}

async function tell(
  base: BaseCtx,
  origin: string,
  url: string | null,
  terminal: Terminal,
  isStopping: () => boolean,
): Promise<void> {
  const shop = await openShop(base);
  try {
    await play(shop.ctx, sandboxClient(origin), terminal);
    const isFirst = await finishDemo(shop.ctx);
    if (isFirst && base.config.demoLife) {
      await changeLife(shop.ctx, { speed: 'calm' });
      terminal.line(
        '  The shop lives on: customers come, fill carts, buy. Watch, hurry or stop them under Sandbox.',
      );
    }
  } catch (error) {
    // somebody said stop: no defect, and the sign-in would lead nowhere (the next start shows it)
    if (isStopping())
      return terminal.line('\n  Stopped in the middle of the demo. The next start carries on.');
    base.log.error({ err: error }, 'the demo did not come to its end');
    terminal.line();
    terminal.line(`  The demo stopped: ${error instanceof Error ? error.message : 'an error in the log'}`);
    terminal.line('  What is there stays, and the next start carries on.');
  }
  showSignIn(shop, url, terminal);
}

async function play(ctx: Ctx, sandbox: SandboxClient, terminal: Terminal): Promise<void> {
  const bot = await sandbox.bot('marlow_ceramics_bot', 'Marlow Ceramics');
  const connection = await connectInSandbox(ctx, String(bot.id), {
    channel: 'telegram',
    credentials: { token: bot.token },
  });
  let offer = await findOffer(ctx);
  terminal.line();
  if (!offer || offer.status === 'draft') {
    terminal.line(`  Marlow Ceramics opens: ${people.length} customers on simulated Telegram phones.`);
    await letCustomersIn(ctx, sandbox, bot, connection, () => {});
    await letThemAct(ctx, sandbox, bot, connection.id);
    await dateBack(ctx);
    offer ??= { id: await writeOffer(ctx, connection.wireId), status: 'draft' };
    await sendOffer(ctx, offer.id);
  }
  terminal.line(`  Campaign “${offerName}”`);
  terminal.line();
  // while the campaign goes out, the shop's system tells what was before
  const filling = fillTheShop(ctx, sandbox, bot);
  // what becomes of it is asked below, after the figures of the campaign
  filling.catch(() => {});
  const report = await watchOffer(ctx, offer.id, terminal);
  terminal.line();
  for (const line of reportTable(report)) terminal.line(line);
  terminal.line(`  ${await emulatorsOwnCount(ctx, sandbox, bot, connection.id, report)}`);
  terminal.line(`  ${await filling}`);
  await letThemAnswer(ctx, sandbox, bot, connection.id);
}

/** Returns what became of the offer on WhatsApp. */
async function fillTheShop(ctx: Ctx, sandbox: SandboxClient, bot: SandboxBot): Promise<string> {
  const opening = openNumber(ctx, sandbox).then(async (open) => ({
    open,
    picture: await handInTemplates(ctx, sandbox, open.number, open.connection),
  }));
  const [, , { open, picture }] = await Promise.all([tellThePast(ctx), openClub(ctx, sandbox, bot), opening]);
  await makeSegments(ctx);
  return offerOnWhatsApp(ctx, sandbox, open, picture);
}

/** The other side's word for it, which no mistake of ours can change. */
async function emulatorsOwnCount(
  ctx: Ctx,
  sandbox: SandboxClient,
  bot: SandboxBot,
  connectionId: string,
  report: Report,
): Promise<string> {
  const others = () =>
    ctx.db
      .selectFrom('deliveries')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('connection_id', '=', connectionId)
      .where('source', '!=', 'campaign')
      .where('sent_at', 'is not', null)
      .executeTakeFirstOrThrow();
  const count = await sandbox.count(bot.id);
  const replies = Number((await others()).n);
  const parts = [`${report.sent} of the campaign`];
  if (replies > 0) parts.push(`${replies} of the inbox`);
  // after a crash the emulator may have got what we can only call unknown
  const more = count.accepted - report.sent - replies;
  if (more > 0) parts.push(`${more} of the unknown ones`);
  return `The emulator received ${count.accepted} messages, ${count.sent_twice} twice (${parts.join(', ')}).`;
}

/** A few customers write back, so that the inbox is worth a look. */
async function letThemAnswer(
  ctx: Ctx,
  sandbox: SandboxClient,
  bot: SandboxBot,
  connectionId: string,
): Promise<void> {
  const missing = async () => {
    const found = await Promise.all(
      answers.map(({ person, text }) => conversationWith(ctx, connectionId, person, text)),
    );
    return answers.filter((_, index) => found[index] === null);
  };
  for (const { person, text } of await missing()) await sandbox.write(bot.id, person.userId, text);
  await until(
    ctx,
    answersLimitMs,
    'the answers of the simulated customers',
    async () => (await missing()).length === 0,
  );
}

function showSignIn(shop: DemoShop, url: string | null, terminal: Terminal): void {
  terminal.line();
  terminal.line(`  Panel     ${url}`);
  if (url) terminal.line(`  Phones    ${url}/sandbox/phones/`);
  terminal.line(`  Email     ${shop.email}`);
  terminal.line(
    shop.password
      ? `  Password  ${shop.password}   (shown this once; change it under your name in the panel)`
      : '  Password  the one you know already',
  );
  terminal.line();
}
