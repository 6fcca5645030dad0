// What the editor of an automation knows: the draft, what is wrong with it, with whose eyes it is previewed, and its saving.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Campaign } from '../../../../contract/campaigns.ts';
import { factsOf } from '../../../../contract/channel-facts.ts';
import type { Channel } from '../../../../contract/connections.ts';
import type { FieldProblem } from '../../../../contract/errors.ts';
import { isBlank } from '../../../../contract/message.ts';
import type { AbTest } from '../../../../contract/variants.ts';
import { keys } from '../../../api.ts';
import { connectionsQuery, useMay } from '../../../session.ts';
import { tell } from '../../../ui/toast.tsx';
import { emptyVariants } from '../../composer/contradictions.ts';
import { storable } from '../../composer/draft.ts';
import { previewProblems, usePreview, usePreviewPeople } from '../../composer/LivePreview.tsx';
import { problemsOfVariant } from '../../composer/settings/ab-test.ts';
import { useDraft } from '../../composer/use-draft.ts';
import { type AutomationKind, channelsOf } from '../automation-words.ts';
import { putAutomation } from '../use-automations.ts';

export type AutomationEditing = ReturnType<typeof useAutomationEditor>;

export function useAutomationEditor(campaign: Campaign) {
  const kind = campaign.kind as AutomationKind;
  const client = useQueryClient();
  const control = useDraft(campaign);
  const { draft } = control;
  const write = useMay('campaigns:write');
  const on = campaign.trigger?.enabled ?? false;
  // a copy that an older version kept in this browser knows no test
  const ab = draft.settings.ab ?? null;
  const { data } = useQuery(connectionsQuery);
  const connections = data?.data;
  const connection = connections?.find((item) => item.id === draft.connection_id);
  const channel = connection?.channel ?? null;
  const channels = channelsOf({ ...draft, channel }, connections);
  /** The platform that is looked at in the preview, where that is not the first of its own. */
  const [looked, setLooked] = useState<Channel>();
  const local = storable(draft);
  const content = local.patch.content ?? draft.content;
  const people = usePreviewPeople(draft.connection_id, campaign.id);
  const preview = usePreview(content, draft.connection_id, people.current?.id, kind);

  /** Saving was tried: now also what is merely unfinished is named. */
  const [tried, setTried] = useState(false);
  /** What was found in the further wordings then. */
  const [found, setFound] = useState<{ ab: AbTest | null; by: string | null; problems: FieldProblem[] }>();
  const summary = useRef<HTMLDivElement>(null);
  const ofWordings = found?.ab === ab && found.by === draft.connection_id ? found.problems : [];
  const problems = [...(control.error?.errors ?? []), ...local.problems, ...preview.problems, ...ofWordings];
  const at = (pointer: string) =>
    problems.find((item) => item.pointer === pointer || item.pointer.startsWith(`${pointer}/`))?.detail;

  /** Of each further wording, as the preview beside says it of the first. */
  const wordingProblems = async (): Promise<FieldProblem[]> => {
    const empty = emptyVariants(ab, channel);
    const drawn = (ab?.variants ?? []).map(async (variant, index) =>
      isBlank(variant.content, channel)
        ? []
        : problemsOfVariant(
            index,
            await previewProblems(client, variant.content, draft.connection_id, people.current?.id, kind),
          ),
    );
    const all = [...empty, ...(await Promise.all(drawn)).flat()];
    setFound({ ab, by: draft.connection_id, problems: all });
    return all;
  };
  const save = async () => {
    setTried(true);
    const showSummary = () => void setTimeout(() => summary.current?.focus(), 0);
    const wrong = [
      ...local.problems,
      ...(await preview.check().catch(() => [])),
      ...(await wordingProblems().catch(() => [])),
    ];
    if (wrong.length > 0) return showSummary();
    if ((await control.save()) !== true) return showSummary();
    setTried(false);
    const saved = client.getQueryData<Campaign>(keys.campaign(campaign.id));
    if (saved) putAutomation(client, saved);
    void client.invalidateQueries({ queryKey: keys.nextCheck(campaign.id) });
    tell(on ? 'Saved: from now on people get it like this' : 'Changes saved');
  };
  const discard = () => control.reload().then(() => setTried(false));

  return {
    campaign,
    kind,
    control,
    write,
    /** It is switched on. */
    on,
    /** Who looks at it may not change it. */
    readOnly: !write.may,
    connections,
    /** That of its own connection; null: it has none. */
    channel,
    botName: connection?.name ?? connections?.[0]?.name ?? 'Your shop',
    /** Where it goes out. */
    channels,
    ab,
    /** The first connection on which an approved template reaches whom text does not. */
    withTemplates: connections?.find((item) => factsOf(item.channel)?.takesTemplates),
    /** As far as it can be stored. */
    content,
    storableAsItIs: local.problems.length === 0,
    people,
    preview,
    /** Visible length as the platform counts it; null while the preview is not there yet. */
    length: preview.isPlaceholderData ? null : (preview.data?.rendered?.length ?? null),
    looked: looked ?? channels[0],
    setLooked,
    problems,
    at,
    tried,
    summary,
    save,
    discard,
  };
}
