import { Page } from '../../ui/Page.tsx';
export function SetupScreen() {
  return <Page title="SetupScreen">Soon</Page>;
}
