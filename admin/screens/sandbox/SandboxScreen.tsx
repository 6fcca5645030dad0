import { Page } from '../../ui/Page.tsx';
export function SandboxScreen() {
  return <Page title="SandboxScreen">Soon</Page>;
}
