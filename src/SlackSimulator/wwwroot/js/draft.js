/** What a person has entered in a view and not yet submitted. The simulator is told of it soon, so that an update by the app keeps it. */

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

  /** Takes up a view as the simulator has it; what is not sent yet is newer. */
  take(view) {
    if (view?.id !== this.#id) this.#forget();
    this.#id = view?.id ?? '';
    this.#state = view?.state.values ?? {};
  }

  valueOf(block, element) {
    return this.#state[block.block_id]?.[element.action_id];
  }

  /** What is not sent yet of an input; undefined when there is nothing. */
  entered(block, element) {
    return this.#dirty.get(keyOf(block, element));
  }

  keep(block, element, value) {
    this.#dirty.set(keyOf(block, element), value);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), pause);
  }

  /** What is not sent yet, for a submission that takes it along. */
  takeValues() {
    const values = {};
    for (const [key, value] of this.#dirty) {
      const [block, action] = JSON.parse(key);
      (values[block] ??= {})[action] = value;
    }
    this.#forget();
    return values;
  }

  /** Sends what is not sent yet, one request after the other. */
  flush() {
    const values = this.takeValues();
    if (Object.keys(values).length === 0) return this.#sending;
    // An input that the app took away meanwhile needs no value.
    this.#sending = this.#sending.then(() => this.#send(values)).catch(() => {});
    return this.#sending;
  }

  /** Once nothing is on its way any more. */
  sent() {
    return this.#sending;
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#dirty.clear();
  }
}
