// The way to the template that stopped a campaign, with the hour at which it is likely let go.
import { Link } from '@tanstack/react-router';
import { useZone } from '../../session.ts';
import { type StoppedTemplate, stoppedWords } from './stopped-template.ts';

export function StoppedTemplateLink({ stopped }: { stopped: StoppedTemplate }) {
  const zone = useZone();
  return (
    <>
      {stopped.until && `${stoppedWords(stopped, zone)}. `}
      <Link to="/templates/whatsapp/$id" params={{ id: stopped.id }}>
        Open the template
      </Link>
    </>
  );
}
