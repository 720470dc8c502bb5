/** Block Kit's interactive elements as the browser's own controls. */
import { el, newId } from './dom.js';
import { icon } from './icons.js';
import { openMenu } from './menu.js';
import { openAddress, plain } from './mrkdwn.js';
import { nameOf, state } from './state.js';
import { fromLocalInput, toLocalInput } from './time.js';

/** Where a type's value stands in its state, where it begins, and how it is written bare. */
const option = { initial: 'initial_option', property: 'selected_option', bare: (value) => value?.value ?? null };
const optionsOf = { initial: 'initial_options', property: 'selected_options', bare: (value) => (value ?? []).map((one) => one.value) };
const one = (name) => ({ initial: `initial_${name}`, property: `selected_${name}`, bare: (value) => value ?? null });
const many = (name) => ({ initial: `initial_${name}`, property: `selected_${name}`, bare: (value) => value ?? [] });
const text = { initial: 'initial_value', property: 'value', bare: (value) => value ?? '' };

const shapes = {
  plain_text_input: text, number_input: text, email_text_input: text, url_text_input: text,
  static_select: option, radio_buttons: option, overflow: option,
  multi_static_select: optionsOf, checkboxes: optionsOf,
  users_select: one('user'), channels_select: one('channel'), conversations_select: one('conversation'),
  multi_users_select: many('users'), multi_channels_select: many('channels'), multi_conversations_select: many('conversations'),
  datepicker: one('date'), timepicker: one('time'), datetimepicker: one('date_time'),
};

/** How a choice is named in a request: `value` for buttons, `selected_option` for selects. */
export const propertyOf = (element) => shapes[element.type]?.property ?? 'value';

/** What an element holds, bare: a text, an option's value, an id, or a list of those. */
function bareValue(element, kept) {
  const shape = shapes[element.type];
  return shape.bare(kept ? kept[shape.property] : element[shape.initial]);
}

/**
 * @param {any} element
 * @param {any} block
 * @param {import('./blocks.js').Surface} surface
 * @param {{ label?: string, hint?: string | null }} [ids] of what stands around it in an input block
 * @returns {HTMLElement}
 */
export function control(element, block, surface, ids = {}) {
  const make = makers[element.type];
  if (!make) return el('span', { class: 'block-unknown' }, `(${element.type})`);
  return make(element, new Use(element, block, surface), ids);
}

/** Choices on their way to the app, by where they are made, each with what was chosen last and what waits to be sent. */
const underway = new Map();

/** What is pressed, not chosen: a second press while the first is on its way is no second one. */
const isPressed = (element) => element.type === 'button' || element.type === 'overflow';

/** One element in use: what it holds, and what a choice leads to. */
class Use {
  constructor(element, block, surface) {
    this.element = element;
    this.block = block;
    this.surface = surface;
    this.value = element.type === 'button' ? element.value
      : underway.get(this.#place())?.chosen ?? surface.entered?.(block, element) ?? bareValue(element, surface.valueOf(block, element));
  }

  /** Finds the control again: for the app's ids, not for looks. */
  data(more = {}) {
    return { actionId: this.element.action_id, ...more };
  }

  /** Takes a choice; an input tells the app only when it is submitted, or asked to dispatch. */
  async choose(value, node, undo = () => {}) {
    const isInput = this.block.type === 'input';
    if (isInput) this.surface.keep(this.block, this.element, value);
    if (isInput && !this.block.dispatch_action) {
      this.value = value;
      return;
    }
    const choice = { use: this, value, node, undo };
    const sending = underway.get(this.#place());
    if (!sending) await this.#send(choice);
    else if (!isPressed(this.element)) Object.assign(sending, { chosen: value, next: choice });
  }

  /** One request after the other; of what was chosen meanwhile the last. */
  async #send(choice) {
    const place = this.#place();
    const sending = { chosen: isPressed(this.element) ? null : choice.value, next: choice };
    underway.set(place, sending);
    try {
      while (sending.next) {
        const { use, value, node, undo } = sending.next;
        sending.next = null;
        if (await use.surface.act(use.block, use.element, value, node)) use.value = value;
        else if (!sending.next) undo();
      }
    } finally {
      underway.delete(place);
    }
  }

  #place() {
    return JSON.stringify([this.surface.place, this.block.block_id, this.element.action_id]);
  }
}

const makers = {
  button,
  overflow,
  static_select: (element, use, ids) => select(element, use, ids, groupsOf(element)),
  users_select: (element, use, ids) => select(element, use, ids, [{ options: people() }]),
  channels_select: (element, use, ids) => select(element, use, ids, [{ options: channels() }]),
  conversations_select: (element, use, ids) => select(element, use, ids, [{ options: [...channels(), ...people()] }]),
  radio_buttons: (element, use, ids) => boxes('radio', element, use, ids, groupsOf(element)),
  checkboxes: (element, use, ids) => boxes('checkbox', element, use, ids, groupsOf(element)),
  multi_static_select: (element, use, ids) => several(element, use, ids, groupsOf(element)),
  multi_users_select: (element, use, ids) => several(element, use, ids, [{ options: people() }]),
  multi_channels_select: (element, use, ids) => several(element, use, ids, [{ options: channels() }]),
  multi_conversations_select: (element, use, ids) => several(element, use, ids, [{ options: [...channels(), ...people()] }]),
  plain_text_input: (element, use, ids) => textInput(element, use, ids, element.multiline ? 'textarea' : 'input', { type: 'text' }),
  number_input: (element, use, ids) => textInput(element, use, ids, 'input', { type: 'text', inputmode: element.is_decimal_allowed ? 'decimal' : 'numeric' }),
  email_text_input: (element, use, ids) => textInput(element, use, ids, 'input', { type: 'text', inputmode: 'email', autocomplete: 'off' }),
  url_text_input: (element, use, ids) => textInput(element, use, ids, 'input', { type: 'text', inputmode: 'url' }),
  datepicker: (element, use, ids) => picker(element, use, ids, 'date'),
  timepicker: (element, use, ids) => picker(element, use, ids, 'time'),
  datetimepicker: (element, use, ids) => picker(element, use, ids, 'datetime-local'),
};

function button(element, use) {
  const node = el('button', {
    type: 'button',
    class: `button ${element.style ? `button-${element.style}` : ''}`,
    data: use.data({ value: element.value }),
    'aria-label': element.accessibility_label,
    onclick: () => {
      if (element.url) openAddress(element.url);
      use.choose(element.value, node);
    },
  }, el('span', { class: 'button-text' }, plain(element.text)));
  return node;
}

function overflow(element, use) {
  const node = el('button', {
    type: 'button',
    class: 'button button-icon',
    data: use.data(),
    'aria-label': 'More actions',
    'aria-haspopup': 'menu',
    'aria-expanded': 'false',
    onclick: () => openMenu(node, element.options.map((each) => ({
      label: plain(each.text),
      description: each.description && plain(each.description),
      value: each.value,
      run: () => {
        if (each.url) openAddress(each.url);
        use.choose(each.value, node);
      },
    }))),
  }, icon('more'));
  return node;
}

function select(element, use, ids, groups) {
  const id = newId('select');
  const all = groups.flatMap((group) => group.options);
  const description = el('p', { class: 'option-description', hidden: true });
  const node = el('select', {
    id, class: 'select', data: use.data({ inputId: id }), ...named(element, ids),
    onchange: () => {
      describe();
      use.choose(node.value || null, node, () => { node.value = use.value ?? ''; });
    },
  },
  el('option', { value: '' }, element.placeholder ? plain(element.placeholder) : 'Select an option'),
  groups.map((group) => (group.label ? el('optgroup', { label: plain(group.label) }, group.options.map(item)) : group.options.map(item))));
  const describe = () => {
    const chosen = all.find((each) => each.value === node.value)?.description;
    description.hidden = !chosen;
    description.textContent = chosen ? plain(chosen) : '';
  };
  node.value = use.value ?? '';
  describe();
  return all.some((each) => each.description) ? el('div', { class: 'select-described', data: { inputId: id } }, node, description) : node;
}

const item = (each) => el('option', { value: each.value }, plain(each.text));

/** Radio buttons and checkboxes. */
function boxes(type, element, use, ids, groups) {
  const name = newId('boxes');
  const node = el('div', { class: 'boxes', role: type === 'radio' ? 'radiogroup' : 'group', ...named(element, ids) },
    groups.map((group) => [
      group.label && el('p', { class: 'boxes-group' }, plain(group.label)),
      group.options.map((each) => {
        const id = newId('box');
        const described = each.description ? newId('description') : null;
        return el('div', { class: 'box' },
          el('input', {
            type, id, name, value: each.value, checked: isChosen(use.value, each.value), 'aria-describedby': described,
            data: use.data({ value: each.value }),
            onchange: () => use.choose(read(node, type), node, () => write(node, use.value)),
          }),
          el('label', { for: id }, plainOrMarked(each.text)),
          each.description && el('p', { class: 'option-description', id: described }, plainOrMarked(each.description)));
      }),
    ]));
  return node;
}

const several = (element, use, ids, groups) => {
  const node = boxes('checkbox', element, use, ids, groups);
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

function textInput(element, use, ids, tag, props) {
  const id = newId('text');
  const on = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const dispatches = use.block.dispatch_action === true;
  const node = el(tag, {
    id, class: 'text-input', ...props, rows: tag === 'textarea' ? 4 : null,
    placeholder: element.placeholder && plain(element.placeholder),
    data: use.data({ inputId: id }), ...named(element, ids),
    oninput: () => {
      if (dispatches && on.includes('on_character_entered')) use.choose(node.value, node);
      else use.surface.keep(use.block, element, node.value);
    },
    onkeydown: (event) => {
      if (event.key !== 'Enter' || event.isComposing || !dispatches || !on.includes('on_enter_pressed') || (element.multiline && event.shiftKey)) return;
      event.preventDefault();
      use.choose(node.value, node);
    },
  });
  node.value = use.value;
  return node;
}

/** Dates and times; an instant is entered in the person's zone. */
function picker(element, use, ids, type) {
  const id = newId('picker');
  const isInstant = type === 'datetime-local';
  const shown = () => (isInstant && use.value ? toLocalInput(use.value) : use.value ?? '');
  const node = el('input', {
    id, type, class: 'text-input picker', data: use.data({ inputId: id }), ...named(element, ids),
    onchange: () => {
      const value = isInstant && node.value ? fromLocalInput(node.value) : node.value || null;
      use.choose(value, node, () => { node.value = shown(); });
    },
  });
  node.value = shown();
  return node;
}

/** A label around it names it in an input block; elsewhere its placeholder does. */
function named(element, ids) {
  if (ids.label) return { 'aria-labelledby': ids.label, 'aria-describedby': ids.hint };
  return { 'aria-label': element.placeholder ? plain(element.placeholder) : element.action_id };
}

const groupsOf = (element) => element.option_groups ?? [{ options: element.options }];
const asOption = (value, label) => ({ value, text: { type: 'plain_text', text: label, emoji: false } });
const people = () => state.people.filter((person) => !person.deleted).map((person) => asOption(person.id, nameOf(person.id)));
const channels = () => state.channels.filter((channel) => channel.name && channel.members.includes(state.me)).map((channel) => asOption(channel.id, `#${channel.name}`));
