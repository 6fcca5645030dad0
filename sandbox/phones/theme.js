// @ts-check
// Light or dark: ?theme=dark|light decides, else the system; the panel may change its mind by postMessage({theme}).

const asked = new URLSearchParams(location.search).get('theme');
const system = matchMedia('(prefers-color-scheme: dark)');

/** @param {string | null | undefined} theme */
function apply(theme) {
  const isDark = theme === 'dark' || (theme !== 'light' && system.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

apply(asked);
system.addEventListener('change', () => apply(asked));
window.addEventListener('message', (event) => {
  const theme = event.data?.theme;
  if (event.origin === location.origin && (theme === 'dark' || theme === 'light')) apply(theme);
});
