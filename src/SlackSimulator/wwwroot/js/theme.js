/** Light or dark: the system's setting, until the person chooses. */

const key = 'theme';

export function applyTheme() {
  const chosen = localStorage.getItem(key);
  if (chosen) document.documentElement.dataset.theme = chosen;
}

export function switchTheme() {
  const isDark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  localStorage.setItem(key, isDark ? 'light' : 'dark');
  applyTheme();
}
