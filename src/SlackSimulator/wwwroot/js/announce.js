/** Announcements for screen readers, through a live region. */

let last = '';

export function announce(text) {
  // A live region is announced only when its text changes, so a repeated text gets a no-break space.
  last = text === last ? `${text}\u00A0` : text;
  document.getElementById('announcer').textContent = last;
}
