/** The top modal of the person's stack. */
import { act, explain, suggest } from './actions.js';
import { api, ApiError } from './api.js';
import { renderBlock } from './blocks.js';
import { focusFirst, showDialog } from './dialog.js';
import { el, fill, keepFocus, KeyedList, newId } from './dom.js';
import { Draft } from './draft.js';
import { icon } from './icons.js';
import { plain } from './mrkdwn.js';
import { coalesced, on, state } from './state.js';

export function mountModal() {
  let shown = null;
  const draft = new Draft((values) => api.fillView(state.me, values));

  const surface = {
    get place() { return shown?.id ?? ''; },
    valueOf: (block, element) => draft.valueOf(block, element),
    entered: (block, element) => draft.entered(block, element),
    keep: (block, element, value) => {
      draft.keep(block, element, value);
      shown?.clearError(block.block_id);
    },
    suggest: (block, element, value) => suggest({ view: true }, block, element, value),
    act: async (block, element, value, control) => {
      await draft.flush();
      return act({ view: true }, block, element, value, control);
    },
  };

  const refresh = coalesced(async () => {
    const person = state.me;
    const view = await api.view(person);
    if (person === state.me) show(view);
  });

  function show(view) {
    draft.take(view);
    if (shown && shown.id !== view?.id) {
      shown.hide();
      shown = null;
    }
    if (!view) return;
    shown ??= openModal(view.id);
    shown.update(view);
  }

  /** Renders a view. Its node is kept when the app updates the view. */
  function openModal(id) {
    const titleId = newId('title');
    const title = el('h2', { id: titleId });
    const back = el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Back', onclick: () => close(false) }, icon('back'));
    const trouble = el('p', { class: 'dialog-error', role: 'alert', hidden: true });
    const blocks = el('div', { class: 'dialog-blocks' });
    const cancel = el('button', { type: 'button', class: 'button', onclick: () => close(false) });
    const submit = el('button', { type: 'submit', class: 'button button-primary', data: { testid: 'modal-submit' } });
    const form = el('form', {
      class: 'dialog-form', novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        send();
      },
    }, el('div', { class: 'dialog-body', tabindex: 0, role: 'group', 'aria-labelledby': titleId }, trouble, blocks), el('footer', { class: 'dialog-footer' }, cancel, submit));
    const dialog = el('div', { class: 'dialog', role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': titleId, data: { testid: 'modal' } },
      el('header', { class: 'dialog-header' }, back, title, el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: () => close(true) }, icon('close'))),
      form);
    const list = new KeyedList(blocks, (block) => block.block_id, (block) => renderBlock(block, surface));
    const hide = showDialog(dialog, () => close(false));
    let isNew = true;

    function update(view) {
      title.textContent = plain(view.title);
      back.hidden = !view.previous_view_id;
      fill(cancel, view.close ? plain(view.close) : 'Cancel');
      submit.hidden = !view.submit;
      submit.disabled = view.submit_disabled === true;
      if (view.submit) fill(submit, el('span', { class: 'button-text' }, plain(view.submit)));
      dialog.dataset.callbackId = view.callback_id;
      keepFocus(dialog, () => list.update(view.blocks));
      if (!isNew) return;
      isNew = false;
      const wanted = view.blocks.flatMap((block) => [block.element, block.accessory, ...(block.elements ?? [])]).find((element) => element?.focus_on_load);
      focusFirst(dialog, wanted && dialog.querySelector(`[data-action-id="${CSS.escape(wanted.action_id)}"]`));
    }

    async function send() {
      if (submit.hidden || submit.classList.contains('busy')) return;
      clearErrors();
      setBusy(true);
      try {
        await draft.sent();
        const result = await api.submitView(state.me, draft.takeValues());
        if (result.errors) showErrors(result.errors);
        else if (result.error) showTrouble(`${result.shown} ${explain(result.error, result.status)}`);
        await refresh();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        showTrouble(error.message);
      } finally {
        setBusy(false);
      }
    }

    function setBusy(busy) {
      submit.classList.toggle('busy', busy);
      submit.setAttribute('aria-busy', String(busy));
      submit.setAttribute('aria-disabled', String(busy));
    }

    function showTrouble(text) {
      fill(trouble, icon('warning'), text);
      trouble.hidden = false;
      trouble.scrollIntoView({ block: 'nearest' });
    }

    /** Shows an error below each invalid input and focuses the first of them. */
    function showErrors(errors) {
      const inputs = Object.entries(errors).map(([blockId, text]) => {
        const block = blocks.querySelector(`[data-input="${CSS.escape(blockId)}"]`);
        if (!block) return null;
        const { errorId } = block.dataset;
        block.classList.add('invalid');
        block.append(el('p', { class: 'input-error', id: errorId }, icon('warning'), text));
        const controls = block.querySelectorAll('[data-action-id], [role=group], [role=radiogroup]');
        for (const each of controls) {
          each.dataset.describedBy ??= each.getAttribute('aria-describedby') ?? '';
          each.setAttribute('aria-describedby', errorId);
          if (each.getAttribute('role') !== 'group' && each.type !== 'radio') each.setAttribute('aria-invalid', 'true');
        }
        return block;
      });
      const ordered = inputs.filter(Boolean).sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
      ordered[0]?.querySelector('[data-action-id]')?.focus();
    }

    function clearError(blockId) {
      const block = blocks.querySelector(`[data-input="${CSS.escape(blockId)}"].invalid`);
      if (!block) return;
      block.classList.remove('invalid');
      block.querySelector('.input-error')?.remove();
      for (const each of block.querySelectorAll('[aria-invalid]')) each.removeAttribute('aria-invalid');
      for (const each of block.querySelectorAll('[data-described-by]')) {
        if (each.dataset.describedBy) each.setAttribute('aria-describedby', each.dataset.describedBy);
        else each.removeAttribute('aria-describedby');
        delete each.dataset.describedBy;
      }
    }

    function clearErrors() {
      trouble.hidden = true;
      for (const block of blocks.querySelectorAll('.invalid')) clearError(block.dataset.input);
    }

    return { id, hide, update, clearError };
  }

  async function close(all) {
    try {
      await api.closeView(state.me, all);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
    await refresh();
  }

  on('person', () => {
    show(null);
    refresh();
  });
  on('view', refresh);
  return { refresh };
}
