/** What screen readers are told of without being asked. */

let last = '';

export function announce(text) {
  // The same words again are news again only when the text differs.
  last = text === last ? `${text}\u00A0` : text;
  document.getElementById('announcer').textContent = last;
}
