/** The hint for the first visit: the command to type, and the demo run. */
import { playDemo } from './demo.js';
import { el } from './dom.js';
import { icon } from './icons.js';
import { on, state } from './state.js';

const seenKey = 'guide-seen';

export function guide() {
  const text = el('p', {});
  const play = el('button', { type: 'button', class: 'button button-primary', data: { testid: 'play-demo' }, hidden: true, onclick: playDemo }, icon('play'), 'Play a demo run');
  const close = el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close this hint', onclick: dismiss }, icon('close'));
  const node = el('aside', { class: 'guide', 'aria-label': 'First steps', hidden: localStorage.getItem(seenKey) === 'yes' }, text, play, close);

  function dismiss() {
    localStorage.setItem(seenKey, 'yes');
    node.hidden = true;
    document.getElementById('composer').focus();
  }

  function renew() {
    const command = state.app.commands[0];
    const hint = command ? ['Type ', el('kbd', {}, command.command), ` below to begin${command.description ? `: ${lower(command.description)}` : ''}.`]
      : ['Type a slash command below: every one goes to the app.'];
    text.replaceChildren(...hint, ' Choose a person on the left to act as that person.');
    play.hidden = !state.demo;
    if (state.demo) play.title = state.demo.title;
  }

  on('workspace', renew);
  renew();
  return node;
}

const lower = (text) => (/^[A-Z][a-z]/.test(text) ? text[0].toLowerCase() + text.slice(1) : text).replace(/\.$/, '');
