/** Receives the workspace's changes as server-sent events. */

const types = [
  'message.posted', 'message.updated', 'message.deleted', 'view.opened', 'view.updated', 'view.closed', 'home.published', 'person.added',
  'person.changed', 'channel.added', 'channel.changed', 'channel.members', 'channel.read', 'app',
  'traffic', 'clock', 'faults', 'limits',
];

/**
 * Listens to changes. Browsers allow six connections per host, so a hidden page closes its stream until it is visible again.
 * @param {number} after the number of the last change known
 * @param {(type: string, data: any) => void} onChange
 * @param {(connected: boolean, gap: boolean) => void} onConnection `gap`: the stream was interrupted, so changes may be missing
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
      if (source.readyState === EventSource.CLOSED) setTimeout(reopen, 500);
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
