/** Formats times in the current person's time zone, relative to the workspace's clock. */
import { me, now } from './state.js';

const formats = new Map();

/** @param {number} at milliseconds since 1970 */
function show(at, options) {
  const zone = me()?.tz ?? 'UTC';
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, formatter(zone, options));
  return formats.get(key).format(at);
}

function formatter(zone, options) {
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
  }
}

const day = (at) => show(at, { year: 'numeric', month: '2-digit', day: '2-digit' });
const oneDay = 86_400_000;

/** A message's ts as milliseconds since 1970. */
export const millis = (ts) => Number(ts) * 1000;

/** Such as `10:20 AM`. */
export const timeOf = (at) => show(at, { hour: 'numeric', minute: '2-digit' });

/** Such as `10:20:31 AM`. */
export const secondsOf = (at) => show(at, { hour: 'numeric', minute: '2-digit', second: '2-digit' });

/** Such as `Wednesday, March 4, 2026 at 10:20:31 AM`, for tooltips. */
export const fullOf = (at) => `${show(at, { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' })} at ${secondsOf(at)}`;

export const sameDay = (a, b) => day(a) === day(b);

/** The time of day of another person. */
export const timeIn = (zone) => formatter(zone, { hour: 'numeric', minute: '2-digit' }).format(now());

/** `Today`, `Yesterday`, or such as `Wednesday, March 4th`. */
export function dayOf(at) {
  return relative(at) ?? `${show(at, { weekday: 'long' })}, ${show(at, { month: 'long' })} ${ordinal(show(at, { day: 'numeric' }))}`;
}

function relative(at) {
  if (sameDay(at, now())) return 'Today';
  if (sameDay(at, now() - oneDay)) return 'Yesterday';
  return sameDay(at, now() + oneDay) ? 'Tomorrow' : null;
}

function ordinal(text) {
  const number = Number(text);
  const teen = number % 100 > 10 && number % 100 < 14;
  return number + ((!teen && { 1: 'st', 2: 'nd', 3: 'rd' }[number % 10]) || 'th');
}

const yearOf = (at) => (show(at, { year: 'numeric' }) === show(now(), { year: 'numeric' }) ? {} : { year: 'numeric' });
const pretty = (at, otherwise) => relative(at)?.toLowerCase() ?? otherwise(at);
const longDay = (at) => `${show(at, { weekday: 'long' })}, ${mediumDay(at)}`;
const mediumDay = (at) => {
  const year = yearOf(at).year ? `, ${show(at, { year: 'numeric' })}` : '';
  return `${show(at, { month: 'long' })} ${ordinal(show(at, { day: 'numeric' }))}${year}`;
};
const shortDay = (at) => show(at, { month: 'short', day: 'numeric', year: 'numeric' });

/** The placeholders of `<!date^…>` (https://docs.slack.dev/messaging/formatting-message-text/). */
const dateTokens = {
  date_num: (at) => show(at, { year: 'numeric', month: '2-digit', day: '2-digit' }).replace(/(\d+)\/(\d+)\/(\d+)/, '$3-$1-$2'),
  date_slash: day,
  date: mediumDay,
  date_short: shortDay,
  date_long: longDay,
  date_pretty: (at) => pretty(at, mediumDay),
  date_short_pretty: (at) => pretty(at, shortDay),
  date_long_pretty: (at) => pretty(at, longDay),
  time: timeOf,
  time_secs: secondsOf,
  ago,
};

/** Whether seconds since 1970 are in the range of JavaScript dates: 100,000,000 days before and after. */
export const isInstant = (seconds) => Number.isFinite(seconds) && Math.abs(seconds) <= 8.64e12;

/**
 * Formats a `<!date^…>` in the person's time zone. At the beginning of the text "today" becomes "Today".
 * @param {string} format such as `{date_short_pretty} {time}`
 */
export function formatDate(seconds, format) {
  const text = format.replace(/\{(\w+)\}/g, (whole, token) => dateTokens[token]?.(seconds * 1000) ?? whole);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function ago(at) {
  const seconds = Math.round((at - now()) / 1000);
  const units = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? units[3];
  return new Intl.RelativeTimeFormat('en-US', { numeric: 'auto' }).format(Math.trunc(seconds / size), unit);
}

/** The value of a `datetime-local` input for a time, in the person's time zone. */
export function toLocalInput(seconds) {
  const at = seconds * 1000;
  const clock = show(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return `${dateTokens.date_num(at)}T${clock}`;
}

/** The time in seconds since 1970 for the value of a `datetime-local` input, in the person's time zone. */
export function fromLocalInput(text) {
  const asUtc = Date.parse(`${text}:00Z`) / 1000;
  const shift = (at) => Date.parse(`${toLocalInput(at)}:00Z`) / 1000 - at;
  const guess = asUtc - shift(asUtc);
  return asUtc - shift(guess);
}
