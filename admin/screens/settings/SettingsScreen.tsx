import { Page } from '../../ui/Page.tsx';
export function SettingsScreen() {
  return <Page title="SettingsScreen">Soon</Page>;
}
