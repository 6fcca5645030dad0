import { Page } from '../../ui/Page.tsx';
export function ReportScreen() {
  return <Page title="ReportScreen">Soon</Page>;
}
