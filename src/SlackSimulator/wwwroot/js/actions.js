/** Sends clicks and choices to the app; shows progress and failures beside the control. */
import { api, ApiError } from './api.js';
import { confirm } from './dialog.js';
import { el } from './dom.js';
import { propertyOf } from './elements.js';
import { icon } from './icons.js';
import { state } from './state.js';

const explanations = {
  operation_timeout: 'The app did not answer within 3 seconds.',
  connection_failed: 'The app could not be reached.',
  app_missing_url: 'The app has no address for this. Set it in the simulator, or use Socket Mode.',
};

/** The explanation of an error code. */
export const explain = (error, status) => explanations[error] ?? (error === 'http_error' ? `The app answered with HTTP ${status}.` : `That did not work (${error}).`);

/**
 * Sends a block_actions request.
 * @param {object} where `{channel, ts}`, `{view: true}` or `{home: true}`
 * @param {HTMLElement} control shown as busy until the app has answered
 * @param {any} [values] the values of the other inputs in the message: `{block_id: {action_id: value}}`
 * @returns {Promise<boolean>} whether it was sent; a declined confirmation is false
 */
export async function act(where, block, element, value, control, values) {
  if (element.confirm && !(await confirm(element.confirm))) return false;
  clearError(control);
  setBusy(control, true);
  try {
    const body = { ...where, action_id: element.action_id, block_id: block.block_id, values };
    if (value !== undefined) body[propertyOf(element)] = value;
    const result = await api.act(state.me, body);
    if (!result.ok) showError(control, explain(result.error, result.status));
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showError(control, error.status === 404 ? 'That has changed meanwhile. Try again.' : error.message);
    return false;
  } finally {
    setBusy(control, false);
  }
}

/**
 * Asks the app for the options of an external menu.
 * @param {object} where `{channel, ts}`, `{view: true}` or `{home: true}`
 * @param {string} value what the person has typed
 * @returns {Promise<{ label?: object, options: object[] }[]>} groups of options
 */
export async function suggest(where, block, element, value) {
  const found = await api.suggest(state.me, { ...where, action_id: element.action_id, block_id: block.block_id, value });
  if (!found.ok) throw new ApiError(found.error, explain(found.error, found.status), 0);
  return found.option_groups ?? [{ options: found.options }];
}

/** A busy button gets aria-disabled, because a disabled one would lose the focus. Other controls stay usable while busy. */
function setBusy(control, busy) {
  control.classList.toggle('busy', busy);
  for (const name of control.tagName === 'BUTTON' ? ['aria-busy', 'aria-disabled'] : ['aria-busy']) {
    if (busy) control.setAttribute(name, 'true');
    else control.removeAttribute(name);
  }
}

function showError(control, text) {
  const block = control.closest('.block');
  (block ?? control).after(el('p', { class: 'action-error', role: 'alert' }, icon('warning'), text));
}

function clearError(control) {
  const next = control.closest('.block')?.nextElementSibling;
  if (next?.classList.contains('action-error')) next.remove();
}
