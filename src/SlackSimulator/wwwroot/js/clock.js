/** The Clock tab: moves the workspace's clock ahead, so that deadlines, retries and expiry come at once. */
import { api, ApiError } from './api.js';
import { el, newId } from './dom.js';
import { me, now, on, state } from './state.js';
import { fullOf } from './time.js';

export function createClock() {
  const time = el('p', { class: 'clock-now', data: { testid: 'clock-now' } });
  const offset = el('p', { class: 'clock-offset', data: { testid: 'clock-offset' } });
  const problem = el('p', { class: 'dialog-error', role: 'alert', hidden: true });
  const id = newId('minutes');
  const minutes = el('input', { id, class: 'text-input', inputmode: 'decimal', data: { testid: 'clock-minutes' } });
  const jump = (label, count) => el('button', { type: 'button', class: 'button', onclick: () => advance(count) }, label);
  const node = el('div', { class: 'drawer-panel drawer-padded' }, time, offset,
    el('div', { class: 'clock-jumps' }, jump('+1 min', 1), jump('+5 min', 5), jump('+1 h', 60)),
    el('form', {
      class: 'clock-form',
      onsubmit: (event) => {
        event.preventDefault();
        advance(Number(minutes.value));
      },
    }, el('label', { for: id }, 'Minutes'), minutes, el('button', { type: 'submit', class: 'button button-primary' }, 'Jump ahead')), problem);

  async function advance(count) {
    problem.hidden = true;
    try {
      if (!(count > 0)) throw new ApiError('invalid', 'Enter a number of minutes above 0: the clock does not go back.', 400);
      await api.advance(spanOf(count * 60));
      minutes.value = '';
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problem.textContent = error.message;
      problem.hidden = false;
    }
  }

  function renew() {
    time.textContent = `${fullOf(now())} (${me()?.tz ?? 'UTC'})`;
    offset.textContent = state.offset === '00:00:00' ? 'On time.' : `Ahead of real time by ${state.offset.replace(/\.\d+$/, '')}.`;
  }

  renew();
  for (const topic of ['clock', 'person', 'workspace']) on(topic, renew);
  setInterval(() => { if (node.offsetParent) renew(); }, 1000);
  return { node };
}

/** The time span format of the simulator: `1.02:03:04` is one day, two hours, three minutes and four seconds. */
export function spanOf(seconds) {
  const whole = Math.round(seconds);
  const two = (value) => String(value).padStart(2, '0');
  const days = Math.floor(whole / 86_400);
  return `${days > 0 ? `${days}.` : ''}${two(Math.floor(whole / 3600) % 24)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}
