/** Making and keeping DOM nodes. Text only ever becomes text nodes, so nothing an app sends can become markup. */

/**
 * Makes an element. In `props`, `on…` functions are listeners, `data` is the dataset, `true` is an attribute without a value, and
 * `null`, `undefined` and `false` are left out.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...any} children nodes, text, nested lists; null and false are left out
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else if (name === 'data') setData(node, value);
    else set(node, name, value);
  }
  add(node, children);
  return node;
}

/** Puts children in place of what is there. */
export function fill(node, ...children) {
  node.replaceChildren();
  add(node, children);
  return node;
}

/**
 * Makes a node; when that fails, one that says so stands in its place, and what is around it stays.
 * @param {() => HTMLElement} make
 * @param {string} [tag] of what stands in its place
 */
export function safely(make, tag = 'div') {
  try {
    return make();
  } catch (error) {
    console.error(error);
    return el(tag, { class: 'unshowable' }, '(cannot be shown)');
  }
}

let lastId = 0;

/** An id no other element has. */
export const newId = (prefix) => `${prefix}-${++lastId}`;

/**
 * Keeps a parent's children in step with a list. Only what changed is made anew, so that focus, open menus and the reader's place stay.
 * @template T
 */
export class KeyedList {
  #parent;
  #key;
  #render;
  #shown = new Map();

  /**
   * @param {HTMLElement} parent
   * @param {(item: T) => string} key
   * @param {(item: T, before?: { item: T, node: HTMLElement }) => HTMLElement} render `before` is what the item was, so that parts can be kept
   */
  constructor(parent, key, render) {
    this.#parent = parent;
    this.#key = key;
    this.#render = render;
  }

  /** Forgets what is shown: the next update makes everything anew. */
  clear() {
    this.#shown.clear();
    this.#parent.replaceChildren();
  }

  /** @param {T[]} items */
  update(items) {
    const before = this.#shown;
    const keys = items.map(this.#key);
    const kept = new Set(keys);
    for (const [key, { node }] of before) if (!kept.has(key)) node.remove();
    this.#shown = new Map();
    let at = this.#parent.firstElementChild;
    items.forEach((item, index) => {
      const print = JSON.stringify(item);
      const old = before.get(keys[index]);
      const focused = old?.node.contains(document.activeElement) ? document.activeElement : null;
      const node = old?.print === print ? old.node : safely(() => this.#render(item, old), this.#parent.tagName === 'OL' ? 'li' : 'div');
      if (old && old.node !== node) {
        if (at === old.node) at = at.nextElementSibling;
        replace(old.node, node, focused);
      }
      if (node === at) at = at.nextElementSibling;
      else if (node.parentElement !== this.#parent || node.nextElementSibling !== at) this.#parent.insertBefore(node, at);
      this.#shown.set(keys[index], { node, print, item });
    });
  }
}

/** Gives the new node the place of the old one, and the focus when that was inside: to the same control, else to the new node. */
function replace(old, node, focused) {
  old.replaceWith(node);
  if (!focused) return;
  if (node.contains(focused)) {
    focused.focus();
    return;
  }
  (controlLike(node, focused) ?? node.querySelector('article') ?? node).focus();
}

/** The control of the same action, of several that of the same value; of the page's own controls the one that looks and is called the same. */
function controlLike(root, focused) {
  const { actionId, value } = focused.dataset;
  if (actionId === undefined) {
    return [...root.querySelectorAll(focused.tagName)].find((one) => one.className === focused.className && one.getAttribute('aria-label') === focused.getAttribute('aria-label'));
  }
  const same = [...root.querySelectorAll('[data-action-id]')].filter((control) => control.dataset.actionId === actionId);
  return same.find((control) => control.dataset.value === value) ?? same[0];
}

/**
 * Changes what is inside. When the control that had the focus is gone, the one of the same action gets it, else the whole: never nobody, who hears no key.
 * @param {HTMLElement} root can be focused
 */
export function keepFocus(root, change) {
  const before = root.contains(document.activeElement) ? document.activeElement : null;
  change();
  if (before && !root.contains(document.activeElement)) (controlLike(root, before) ?? root).focus();
}

function set(node, name, value) {
  if (value === null || value === undefined) return;
  if (name.startsWith('aria-')) node.setAttribute(name, String(value));
  else if (value === true) node.setAttribute(name, '');
  else if (value !== false) node.setAttribute(name, String(value));
}

function setData(node, values) {
  for (const [key, value] of Object.entries(values)) if (value !== null && value !== undefined) node.dataset[key] = value;
}

function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false && child !== '') node.append(child);
  }
}
