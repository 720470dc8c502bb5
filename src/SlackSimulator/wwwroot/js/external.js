/** Menus whose options come from the app: a search field, and the found options below it. */
import { ApiError } from './api.js';
import { el, newId } from './dom.js';
import { plain } from './mrkdwn.js';

/** The options that were found or chosen, by element, so that chosen ones keep their texts. */
const known = new Map();

/**
 * @param {any} element
 * @param {any} interaction
 * @param {{ label?: string, hint?: string | null }} ids
 * @param {boolean} isMulti
 */
export function external(element, interaction, ids, isMulti) {
  const needed = element.min_query_length ?? 3;
  const texts = textsOf(element, interaction);
  const id = newId('search');
  const list = el('select', { class: 'select', multiple: isMulti, size: isMulti ? 4 : null, data: interaction.data(), 'aria-label': `Options of ${element.action_id}`, onchange: choose });
  const note = el('p', { class: 'option-description', role: 'status' });
  const field = el('input', {
    id, type: 'search', class: 'text-input', autocomplete: 'off', 'aria-describedby': ids.hint,
    ...(ids.label ? { 'aria-labelledby': ids.label } : { 'aria-label': element.placeholder ? plain(element.placeholder) : element.action_id }),
    placeholder: element.placeholder ? plain(element.placeholder) : 'Type to search', data: { searches: element.action_id }, oninput: search,
  });
  const chosen = () => [interaction.value ?? []].flat();
  let turn = 0;

  async function search() {
    const mine = ++turn;
    if (field.value.length < needed) {
      note.textContent = needed > field.value.length ? `Type ${needed} or more characters.` : '';
      return;
    }
    try {
      const groups = await interaction.surface.suggest(interaction.block, element, field.value);
      if (mine === turn) show(groups.flatMap((group) => group.options));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (mine === turn) note.textContent = error.message;
    }
  }

  function show(options) {
    for (const each of options) texts.set(each.value, plain(each.text));
    note.textContent = options.length === 0 ? 'Nothing was found.' : `${options.length} found.`;
    fillList(new Set([...chosen(), ...options.map((each) => each.value)]));
  }

  function fillList(values) {
    list.replaceChildren(...(isMulti ? [] : [el('option', { value: '' }, 'Select an option')]),
      ...[...values].map((value) => el('option', { value }, texts.get(value) ?? value)));
    mark();
  }

  function mark() {
    for (const each of list.options) each.selected = isMulti ? chosen().includes(each.value) : each.value === (interaction.value ?? '');
  }

  function choose() {
    const values = [...list.selectedOptions].map((each) => each.value).filter(Boolean);
    interaction.choose(isMulti ? values : values[0] ?? null, list, mark);
  }

  fillList(new Set(chosen()));
  if (needed === 0) field.addEventListener('focus', search, { once: true });
  return el('div', { class: 'external', data: { inputId: id } }, field, list, note);
}

function textsOf(element, interaction) {
  const key = `${interaction.surface.place} ${interaction.block.block_id} ${element.action_id}`;
  if (!known.has(key)) known.set(key, new Map());
  const kept = interaction.surface.valueOf(interaction.block, element) ?? {};
  const options = [element.initial_option, element.initial_options, kept.selected_option, kept.selected_options].flat().filter(Boolean);
  for (const each of options) known.get(key).set(each.value, plain(each.text));
  return known.get(key);
}
