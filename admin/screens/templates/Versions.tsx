// What a template said before. Going back makes a new version; nothing is overwritten.
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Template } from '../../../contract/templates.ts';
import { api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Section } from '../../ui/Page.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { momentShort } from '../../ui/times.ts';
import { tell, tellProblem } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import css from './Templates.module.css';
import { versionsQuery, withLabels } from './template-queries.ts';

/** `locked`: something is not saved yet, which going back would lose. */
export function Versions({ template, locked }: { template: Template; locked: boolean }) {
  const client = useQueryClient();
  const zone = useZone();
  const write = useMay('templates:write');
  const { busy, run } = useAction();
  const { data, error, refetch } = useQuery(versionsQuery(template.id));
  const restore = (version: number) =>
    run(async () => {
      try {
        const next = await api.post<Template>(`/templates/${template.id}/versions/${version}/restore`);
        client.setQueryData(keys.template(next.id), next);
        void client.invalidateQueries({ queryKey: keys.templateVersions(next.id) });
        void client.invalidateQueries({ queryKey: keys.templates() });
        tell(`Version ${version} is back, as version ${next.version}`);
      } catch (problem) {
        tellProblem('The version could not be brought back', problem);
      }
    });
  return (
    <Section title="Versions">
      {error && !data ? (
        <ErrorState title="Versions could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <BlockSkeleton height={48} />
      ) : (
        <ul className={css.versions}>
          {data.data.map((one) => (
            <li key={one.version} className="row">
              <span className="strong nowrap">Version {one.version}</span>
              <span className="t2 ellipsis grow" dir="auto">
                {withLabels(one.content.text, one.variables)}
              </span>
              <span className="t3 small nowrap">
                {one.by}, {momentShort(one.at, zone)}
              </span>
              {one.version !== template.version && write.may && (
                <Button
                  size="xs"
                  variant="default"
                  disabled={locked || busy}
                  aria-label={`Go back to version ${one.version}`}
                  onClick={() => void restore(one.version)}
                >
                  Go back to it
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
