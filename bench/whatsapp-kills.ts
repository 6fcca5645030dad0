// 5,000 people on WhatsApp, three kills, every twentieth answer lost; a window of a minute, waited for.
import { type Row, size, whole } from './figures.ts';
import { killOnWhatsApp } from './whatsapp-kill.ts';

export async function whatsappKills(): Promise<Row[]> {
  const people = size('BENCH_PEOPLE', 5000);
  const kills = size('BENCH_KILLS', 3);
  const story = await killOnWhatsApp({ people, kills, perSecond: 200, lostEvery: 20, windowSeconds: 60 });
  const settled = story.settledByStatus + story.neverLeft;
  return [
    {
      what: `${whole(people)} people on WhatsApp, ${kills} kills, every twentieth answer lost`,
      figure: `${whole(story.seconds)} s`,
    },
    {
      what: 'messages that the emulator took',
      figure: whole(story.accepted),
      target: whole(people),
      met: story.accepted === people && story.reached === people,
    },
    { what: 'sent twice', figure: whole(story.twice), target: '0', met: story.twice === 0 },
    {
      what: 'unknown in the end',
      figure: whole(story.unknown),
      target: '0',
      met: story.unknown === 0 && story.sent === people,
    },
    {
      what: 'unknown that settled by themselves: by a status / never left',
      figure: `${whole(story.settledByStatus)} / ${whole(story.neverLeft)}`,
      ratio: `${whole(settled)} in all`,
    },
  ];
}
