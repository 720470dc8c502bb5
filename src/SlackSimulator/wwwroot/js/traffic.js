/** The Traffic and Broken rules tabs: requests with their answers, and violations of Slack's rules. */
import { api } from './api.js';
import { el, KeyedList } from './dom.js';
import { icon } from './icons.js';
import { coalesced, emit, state } from './state.js';
import { secondsOf } from './time.js';

/** The time an app has to answer, in milliseconds. */
const answerTimeout = 3000;
const shownAtMost = 300;

export function createTraffic() {
  const filter = el('input', { type: 'search', class: 'text-input traffic-filter', placeholder: 'Filter, such as views.open', 'aria-label': 'Filter the traffic', oninput: show });
  const items = el('ol', { class: 'traffic-list', data: { testid: 'traffic' }, 'aria-label': 'Requests, newest first' });
  const empty = el('p', { class: 'drawer-empty' }, 'Nothing has been sent yet.');
  const node = el('div', { class: 'drawer-panel' }, el('div', { class: 'drawer-tools' }, filter,
    el('span', { class: 'legend' }, el('i', { class: 'legend-line', 'aria-hidden': 'true' }), 'the app has 3 s to answer')), empty, items);
  const list = new KeyedList(items, (entry) => String(entry.number), renderEntry);
  let entries = [];

  /** Reads new entries while the drawer is open. */
  const refresh = coalesced(async () => {
    if (node.closest('#drawer').hidden) return;
    const fresh = await api.traffic(entries.at(-1)?.number ?? 0, shownAtMost);
    entries = [...entries, ...fresh].slice(-shownAtMost);
    show();
  });

  function show() {
    const wanted = filter.value.trim().toLowerCase();
    const found = entries.filter((entry) => `${entry.kind} ${nameOf(entry)} ${entry.error ?? ''}`.toLowerCase().includes(wanted));
    empty.hidden = found.length > 0;
    list.update(found.reverse());
  }

  return { node, refresh };
}

export function createRules() {
  const items = el('ol', { class: 'traffic-list', data: { testid: 'rules' }, 'aria-label': 'Broken rules, newest first' });
  const empty = el('p', { class: 'drawer-empty' }, 'Every view and message has kept within Slack’s rules.');
  const node = el('div', { class: 'drawer-panel' }, empty, items);
  const list = new KeyedList(items, (entry) => String(entry.number), renderEntry);

  const refresh = coalesced(async () => {
    const found = await api.violations();
    empty.hidden = found.length > 0;
    list.update(found.reverse());
    emit('violations', found.length);
  });

  return { node, refresh };
}

/** The detail beside a request's kind, such as the command or the action. */
function nameOf(entry) {
  const payload = entry.payload ?? {};
  if (entry.kind === 'command') return `${payload.command} ${payload.text}`.trim();
  if (entry.kind === 'interaction') return [payload.type, payload.actions?.[0]?.action_id ?? payload.view?.callback_id].filter(Boolean).join(' ');
  if (entry.kind === 'event') return payload.event?.subtype ? `${payload.event.type} ${payload.event.subtype}` : payload.event?.type ?? '';
  return payload.channel ?? payload.user_id ?? '';
}

function renderEntry(entry) {
  const toApp = entry.direction === 'to_app';
  const details = el('details', { class: `entry ${entry.error ? 'entry-failed' : ''}`, data: { testid: 'traffic-entry', kind: entry.kind, direction: entry.direction } },
    el('summary', {},
      el('span', { class: 'entry-time' }, secondsOf(Date.parse(entry.at))),
      el('span', { class: `entry-way ${toApp ? 'to-app' : 'from-app'}` }, toApp ? 'to app' : 'from app'),
      el('span', { class: 'entry-kind' }, entry.kind, ' ', el('small', {}, nameOf(entry))),
      el('span', { class: 'entry-marks' }, marks(entry)),
      el('span', { class: 'entry-status' }, entry.error ?? String(entry.status ?? '')),
      took(entry, toApp)));
  details.addEventListener('toggle', () => {
    if (details.open && details.children.length === 1) details.append(inside(entry, toApp));
  });
  return el('li', {}, details);
}

function marks(entry) {
  return [
    entry.retry_num && mark(`retry ${entry.retry_num}`, entry.retry_reason),
    entry.fault && mark(`fault: ${entry.fault}`, '', 'mark-fault'),
    entry.signature && el('span', { class: 'mark mark-good', title: entry.signature }, icon('check'), 'signed'),
    entry.violations.length > 0 && mark(`${entry.violations.length} broken`, '', 'mark-bad'),
  ];
}

const mark = (text, title, className = '') => el('span', { class: `mark ${className}`, title }, text);

/** The elapsed time; for requests to the app with a bar relative to its 3 s. */
function took(entry, toApp) {
  const text = entry.elapsed_ms < 10 ? `${entry.elapsed_ms.toFixed(1)} ms` : `${Math.round(entry.elapsed_ms)} ms`;
  const bar = el('span', { class: 'bar-fill' });
  bar.style.width = `${Math.min(entry.elapsed_ms / answerTimeout / 1.15, 1) * 100}%`;
  const late = toApp && entry.elapsed_ms >= answerTimeout - 1;
  return el('span', { class: `entry-took ${late ? 'late' : ''}` }, toApp && el('span', { class: 'bar', 'aria-hidden': 'true' }, bar), text);
}

function inside(entry, toApp) {
  return el('div', { class: 'entry-inside' },
    entry.violations.length > 0 && el('table', { class: 'violations' },
      el('caption', {}, 'Broken rules'),
      el('thead', {}, el('tr', {}, ['Where', 'Rule', 'What Slack says'].map((head) => el('th', { scope: 'col' }, head)))),
      el('tbody', {}, entry.violations.map((each) => el('tr', {}, el('td', {}, el('code', {}, each.path || '/')), el('td', {}, each.rule), el('td', {}, each.message))))),
    entry.url && el('p', { class: 'entry-fact' }, 'To ', el('code', {}, entry.url)),
    entry.signature && el('p', { class: 'entry-fact' }, entry.status === 401 ? refused() : 'Signature valid: ', el('code', {}, entry.signature)),
    pretty(toApp ? 'Payload' : 'Arguments', entry.payload), pretty('Answer', entry.answer));
}

/** An explanation why the app may refuse a validly signed request. */
function refused() {
  const secret = 'Signed, but refused with 401: does the app have the same signing secret? ';
  if (state.offset === '00:00:00') return secret;
  return `${secret}The workspace’s clock is ahead of real time by ${state.offset.replace(/\.\d+$/, '')}, and so are the timestamps it signs: an app refuses those of more than 5 minutes unless it goes by the same clock (GET /sim/clock). `;
}

function pretty(title, value) {
  if (value === undefined || value === null) return el('p', { class: 'entry-fact' }, `${title}: none`);
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return el('figure', { class: 'payload' }, el('figcaption', {}, title), el('pre', { tabindex: 0, 'aria-label': title }, text));
}
