/** Operates the page for a demo run: points, types, chooses and clicks at a person's speed. */
import { el } from './dom.js';

/** The longest wait for a control, in milliseconds of real time. */
const timeout = 10_000;

/** The person stopped the run. */
export class Stopped extends Error {}

export class DemoDriver {
  #pace;
  #signal;
  #paused = null;
  #pointer = el('div', { class: 'demo-pointer', 'aria-hidden': 'true' });

  /** @param {number} pace 1 is a person's speed */
  constructor(pace, signal) {
    this.#pace = pace;
    this.#signal = signal;
    document.body.append(this.#pointer);
  }

  leave() {
    this.#pointer.remove();
  }

  pause() {
    let resume;
    const paused = new Promise((resolve) => { resume = resolve; });
    this.#paused = paused;
    this.#signal.addEventListener('abort', resume);
    return () => {
      this.#paused = null;
      resume();
    };
  }

  /** @param {number} ms at a person's speed */
  async rest(ms) {
    await this.#paused;
    await new Promise((resolve) => { setTimeout(resolve, ms / this.#pace); });
    await this.#paused;
    if (this.#signal.aborted) throw new Stopped();
  }

  /**
   * Polls until a value is found.
   * @template T
   * @param {() => T | null | undefined | false | Promise<T | null | undefined | false>} find
   * @param {string} what named in the error when it is not found in time
   * @returns {Promise<T>}
   */
  async until(find, what, atMost = timeout) {
    const end = performance.now() + atMost;
    for (let found = await find(); ; found = await find()) {
      if (found) return found;
      if (this.#signal.aborted) throw new Stopped();
      if (performance.now() > end) throw new Error(`${what} did not appear within ${Math.round(atMost / 1000)} s.`);
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  }

  async pointAt(node) {
    node.scrollIntoView({ block: 'nearest' });
    const box = node.getBoundingClientRect();
    this.#pointer.style.transform = `translate(${box.left + Math.min(box.width / 2, 120)}px, ${box.top + box.height / 2}px)`;
    this.#pointer.style.transitionDuration = `${450 / this.#pace}ms`;
    await this.rest(550);
  }

  async click(node) {
    await this.pointAt(node);
    this.#pointer.classList.add('pressed');
    await this.rest(140);
    this.#pointer.classList.remove('pressed');
    node.focus?.();
    node.click();
    await this.rest(250);
  }

  /** Replaces the content of a text field, letter by letter. */
  async type(field, text) {
    await this.pointAt(field);
    field.focus();
    field.value = '';
    for (const letter of text) {
      field.setRangeText(letter, field.value.length, field.value.length, 'end');
      field.dispatchEvent(new Event('input', { bubbles: true }));
      await this.rest(45);
    }
    await this.rest(250);
  }

  press(field, key) {
    field.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }

  /** Chooses an option of a select, or enters a date or time. */
  async choose(field, value) {
    await this.pointAt(field);
    field.focus();
    field.value = value;
    if (field.value !== value) throw new Error(`“${value}” cannot be chosen there.`);
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await this.rest(350);
  }
}
