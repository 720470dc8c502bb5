/** The Faults tab: injects faults, and turns the rate limits on and off. */
import { api, ApiError } from './api.js';
import { el, fill, newId } from './dom.js';
import { coalesced, emit, on } from './state.js';

/** The kinds of faults: label, and the field, unit and default of the parameter. */
const kinds = {
  ratelimited: { label: 'Rate limited (429)', field: 'retry_after', unit: 'Retry-After, seconds', value: '2' },
  error: { label: 'Server error', field: 'status', unit: 'HTTP status', value: '503' },
  code: { label: 'Error code', field: 'code', unit: 'Slack’s error code', value: 'internal_error' },
  slow: { label: 'Slow', field: 'ms', unit: 'Milliseconds', value: '2500' },
  reset: { label: 'Connection reset' },
  lost_answer: { label: 'Answer lost' },
  slow_answer: { label: 'Answer slow', field: 'ms', unit: 'Milliseconds', value: '5000' },
};

export function createFaults() {
  let current = [];
  const method = field('Method', el('select', { class: 'select', data: { testid: 'fault-method' } }));
  const kind = field('What goes wrong', el('select', { class: 'select', data: { testid: 'fault-kind' }, onchange: renewAmount },
    Object.entries(kinds).map(([value, each]) => el('option', { value }, each.label))));
  const amount = field('', el('input', { class: 'text-input', data: { testid: 'fault-amount' } }));
  const count = field('How many calls', el('input', { class: 'text-input', inputmode: 'numeric', placeholder: 'until cleared', data: { testid: 'fault-count' } }));
  const problem = el('p', { class: 'dialog-error', role: 'alert', hidden: true });
  const limits = el('input', { type: 'checkbox', id: newId('limits'), data: { testid: 'rate-limits' }, onchange: () => api.setLimits(limits.checked) });
  const items = el('ul', { class: 'fault-list', 'aria-label': 'Faults in force', data: { testid: 'faults' } });
  const clear = el('button', { type: 'button', class: 'button', onclick: () => api.clearFaults() }, 'Clear all faults');
  const form = el('form', {
    class: 'fault-form',
    onsubmit: (event) => {
      event.preventDefault();
      addFault();
    },
  }, method.node, kind.node, amount.node, count.node, el('button', { type: 'submit', class: 'button button-primary' }, 'Add fault'));
  const node = el('div', { class: 'drawer-panel drawer-padded' },
    el('p', { class: 'check' }, limits, el('label', { for: limits.id }, 'Rate limits: answer 429 beyond a method’s tier, or beyond one message a second and channel')),
    form, problem, items, clear);

  function renewAmount() {
    const { field: name, unit, value } = kinds[kind.control.value];
    amount.node.hidden = !name;
    amount.label.textContent = unit ?? '';
    amount.control.value = value ?? '';
  }

  async function addFault() {
    const { field: name } = kinds[kind.control.value];
    const fault = { method: method.control.value, kind: kind.control.value };
    if (name) fault[name] = amount.control.value;
    if (count.control.value) fault.count = count.control.value;
    problem.hidden = true;
    try {
      await api.setFaults([...current, fault]);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problem.textContent = error.message;
      problem.hidden = false;
    }
  }

  const refresh = coalesced(async () => {
    const [{ faults, methods }, { rate_limits: limited }] = await Promise.all([api.faults(), api.limits()]);
    current = faults;
    limits.checked = limited;
    if (method.control.children.length === 0) {
      fill(method.control, el('option', { value: '*' }, 'All methods'), methods.map((each) => el('option', { value: each }, each)));
    }
    fill(items, faults.map((fault, index) => el('li', {}, el('span', {}, describe(fault)),
      el('button', { type: 'button', class: 'button button-quiet', 'aria-label': `Remove: ${describe(fault)}`, onclick: () => api.setFaults(current.toSpliced(index, 1)) }, 'Remove'))));
    clear.disabled = faults.length === 0;
    emit('faults', faults);
  });

  renewAmount();
  on('limits', refresh);
  return { node, refresh };
}

function describe(fault) {
  const { label, field: name, unit } = kinds[fault.kind];
  const where = fault.method === '*' ? 'All methods' : fault.method;
  const times = fault.count ? `, ${fault.count} more` : '';
  return `${where}: ${label}${name ? ` (${unit}: ${fault[name]})` : ''}${times}`;
}

function field(text, control) {
  control.id = newId('fault');
  const label = el('label', { for: control.id }, text);
  return { control, label, node: el('div', { class: 'field' }, label, control) };
}
