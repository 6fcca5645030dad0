// The variables of this workspace, as the server knows them, with an example of each.
import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { CampaignKind } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';

interface Variable {
  name: string;
  label: string;
  example: string | null;
  snippet: string;
}
/** What is always there, shown while the list loads. */
const usual: Variable[] = [
  {
    name: 'contact.first_name',
    label: 'First name',
    example: 'Ann',
    snippet: '{{ contact.first_name | default: "there" }}',
  },
];

export function VariableMenu({
  onPick,
  disabled,
  compact,
  kind,
}: {
  onPick: (snippet: string) => void;
  disabled?: boolean;
  /** A sign alone, beside a field of one line. */
  compact?: boolean;
  /** Of the campaign: what its event knows is offered first. */
  kind?: CampaignKind | undefined;
}) {
  const { data } = useQuery({
    queryKey: [...keys.variables, kind],
    queryFn: ({ signal }) => api.get<{ data: Variable[] }>('/templates/variables', { kind }, signal),
    staleTime: 300_000,
    retry: false,
  });
  return (
    <Menu position="bottom-start" width={280} returnFocus={false}>
      <Menu.Target>
        {compact ? (
          <ActionIcon variant="default" size={32} disabled={disabled} aria-label="Insert a variable">
            <IconBraces size={16} stroke={1.75} />
          </ActionIcon>
        ) : (
          <Button
            size="xs"
            variant="subtle"
            disabled={disabled}
            leftSection={<IconBraces size={16} stroke={1.75} />}
          >
            Variable
          </Button>
        )}
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflow: 'auto' }}>
        {(data?.data ?? usual).map((variable) => (
          <Menu.Item
            key={variable.name}
            title={variable.name}
            rightSection={
              <span className="t3 small ellipsis" style={{ maxWidth: 120 }}>
                {variable.example ?? ''}
              </span>
            }
            // After the menu has closed, so that the cursor is back in the text.
            onClick={() => setTimeout(() => onPick(variable.snippet), 0)}
          >
            {variable.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
