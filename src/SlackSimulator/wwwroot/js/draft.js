/**
 * The values entered in a view before it is submitted. They are sent to the simulator after a short pause, so that an update by the app keeps
 * them.
 */

/** Milliseconds without input before the values are sent. */
const pause = 250;
const keyOf = (block, element) => JSON.stringify([block.block_id, element.action_id]);

export class Draft {
  #send;
  #id = '';
  #state = {};
  #dirty = new Map();
  #timer = 0;
  #sending = Promise.resolve();

  /** @param {(values: any) => Promise<any>} send takes `{block_id: {action_id: value}}` */
  constructor(send) {
    this.#send = send;
  }

  /** Takes the state of a view from the simulator. Values that are not sent yet have priority. */
  take(view) {
    if (view?.id !== this.#id) this.#forget();
    this.#id = view?.id ?? '';
    this.#state = view?.state.values ?? {};
  }

  valueOf(block, element) {
    return this.#state[block.block_id]?.[element.action_id];
  }

  /** The value of an input that is not sent yet, or undefined. */
  entered(block, element) {
    return this.#dirty.get(keyOf(block, element));
  }

  keep(block, element, value) {
    this.#dirty.set(keyOf(block, element), value);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), pause);
  }

  /** Returns and forgets the values that are not sent yet, for a submission that includes them. */
  takeValues() {
    const values = {};
    for (const [key, value] of this.#dirty) {
      const [block, action] = JSON.parse(key);
      (values[block] ??= {})[action] = value;
    }
    this.#forget();
    return values;
  }

  /** Sends the values that are not sent yet, after earlier requests have completed. */
  flush() {
    const values = this.takeValues();
    if (Object.keys(values).length === 0) return this.#sending;
    // A request fails when the app has removed the input in the meantime; the value is then not needed.
    this.#sending = this.#sending.then(() => this.#send(values)).catch(() => {});
    return this.#sending;
  }

  /** Resolves when all requests have completed. */
  sent() {
    return this.#sending;
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#dirty.clear();
  }
}
