/** Slack's mrkdwn as DOM nodes. What is no markup stays text. */
import { el } from './dom.js';
import { withEmoji } from './emoji.js';
import { state, nameOf } from './state.js';
import { formatDate, fullOf, isInstant } from './time.js';

const codeBlock = /```\n?([\s\S]+?)\n?```/;
const inlineCode = /`([^`\n]+)`/;

/**
 * @param {string} text with Slack's escapes (`&amp;`, `&lt;`, `&gt;`)
 * @returns {Node[]}
 */
export function mrkdwn(text) {
  return split(text, codeBlock, (match) => el('pre', { class: 'code-block', tabindex: 0 }, unescape(match[1])), lines);
}

/** Plain text, with emoji unless they are turned off. */
export const plain = (object) => (object.emoji === false ? object.text : withEmoji(object.text));

/** A text object of either kind. */
export const textOf = (object) => (object.type === 'mrkdwn' ? mrkdwn(object.text) : breaks(plain(object)));

/** Text whose line breaks show. */
export const breaks = (text) => text.split('\n').flatMap((line, index) => (index === 0 ? [line] : [el('br'), line]));

function lines(text) {
  const nodes = [];
  let quoted = [];
  const endQuote = () => {
    if (quoted.length > 0) nodes.push(el('blockquote', {}, joined(quoted)));
    quoted = [];
  };
  const shown = [];
  const endLines = () => {
    if (shown.length > 0) nodes.push(...joined(shown));
    shown.length = 0;
  };
  for (const line of text.replace(/^\n|\n$/g, '').split('\n')) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) {
      endLines();
      quoted.push(quote[1]);
    } else {
      endQuote();
      shown.push(line);
    }
  }
  endQuote();
  endLines();
  return nodes;
}

const joined = (list) => list.flatMap((line, index) => (index === 0 ? inline(line) : [el('br'), ...inline(line)]));

/** One line: code first, then what is in angle brackets, then styles; each is opaque to the next. */
function inline(text) {
  return split(text, inlineCode, (match) => el('code', {}, unescape(match[1])), (rest) => styled(rest));
}

const styles = [
  ['strong', /(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*[^*\s])\*(?![\p{L}\p{N}*])/u],
  ['em', /(?<![\p{L}\p{N}_])_(?=\S)([^_\n]*[^_\s])_(?![\p{L}\p{N}_])/u],
  ['s', /(?<![\p{L}\p{N}~])~(?=\S)([^~\n]*[^~\s])~(?![\p{L}\p{N}~])/u],
];

/** What is put aside stands in the text as a number between these two; where they are themselves in the text, they are put aside as well. */
const aside = /<[^<>\n]+>|[\uE000\uE001]/g;
const putAside = /\uE000(\d+)\uE001/;

/** Styles may hold links and links may hold none; the tokens are put aside first, so that their underscores are not taken for styles. */
function styled(text) {
  const tokens = [];
  return style(text.replace(aside, (whole) => `\uE000${tokens.push(whole) - 1}\uE001`), tokens, styles);
}

/** The style that begins first holds those within it, whichever they are. */
function style(text, tokens, left) {
  const [first] = left.map(([tag, pattern]) => ({ tag, match: pattern.exec(text) })).filter((found) => found.match).sort((a, b) => a.match.index - b.match.index);
  if (!first) return leaves(text, tokens);
  const { tag, match: { index, 0: whole, 1: inside } } = first;
  return [...leaves(text.slice(0, index), tokens), el(tag, {}, style(inside, tokens, left.filter(([other]) => other !== tag))), ...style(text.slice(index + whole.length), tokens, left)];
}

const leaves = (text, tokens) => split(text, putAside, (match) => token(tokens[Number(match[1])]), bareLinks);

const token = (whole) => (whole.length > 1 ? bracketed(whole.slice(1, -1)) : whole);

const bareLinks = (text) => split(text, /https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"]/, (match) => link(unescape(match[0]), unescape(match[0])), (rest) => [withEmoji(unescape(rest))]);

/** What stands in angle brackets: a mention, a channel, something special, or a link. */
function bracketed(inside) {
  const [target, label] = cut(inside, '|');
  if (/^@[UW]/.test(target)) return mention(target.slice(1));
  if (/^#C/.test(target)) return channelLink(target.slice(1), label);
  if (target.startsWith('!date^')) return date(target, label, inside);
  if (target.startsWith('!')) return el('span', { class: 'mention' }, unescape(label || `@${target.slice(1).split('^')[0]}`));
  if (safe.test(target)) return link(unescape(target), withEmoji(unescape(label || target)));
  return `<${unescape(inside)}>`;
}

/** A person's mention; one's own stands out. */
export const mention = (id) => el('span', { class: id === state.me ? 'mention mention-me' : 'mention', data: { user: id } }, `@${nameOf(id)}`);

export function channelLink(id, label) {
  const channel = state.channels.find((one) => one.id === id);
  const name = `#${channel?.name || (label && unescape(label)) || id}`;
  if (!channel?.members.includes(state.me)) return el('span', { class: 'mention' }, name);
  return el('a', { class: 'mention', href: `/?as=${state.me}&channel=${id}`, data: { channelLink: id } }, name);
}

const safe = /^(https?:|mailto:|tel:)/i;

/** Opens in a window of its own, which learns nothing of this one; an address that would run something here is no link. */
export const link = (address, ...label) =>
  (safe.test(address) ? el('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, label) : el('span', {}, label));

/** Follows a button's address. */
export function openAddress(address) {
  if (safe.test(address)) window.open(address, '_blank', 'noopener,noreferrer');
}

/** In the person's zone; where it tells no instant it is its fallback, and without one it stays as it is written. */
function date(target, fallback, inside) {
  const [, seconds, format, address] = target.split('^');
  const at = /^-?\d+$/.test(seconds) ? Number(seconds) : NaN;
  const shown = isInstant(at) && format
    ? el('time', { title: fullOf(at * 1000), datetime: new Date(at * 1000).toISOString() }, formatDate(at, format))
    : unescape(fallback || `<${inside}>`);
  return address ? link(unescape(address), shown) : shown;
}

const unescape = (text) => text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: '<', gt: '>', amp: '&' })[name]);

function cut(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Each match of a pattern becomes a node; what is between is given on. */
function split(text, pattern, matched, between) {
  const nodes = [];
  let rest = text;
  for (let match = pattern.exec(rest); match; match = pattern.exec(rest)) {
    if (match.index > 0) nodes.push(...between(rest.slice(0, match.index)));
    nodes.push(matched(match));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest) nodes.push(...between(rest));
  return nodes;
}
