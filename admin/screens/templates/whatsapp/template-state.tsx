// The word and the look of what WhatsApp says of a template: colour, icon and word, the same in list, form and history.
import {
  IconArchive,
  IconBan,
  IconCheck,
  IconClock,
  IconFlag,
  IconHelp,
  IconLock,
  IconMoodHappy,
  IconMoodNeutral,
  IconMoodSad,
  IconPlayerPause,
  IconTrash,
  IconX,
} from '@tabler/icons-react';
import { Badge, type BadgeTone } from '../../../ui/Badge.tsx';

interface Look {
  tone: BadgeTone;
  word: string;
  Icon: typeof IconCheck;
}
const states: Record<string, Look> = {
  APPROVED: { tone: 'ok', word: 'Approved', Icon: IconCheck },
  PENDING: { tone: 'info', word: 'In review', Icon: IconClock },
  REJECTED: { tone: 'bad', word: 'Rejected', Icon: IconX },
  PAUSED: { tone: 'warn', word: 'Paused', Icon: IconPlayerPause },
  DISABLED: { tone: 'bad', word: 'Disabled', Icon: IconBan },
  IN_APPEAL: { tone: 'info', word: 'Appealed', Icon: IconClock },
  FLAGGED: { tone: 'warn', word: 'Flagged', Icon: IconFlag },
  PENDING_DELETION: { tone: 'mute', word: 'Being deleted', Icon: IconTrash },
  DELETED: { tone: 'mute', word: 'Deleted', Icon: IconTrash },
  LIMIT_EXCEEDED: { tone: 'bad', word: 'Over the limit', Icon: IconBan },
  ARCHIVED: { tone: 'mute', word: 'Archived', Icon: IconArchive },
  LOCKED: { tone: 'bad', word: 'Locked', Icon: IconLock },
};
const qualities: Record<string, Look> = {
  GREEN: { tone: 'ok', word: 'High', Icon: IconMoodHappy },
  YELLOW: { tone: 'warn', word: 'Medium', Icon: IconMoodNeutral },
  RED: { tone: 'bad', word: 'Low', Icon: IconMoodSad },
  UNKNOWN: { tone: 'mute', word: 'Not rated yet', Icon: IconHelp },
};
const categories: Record<string, string> = {
  MARKETING: 'Marketing',
  UTILITY: 'Utility',
  AUTHENTICATION: 'One-time codes',
};

/** SOME_STATE → "Some state": a word of the platform that came later. */
const asWords = (told: string) => {
  const words = told.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};
export const stateWord = (status: string) => states[status]?.word ?? asWords(status);
export const qualityWord = (quality: string) => qualities[quality]?.word ?? asWords(quality);
export const categoryWord = (category: string) => categories[category] ?? asWords(category);
/** For the choice above the list. */
export const stateChoices = Object.entries(states).map(([value, { word }]) => ({ value, label: word }));

function Shown({ look, told }: { look: Look | undefined; told: string }) {
  const { tone, word, Icon } = look ?? { tone: 'outline', word: asWords(told), Icon: IconHelp };
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {word}
    </Badge>
  );
}
export const TemplateState = ({ status }: { status: string }) => (
  <Shown look={states[status]} told={status} />
);
export const TemplateQuality = ({ quality }: { quality: string }) => (
  <Shown look={qualities[quality]} told={quality} />
);
