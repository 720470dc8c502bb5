/** Creates and updates DOM nodes. Text always becomes text nodes, so that nothing from an app is parsed as HTML. */

/**
 * Creates an element. In `props`, functions named `on…` become listeners, `data` the dataset, and `true` an attribute without a value;
 * `null`, `undefined` and `false` are skipped.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...any} children nodes, texts and nested arrays; null and false are skipped
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

/** Replaces the children of a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  add(node, children);
  return node;
}

/**
 * Creates a node. If that throws, a placeholder is returned, so that the rest of the page is still shown.
 * @param {() => HTMLElement} make
 * @param {string} [tag] of the placeholder
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

/** A unique element id. */
export const newId = (prefix) => `${prefix}-${++lastId}`;

/**
 * Updates a parent's children to match a list. Only changed items are rendered again, so that the focus, open menus and the scroll position
 * remain.
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
   * @param {(item: T, before?: { item: T, node: HTMLElement }) => HTMLElement} render `before` is the previous item and node, whose parts can be reused
   */
  constructor(parent, key, render) {
    this.#parent = parent;
    this.#key = key;
    this.#render = render;
  }

  /** Removes all children; the next update renders every item. */
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

/** Replaces a node. If the focus was inside, the corresponding control gets it, else the new node. */
function replace(old, node, focused) {
  old.replaceWith(node);
  if (!focused) return;
  if (node.contains(focused)) {
    focused.focus();
    return;
  }
  (controlLike(node, focused) ?? node.querySelector('article') ?? node).focus();
}

/** The control that corresponds to the focused one: with the same action_id and value, or for the page's own controls with the same class and label. */
function controlLike(root, focused) {
  const { actionId, value } = focused.dataset;
  if (actionId === undefined) {
    return [...root.querySelectorAll(focused.tagName)].find((one) => one.className === focused.className && one.getAttribute('aria-label') === focused.getAttribute('aria-label'));
  }
  const same = [...root.querySelectorAll('[data-action-id]')].filter((control) => control.dataset.actionId === actionId);
  return same.find((control) => control.dataset.value === value) ?? same[0];
}

/**
 * Changes the content of a node without losing the focus: if the focused control is removed, the corresponding one gets the focus, else `root`.
 * @param {HTMLElement} root must be focusable
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
