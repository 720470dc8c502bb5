/** Shows refusals of the simulator that are not shown elsewhere. */
import { ApiError } from './api.js';

/** How long a notice is shown, in milliseconds. */
const shownFor = 8000;

export function mountNotice(root) {
  let timer = 0;
  addEventListener('unhandledrejection', (event) => {
    if (!(event.reason instanceof ApiError)) return;
    event.preventDefault();
    // The connection note already reports an unreachable simulator.
    if (event.reason.status === 0) return;
    root.textContent = event.reason.message;
    root.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => { root.hidden = true; }, shownFor);
  });
}
