/** Suggestions above the composer, as a combobox with a listbox: slash commands with their hints, and people to mention. */
import { avatar } from './avatar.js';
import { el, newId } from './dom.js';
import { nameOf, state } from './state.js';

/**
 * @param {HTMLTextAreaElement} field
 * @param {{ commands: boolean }} offers
 */
export function attachCompletion(field, { commands }) {
  const id = newId('suggestions');
  const list = el('ul', { class: 'suggestions', id, role: 'listbox', 'aria-label': 'Suggestions', hidden: true });
  let found = [];
  let at = 0;
  field.setAttribute('role', 'combobox');
  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-haspopup', 'listbox');
  field.setAttribute('aria-controls', id);
  close();

  function renew() {
    found = suggestionsFor(field, commands);
    at = 0;
    if (found.length === 0) close();
    else show();
  }

  function show() {
    list.hidden = false;
    field.setAttribute('aria-expanded', 'true');
    list.replaceChildren(...found.map((each, index) => el('li', {
      id: `${id}-${index}`, role: 'option', class: 'suggestion', 'aria-selected': String(index === at),
      onpointerdown: (event) => {
        event.preventDefault();
        take(index);
      },
    }, each.picture, el('span', { class: 'suggestion-name' }, each.label), el('span', { class: 'suggestion-hint' }, each.hint),
    each.description && el('span', { class: 'suggestion-description' }, each.description))));
    field.setAttribute('aria-activedescendant', `${id}-${at}`);
    list.children[at].scrollIntoView({ block: 'nearest' });
  }

  function close() {
    found = [];
    list.hidden = true;
    field.setAttribute('aria-expanded', 'false');
    field.removeAttribute('aria-activedescendant');
  }

  function take(index) {
    const { from, text } = found[index];
    field.setRangeText(text, from, field.selectionStart, 'end');
    close();
    field.dispatchEvent(new Event('input', { bubbles: true }));
    close();
  }

  /** @returns {boolean} whether the key was handled */
  function onKey(event) {
    if (list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      at = (at + step + found.length) % found.length;
      show();
    } else if (event.key === 'Tab' && !event.shiftKey) take(at);
    else if (event.key === 'Enter' && !found[at].isWhole) take(at);
    else if (event.key === 'Escape') close();
    else return false;
    event.preventDefault();
    return true;
  }

  field.addEventListener('input', renew);
  field.addEventListener('blur', close);
  return { list, onKey, close };
}

function suggestionsFor(field, commands) {
  const before = field.value.slice(0, field.selectionStart);
  const command = /^\/\S*$/.exec(before);
  if (command && commands) return commandsLike(before);
  const mention = /(?:^|\s)@([a-z0-9._-]*)$/i.exec(before);
  return mention ? peopleLike(mention[1], before.length - mention[1].length - 1) : [];
}

const commandsLike = (typed) => state.app.commands.filter((each) => each.command.startsWith(typed)).map((each) => ({
  label: each.command, hint: each.usage_hint, description: each.description, from: 0, text: `${each.command} `, isWhole: each.command === typed,
})).sort(wholeFirst);

/** An exact match comes before longer names that begin with it. */
const wholeFirst = (a, b) => Number(b.isWhole) - Number(a.isWhole);

function peopleLike(typed, from) {
  const everyone = [...state.people.filter((person) => !person.deleted).map(({ id, name }) => ({ id, name })), { id: state.app.bot_user_id, name: state.app.bot_name }];
  return everyone.filter((person) => person.name.startsWith(typed.toLowerCase())).map((person) => ({
    picture: avatar(person.id, 'avatar-small'), label: nameOf(person.id), hint: `@${person.name}`, from, text: `@${person.name} `, isWhole: person.name === typed.toLowerCase(),
  })).sort(wholeFirst).slice(0, 8);
}
