/** Renders Slack's mrkdwn as DOM nodes. Anything that is no markup remains text. */
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

/** The text of a plain_text object, with emoji unless they are turned off. */
export const plain = (object) => (object.emoji === false ? object.text : withEmoji(object.text));

/** Renders a text object of either type. */
export const textOf = (object) => (object.type === 'mrkdwn' ? mrkdwn(object.text) : breaks(plain(object)));

/** Renders text with its line breaks. */
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

/** Renders one line. The order is: code, tokens in angle brackets, styles. What one step renders, the next does not change. */
function inline(text) {
  return split(text, inlineCode, (match) => el('code', {}, unescape(match[1])), (rest) => styled(rest));
}

const styles = [
  ['strong', /(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*[^*\s])\*(?![\p{L}\p{N}*])/u],
  ['em', /(?<![\p{L}\p{N}_])_(?=\S)([^_\n]*[^_\s])_(?![\p{L}\p{N}_])/u],
  ['s', /(?<![\p{L}\p{N}~])~(?=\S)([^~\n]*[^~\s])~(?![\p{L}\p{N}~])/u],
];

/**
 * Tokens in angle brackets are replaced by their number between these two private-use characters. The characters themselves are replaced in
 * the same way when they occur in the text.
 */
const replaced = /<[^<>\n]+>|[\uE000\uE001]/g;
const placeholder = /\uE000(\d+)\uE001/;

/** Renders styles. The tokens are replaced first, so that underscores in URLs are not read as styles. */
function styled(text) {
  const tokens = [];
  return style(text.replace(replaced, (whole) => `\uE000${tokens.push(whole) - 1}\uE001`), tokens, styles);
}

/** Renders the style that begins first, and the others inside it. */
function style(text, tokens, left) {
  const [first] = left.map(([tag, pattern]) => ({ tag, match: pattern.exec(text) })).filter((found) => found.match).sort((a, b) => a.match.index - b.match.index);
  if (!first) return leaves(text, tokens);
  const { tag, match: { index, 0: whole, 1: inside } } = first;
  return [...leaves(text.slice(0, index), tokens), el(tag, {}, style(inside, tokens, left.filter(([other]) => other !== tag))), ...style(text.slice(index + whole.length), tokens, left)];
}

const leaves = (text, tokens) => split(text, placeholder, (match) => token(tokens[Number(match[1])]), bareLinks);

const token = (whole) => (whole.length > 1 ? bracketed(whole.slice(1, -1)) : whole);

const bareLinks = (text) => split(text, /https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"]/, (match) => link(unescape(match[0]), unescape(match[0])), (rest) => [withEmoji(unescape(rest))]);

/** Renders a token in angle brackets: a mention, a channel, a special mention, a date or a link. */
function bracketed(inside) {
  const [target, label] = cut(inside, '|');
  if (/^@[UW]/.test(target)) return mention(target.slice(1));
  if (/^#C/.test(target)) return channelLink(target.slice(1), label);
  if (target.startsWith('!date^')) return date(target, label, inside);
  if (target.startsWith('!')) return el('span', { class: 'mention' }, unescape(label || `@${target.slice(1).split('^')[0]}`));
  if (safe.test(target)) return link(unescape(target), withEmoji(unescape(label || target)));
  return `<${unescape(inside)}>`;
}

/** Renders the mention of a person; the mention of the current person is highlighted. */
export const mention = (id) => el('span', { class: id === state.me ? 'mention mention-me' : 'mention', data: { user: id } }, `@${nameOf(id)}`);

export function channelLink(id, label) {
  const channel = state.channels.find((one) => one.id === id);
  const name = `#${channel?.name || (label && unescape(label)) || id}`;
  if (!channel?.members.includes(state.me)) return el('span', { class: 'mention' }, name);
  return el('a', { class: 'mention', href: `/?as=${state.me}&channel=${id}`, data: { channelLink: id } }, name);
}

const safe = /^(https?:|mailto:|tel:)/i;

/** A link to a new window without opener and referrer. URLs of other schemes, such as javascript:, become text. */
export const link = (address, ...label) =>
  (safe.test(address) ? el('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, label) : el('span', {}, label));

/** Opens the URL of a button. */
export function openAddress(address) {
  if (safe.test(address)) window.open(address, '_blank', 'noopener,noreferrer');
}

/** Renders `<!date^…>` in the person's time zone. If it has no valid time, the fallback is shown, or the token itself. */
function date(target, fallback, inside) {
  const [, seconds, format, address] = target.split('^');
  const at = /^-?\d+$/.test(seconds) ? Number(seconds) : NaN;
  const shown = isInstant(at) && format
    ? el('time', { title: fullOf(at * 1000), datetime: new Date(at * 1000).toISOString(), data: { format: format.includes('{ago}') ? format : null } }, formatDate(at, format))
    : unescape(fallback || `<${inside}>`);
  return address ? link(unescape(address), shown) : shown;
}

/** Renders the times with `{ago}` anew: Slack's clients keep them current without a change of the message. */
export function renewDates() {
  for (const node of document.querySelectorAll('time[data-format]')) {
    const text = formatDate(Date.parse(node.dateTime) / 1000, node.dataset.format);
    if (node.textContent !== text) node.textContent = text;
  }
}

const unescape = (text) => text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: '<', gt: '>', amp: '&' })[name]);

function cut(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Renders each match of a pattern with `matched`, and the text between the matches with `between`. */
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
