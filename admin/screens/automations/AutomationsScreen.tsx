import { Page } from '../../ui/Page.tsx';
export function AutomationsScreen() {
  return <Page title="AutomationsScreen">Soon</Page>;
}
