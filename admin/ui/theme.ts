// The visual language as Mantine theme and --c-* variables (design/ui/ui.md, section 2). Style sheets use the variables only.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const bell: MantineColorsTuple = [
  '#EFEDFD',
  '#DEDAFB',
  '#CFCAF8',
  '#B0A8FA',
  '#8579E8',
  '#6A5BE0',
  '#5E4FD3',
  '#5243C7',
  '#4537AE',
  '#362B8C',
];

export const theme = createTheme({
  colors: { bell },
  primaryColor: 'bell',
  primaryShade: { light: 7, dark: 5 },
  fontFamily: 'Inter Variable, system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "DejaVu Sans Mono", Menlo, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  lineHeights: { xs: '16px', sm: '20px', md: '21px', lg: '24px', xl: '24px' },
  spacing: { xs: '4px', sm: '8px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '10px', xl: '14px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Named, so that style sheets can tell the filled ones.
    Button: { defaultProps: { variant: 'filled' } },
    Modal: { defaultProps: { radius: 'xl', centered: true, transitionProps: { duration: 120 } } },
    Drawer: { defaultProps: { position: 'right', size: 440, transitionProps: { duration: 180 } } },
    Menu: { defaultProps: { shadow: 'none', transitionProps: { duration: 80 } } },
    Tooltip: { defaultProps: { withArrow: false, openDelay: 250, transitionProps: { duration: 80 } } },
    PasswordInput: {
      defaultProps: { visibilityToggleButtonProps: { 'aria-label': 'Show or hide what is typed' } },
    },
    Select: { defaultProps: { allowDeselect: false, checkIconPosition: 'right' } },
    Skeleton: { defaultProps: { animate: false } },
  },
});

const light = {
  bg: '#F7F7FA', surface: '#FFFFFF', sunken: '#F3F3F7', hover: '#F0F0F5', raised: '#FFFFFF',
  border: '#E5E5EC', 'border-strong': '#D2D2DC', control: '#8B8B9B',
  text: '#17171F', 'text-2': '#454553', 'text-3': '#686878',
  brand: '#5243C7', 'brand-hover': '#4537AE', 'brand-text': '#4A3CB8', 'brand-soft': '#EFEDFD',
  'brand-line': '#CFCAF8', 'brand-mid': '#8579E8', 'on-brand': '#FFFFFF', bronze: '#98651A',
  ok: '#1B8A4B', 'ok-text': '#0E6A37', 'ok-soft': '#E3F5EA', 'ok-line': '#A9DDBE',
  warn: '#C27803', 'warn-text': '#855000', 'warn-soft': '#FDF1DB', 'warn-line': '#F0D29B',
  bad: '#D33A2C', 'bad-text': '#B02A1E', 'bad-soft': '#FDEAE7', 'bad-line': '#F3B9B2',
  info: '#2677CE', 'info-text': '#175BA3', 'info-soft': '#E5F0FC', 'info-line': '#B4D3F4',
  'mute-text': '#4A4A59', 'mute-soft': '#EDEDF2',
  tg: '#1C87CF', wa: '#12854A', web: '#5C5C6E',
  'shadow-1': '0 1px 2px rgba(23,23,40,.06)',
  'shadow-2': '0 2px 4px rgba(23,23,40,.05),0 8px 20px -6px rgba(23,23,40,.14)',
  'shadow-3': '0 8px 16px -4px rgba(23,23,40,.10),0 24px 56px -12px rgba(23,23,40,.28)',
  scrim: 'rgba(23,23,31,.36)', 'seg-on': '#FFFFFF',
  'series-1': '#5243C7', 'series-2': '#B7A8EC', 'series-3': '#8C8C9E', 'series-4': '#D9A441', 'series-5': '#C9C9D4',
  'face-0': '#E4E0FB', 'face-0-text': '#3F339B', 'face-1': '#DCEFE3', 'face-1-text': '#14603A',
  'face-2': '#FBE7D3', 'face-2-text': '#7C4508', 'face-3': '#DBEAF9', 'face-3-text': '#174F8C',
  'face-4': '#F8DEE4', 'face-4-text': '#8C2440', 'face-5': '#E3E6EA', 'face-5-text': '#3D4653',
}; // biome-ignore format: a table

const dark: Record<keyof typeof light, string> = {
  bg: '#0F0F14', surface: '#16161D', sunken: '#1B1B23', hover: '#20202A', raised: '#1E1E27',
  border: '#282833', 'border-strong': '#393946', control: '#747486',
  text: '#EEEEF4', 'text-2': '#BCBCC9', 'text-3': '#9292A3',
  brand: '#6A5BE0', 'brand-hover': '#7A6CE8', 'brand-text': '#B0A8FA', 'brand-soft': '#231F40',
  'brand-line': '#41389A', 'brand-mid': '#8579E8', 'on-brand': '#FFFFFF', bronze: '#DDAA55',
  ok: '#37B26C', 'ok-text': '#76D69C', 'ok-soft': '#12301F', 'ok-line': '#1F5A38',
  warn: '#DB9A2E', 'warn-text': '#F0BC68', 'warn-soft': '#33250D', 'warn-line': '#644A1A',
  bad: '#EF6659', 'bad-text': '#FF9F95', 'bad-soft': '#3B1A17', 'bad-line': '#74322B',
  info: '#4C9BEA', 'info-text': '#8FC3FA', 'info-soft': '#12283F', 'info-line': '#24507E',
  'mute-text': '#BCBCC9', 'mute-soft': '#26262F',
  tg: '#2A93DA', wa: '#1C9A58', web: '#6B6B7E',
  'shadow-1': '0 1px 2px rgba(0,0,0,.4)',
  'shadow-2': '0 2px 4px rgba(0,0,0,.4),0 10px 24px -6px rgba(0,0,0,.6)',
  'shadow-3': '0 24px 56px -8px rgba(0,0,0,.75)',
  scrim: 'rgba(0,0,0,.56)', 'seg-on': '#2B2B37',
  'series-1': '#7A6CE8', 'series-2': '#4F4596', 'series-3': '#7F7F91', 'series-4': '#DDAA55', 'series-5': '#434351',
  'face-0': '#322B6B', 'face-0-text': '#CFC9FD', 'face-1': '#1B4430', 'face-1-text': '#A6E4C0',
  'face-2': '#4E3213', 'face-2-text': '#F5CD9A', 'face-3': '#1B3F63', 'face-3-text': '#B0D6FB',
  'face-4': '#552433', 'face-4-text': '#F7B9C8', 'face-5': '#333844', 'face-5-text': '#CBD1DB',
}; // biome-ignore format: a table

const prefixed = (tokens: Record<string, string>) => ({
  ...Object.fromEntries(Object.entries(tokens).map(([name, value]) => [`--c-${name}`, value])),
  '--mantine-color-body': 'var(--c-surface)',
  '--mantine-color-text': 'var(--c-text)',
  '--mantine-color-dimmed': 'var(--c-text-3)',
  '--mantine-color-placeholder': 'var(--c-text-3)',
  '--mantine-color-default-border': 'var(--c-border)',
  '--mantine-color-default-hover': 'var(--c-hover)',
  '--mantine-color-anchor': 'var(--c-brand-text)',
  '--mantine-color-error': 'var(--c-bad-text)',
});

/** Gives every token to CSS as `--c-<name>`, once for each scheme. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: prefixed(light),
  dark: prefixed(dark),
});
