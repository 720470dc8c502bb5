/** The workspace's changes as they happen, resumed where they were left. */

const types = [
  'message.posted', 'message.updated', 'message.deleted', 'view.opened', 'view.updated', 'view.closed', 'home.published', 'person.added',
  'person.changed', 'channel.added', 'channel.changed', 'channel.members', 'channel.read', 'app',
  'traffic', 'clock', 'faults', 'limits',
];

/**
 * Listens from a change on. A browser allows six connections to a host, so a page that is hidden gives its one back until it is seen again.
 * @param {number} after the number of the last change known
 * @param {(type: string, data: any) => void} onChange
 * @param {(connected: boolean, gap: boolean) => void} onConnection `gap`: it was away, so what is shown may be old
 */
export function listen(after, onChange, onConnection) {
  let last = after;
  let source = null;
  let away = false;

  function open() {
    source = new EventSource(`/sim/stream?after=${last}`);
    for (const type of types) {
      source.addEventListener(type, (event) => {
        last = Number(event.lastEventId);
        onChange(type, JSON.parse(event.data));
      });
    }
    source.onopen = () => {
      onConnection(true, away);
      away = false;
    };
    source.onerror = () => {
      away = true;
      onConnection(false, true);
      if (source.readyState === EventSource.CLOSED) setTimeout(reopen, 2000);
    };
  }

  function reopen() {
    source?.close();
    if (!document.hidden) open();
  }

  document.addEventListener('visibilitychange', () => {
    away = true;
    if (document.hidden) source?.close();
    else reopen();
  });
  open();
}
