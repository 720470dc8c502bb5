/** Block Kit's interactive elements, rendered as native controls. */
import { el, newId } from './dom.js';
import { external } from './external.js';
import { icon } from './icons.js';
import { openMenu } from './menu.js';
import { openAddress, plain } from './mrkdwn.js';
import { nameOf, state } from './state.js';
import { fromLocalInput, toLocalInput } from './time.js';

/** For each type: the property of its initial value, the property of its value in the state, and how to get the bare value from it. */
const option = { initial: 'initial_option', property: 'selected_option', bare: (value) => value?.value ?? null };
const optionsOf = { initial: 'initial_options', property: 'selected_options', bare: (value) => (value ?? []).map((one) => one.value) };
const one = (name) => ({ initial: `initial_${name}`, property: `selected_${name}`, bare: (value) => value ?? null });
const many = (name) => ({ initial: `initial_${name}`, property: `selected_${name}`, bare: (value) => value ?? [] });
const text = { initial: 'initial_value', property: 'value', bare: (value) => value ?? '' };

const shapes = {
  plain_text_input: text, number_input: text, email_text_input: text, url_text_input: text,
  external_select: option, multi_external_select: optionsOf,
  static_select: option, radio_buttons: option, overflow: option,
  multi_static_select: optionsOf, checkboxes: optionsOf,
  users_select: one('user'), channels_select: one('channel'), conversations_select: one('conversation'),
  multi_users_select: many('users'), multi_channels_select: many('channels'), multi_conversations_select: many('conversations'),
  datepicker: one('date'), timepicker: one('time'), datetimepicker: one('date_time'),
};

/** The property of a choice in a request, such as `value` for buttons and `selected_option` for selects. */
export const propertyOf = (element) => shapes[element.type]?.property ?? 'value';

/** The bare value of an element: a text, an option's value, an id, or an array of these. */
function bareValue(element, kept) {
  const shape = shapes[element.type];
  return shape.bare(kept ? kept[shape.property] : element[shape.initial]);
}

/**
 * @param {any} element
 * @param {any} block
 * @param {import('./blocks.js').Surface} surface
 * @param {{ label?: string, hint?: string | null }} [ids] of the label and hint in an input block
 * @returns {HTMLElement}
 */
export function control(element, block, surface, ids = {}) {
  const make = makers[element.type];
  if (!make) return el('span', { class: 'block-unknown' }, `(${element.type})`);
  return make(element, new Interaction(element, block, surface), ids);
}

/** Choices being sent to the app, by element: the last choice, and the choice to send next. */
const pending = new Map();

/** Elements that are pressed. A second press while the first is being sent is ignored. */
const isPressed = (element) => element.type === 'button' || element.type === 'overflow';

/** An element with its value, and the handling of choices. */
class Interaction {
  constructor(element, block, surface) {
    this.element = element;
    this.block = block;
    this.surface = surface;
    this.value = element.type === 'button' ? element.value
      : pending.get(this.#place())?.chosen ?? surface.entered?.(block, element) ?? bareValue(element, surface.valueOf(block, element));
  }

  /** The dataset that identifies the control: by the app's ids. */
  data(more = {}) {
    return { actionId: this.element.action_id, ...more };
  }

  /** Handles a choice. In an input block it is sent to the app only with dispatch_action. */
  async choose(value, node, undo = () => {}) {
    const isInput = this.block.type === 'input';
    if (isInput) this.surface.keep(this.block, this.element, value);
    if (isInput && !this.block.dispatch_action) {
      this.value = value;
      return;
    }
    const choice = { interaction: this, value, node, undo };
    const sending = pending.get(this.#place());
    if (!sending) await this.#send(choice);
    else if (!isPressed(this.element)) Object.assign(sending, { chosen: value, next: choice });
  }

  /** Sends one request at a time. Of several choices made during a request, only the last one is sent. */
  async #send(choice) {
    const place = this.#place();
    const sending = { chosen: isPressed(this.element) ? null : choice.value, next: choice };
    pending.set(place, sending);
    try {
      while (sending.next) {
        const { interaction, value, node, undo } = sending.next;
        sending.next = null;
        if (await interaction.surface.act(interaction.block, interaction.element, value, node)) interaction.value = value;
        else if (!sending.next) undo();
      }
    } finally {
      pending.delete(place);
    }
  }

  #place() {
    return JSON.stringify([this.surface.place, this.block.block_id, this.element.action_id]);
  }
}

const makers = {
  button,
  overflow,
  static_select: (element, interaction, ids) => select(element, interaction, ids, groupsOf(element)),
  external_select: (element, interaction, ids) => external(element, interaction, ids, false),
  multi_external_select: (element, interaction, ids) => external(element, interaction, ids, true),
  users_select: (element, interaction, ids) => select(element, interaction, ids, [{ options: people() }]),
  channels_select: (element, interaction, ids) => select(element, interaction, ids, [{ options: channels() }]),
  conversations_select: (element, interaction, ids) => select(element, interaction, ids, [{ options: conversations(element) }]),
  radio_buttons: (element, interaction, ids) => boxes('radio', element, interaction, ids, groupsOf(element)),
  checkboxes: (element, interaction, ids) => boxes('checkbox', element, interaction, ids, groupsOf(element)),
  multi_static_select: (element, interaction, ids) => several(element, interaction, ids, groupsOf(element)),
  multi_users_select: (element, interaction, ids) => several(element, interaction, ids, [{ options: people() }]),
  multi_channels_select: (element, interaction, ids) => several(element, interaction, ids, [{ options: channels() }]),
  multi_conversations_select: (element, interaction, ids) => several(element, interaction, ids, [{ options: conversations(element) }]),
  plain_text_input: (element, interaction, ids) => textInput(element, interaction, ids, element.multiline ? 'textarea' : 'input', { type: 'text' }),
  number_input: (element, interaction, ids) => textInput(element, interaction, ids, 'input', { type: 'text', inputmode: element.is_decimal_allowed ? 'decimal' : 'numeric' }),
  email_text_input: (element, interaction, ids) => textInput(element, interaction, ids, 'input', { type: 'text', inputmode: 'email', autocomplete: 'off' }),
  url_text_input: (element, interaction, ids) => textInput(element, interaction, ids, 'input', { type: 'text', inputmode: 'url' }),
  datepicker: (element, interaction, ids) => picker(element, interaction, ids, 'date'),
  timepicker: (element, interaction, ids) => picker(element, interaction, ids, 'time'),
  datetimepicker: (element, interaction, ids) => picker(element, interaction, ids, 'datetime-local'),
};

function button(element, interaction) {
  const node = el('button', {
    type: 'button',
    class: `button ${element.style ? `button-${element.style}` : ''}`,
    data: interaction.data({ value: element.value }),
    'aria-label': element.accessibility_label,
    onclick: () => {
      if (element.url) openAddress(element.url);
      interaction.choose(element.value, node);
    },
  }, el('span', { class: 'button-text' }, plain(element.text)));
  return node;
}

function overflow(element, interaction) {
  const node = el('button', {
    type: 'button',
    class: 'button button-icon',
    data: interaction.data(),
    'aria-label': 'More actions',
    'aria-haspopup': 'menu',
    'aria-expanded': 'false',
    onclick: () => openMenu(node, element.options.map((each) => ({
      label: plain(each.text),
      description: each.description && plain(each.description),
      value: each.value,
      run: () => {
        if (each.url) openAddress(each.url);
        interaction.choose(each.value, node);
      },
    }))),
  }, icon('more'));
  return node;
}

function select(element, interaction, ids, groups) {
  const id = newId('select');
  const all = groups.flatMap((group) => group.options);
  const description = el('p', { class: 'option-description', hidden: true });
  const node = el('select', {
    id, class: 'select', data: interaction.data({ inputId: id }), ...named(element, ids),
    onchange: () => {
      describe();
      interaction.choose(node.value || null, node, () => { node.value = interaction.value ?? ''; });
    },
  },
  el('option', { value: '' }, element.placeholder ? plain(element.placeholder) : 'Select an option'),
  groups.map((group) => (group.label ? el('optgroup', { label: plain(group.label) }, group.options.map(item)) : group.options.map(item))));
  const describe = () => {
    const chosen = all.find((each) => each.value === node.value)?.description;
    description.hidden = !chosen;
    description.textContent = chosen ? plain(chosen) : '';
  };
  node.value = interaction.value ?? '';
  describe();
  return all.some((each) => each.description) ? el('div', { class: 'select-described', data: { inputId: id } }, node, description) : node;
}

const item = (each) => el('option', { value: each.value }, plain(each.text));

/** Radio buttons and checkboxes. */
function boxes(type, element, interaction, ids, groups) {
  const name = newId('boxes');
  const node = el('div', { class: 'boxes', role: type === 'radio' ? 'radiogroup' : 'group', ...named(element, ids) },
    groups.map((group) => [
      group.label && el('p', { class: 'boxes-group' }, plain(group.label)),
      group.options.map((each) => {
        const id = newId('box');
        const described = each.description ? newId('description') : null;
        return el('div', { class: 'box' },
          el('input', {
            type, id, name, value: each.value, checked: isChosen(interaction.value, each.value), 'aria-describedby': described,
            data: interaction.data({ value: each.value }),
            onchange: () => interaction.choose(read(node, type), node, () => write(node, interaction.value)),
          }),
          el('label', { for: id }, plainOrMarked(each.text)),
          each.description && el('p', { class: 'option-description', id: described }, plainOrMarked(each.description)));
      }),
    ]));
  return node;
}

const several = (element, interaction, ids, groups) => {
  const node = boxes('checkbox', element, interaction, ids, groups);
  node.classList.add('boxes-scrolled');
  return node;
};

const plainOrMarked = (object) => plain({ ...object, text: object.type === 'mrkdwn' ? object.text.replace(/[*_~`]/g, '') : object.text });

const isChosen = (value, each) => (Array.isArray(value) ? value.includes(each) : value === each);

function read(node, type) {
  const chosen = [...node.querySelectorAll('input:checked')].map((box) => box.value);
  return type === 'radio' ? chosen[0] ?? null : chosen;
}

function write(node, value) {
  for (const box of node.querySelectorAll('input')) box.checked = isChosen(value, box.value);
}

function textInput(element, interaction, ids, tag, props) {
  const id = newId('text');
  const on = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const dispatches = interaction.block.dispatch_action === true;
  const node = el(tag, {
    id, class: 'text-input', ...props, rows: tag === 'textarea' ? 4 : null,
    placeholder: element.placeholder && plain(element.placeholder),
    data: interaction.data({ inputId: id }), ...named(element, ids),
    oninput: () => {
      if (dispatches && on.includes('on_character_entered')) interaction.choose(node.value, node);
      else interaction.surface.keep(interaction.block, element, node.value);
    },
    onkeydown: (event) => {
      if (event.key !== 'Enter' || event.isComposing || !dispatches || !on.includes('on_enter_pressed') || (element.multiline && event.shiftKey)) return;
      event.preventDefault();
      interaction.choose(node.value, node);
    },
  });
  node.value = interaction.value;
  return node;
}

/** Date and time pickers. A datetimepicker uses the person's time zone. */
function picker(element, interaction, ids, type) {
  const id = newId('picker');
  const isInstant = type === 'datetime-local';
  const shown = () => (isInstant && interaction.value ? toLocalInput(interaction.value) : interaction.value ?? '');
  const node = el('input', {
    id, type, class: 'text-input picker', data: interaction.data({ inputId: id }), ...named(element, ids),
    onchange: () => {
      const value = isInstant && node.value ? fromLocalInput(node.value) : node.value || null;
      interaction.choose(value, node, () => { node.value = shown(); });
    },
  });
  node.value = shown();
  return node;
}

/** The accessible name: the label of the input block, else the placeholder. */
function named(element, ids) {
  if (ids.label) return { 'aria-labelledby': ids.label, 'aria-describedby': ids.hint };
  return { 'aria-label': element.placeholder ? plain(element.placeholder) : element.action_id };
}

const groupsOf = (element) => element.option_groups ?? [{ options: element.options }];
const asOption = (value, label) => ({ value, text: { type: 'plain_text', text: label, emoji: false } });
const people = () => state.people.filter((person) => !person.deleted).map((person) => asOption(person.id, nameOf(person.id)));
const conversations = (element) => [...channels(), ...(element.filter?.include?.includes('im') ?? true ? people() : [])];
const channels = () => state.channels.filter((channel) => channel.name && channel.members.includes(state.me)).map((channel) => asOption(channel.id, `#${channel.name}`));
