/** What a person asked for and the simulator refused, where nothing nearer says so. */
import { ApiError } from './api.js';

/** Milliseconds. */
const shownFor = 8000;

export function mountNotice(root) {
  let timer = 0;
  addEventListener('unhandledrejection', (event) => {
    if (!(event.reason instanceof ApiError)) return;
    event.preventDefault();
    // That the simulator is away is said elsewhere already.
    if (event.reason.status === 0) return;
    root.textContent = event.reason.message;
    root.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => { root.hidden = true; }, shownFor);
  });
}
