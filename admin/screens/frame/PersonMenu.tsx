// The signed-in person: theme, own settings, sign out.
import { Menu, useMantineColorScheme } from '@mantine/core';
import {
  IconCheck,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSelector,
  IconSun,
  IconUserCircle,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { api } from '../../api.ts';
import { useMe } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { tellProblem } from '../../ui/toast.tsx';
import css from './Frame.module.css';

export const schemes = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'As the system', icon: IconDeviceDesktop },
] as const;

/** Ends the session here and forgets everything that was read in it. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    try {
      await api.post('/sign_out');
      client.clear();
      await navigate({ to: '/sign-in' });
    } catch (error) {
      tellProblem('Signing out did not work', error);
    }
  };
}

export function PersonMenu({ rail }: { rail: boolean }) {
  const me = useMe();
  const signOut = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="top-start" width={208}>
      <Menu.Target>
        <button type="button" className={`plain-button ${css.who}`}>
          <Avatar name={me.user.name} size="small" />
          {rail ? (
            <span className="sr-only">{me.user.name}, account</span>
          ) : (
            <span className="ellipsis grow">
              {me.user.name}
              <span className="sr-only">, account</span>
            </span>
          )}
          {!rail && <IconSelector size={16} stroke={1.75} className="t3" aria-hidden />}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.user.email}, {me.user.role}
        </Menu.Label>
        <Menu.Item
          component={Link}
          to="/settings?part=profile"
          leftSection={<IconUserCircle size={16} stroke={1.75} />}
        >
          Profile and password
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Appearance</Menu.Label>
        {schemes.map((scheme) => (
          <Menu.Item
            key={scheme.value}
            role="menuitemradio"
            aria-checked={scheme.value === colorScheme}
            onClick={() => setColorScheme(scheme.value)}
            leftSection={<scheme.icon size={16} stroke={1.75} />}
            rightSection={scheme.value === colorScheme ? <IconCheck size={14} /> : null}
          >
            {scheme.label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.75} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
