/** Renders rich_text blocks. */
import { el } from './dom.js';
import { emojiOf } from './emoji.js';
import { breaks, channelLink, link, mention } from './mrkdwn.js';
import { formatDate, isInstant } from './time.js';

export const richText = (block) => el('div', { class: 'rich-text' }, block.elements.map(part));

function part(element) {
  const inside = () => element.elements.flatMap(leaf);
  switch (element.type) {
    case 'rich_text_section': return el('div', {}, inside());
    case 'rich_text_quote': return el('blockquote', {}, inside());
    case 'rich_text_preformatted': return el('pre', { class: 'code-block', tabindex: 0 }, element.elements.map((one) => one.text ?? one.url ?? ''));
    case 'rich_text_list': return list(element);
    default: return null;
  }
}

function list(element) {
  const items = element.elements.map((item) => el('li', {}, item.elements.flatMap(leaf)));
  const level = Math.min(element.indent ?? 0, 4);
  if (element.style !== 'ordered') return el('ul', { class: `indent-${level}` }, items);
  return el('ol', { class: `indent-${level}`, start: (element.offset ?? 0) + 1 }, items);
}

function leaf(element) {
  return wrapped(content(element), element.style ?? {});
}

function content(element) {
  switch (element.type) {
    case 'text': return breaks(element.text);
    case 'link': return [link(element.url, element.text ?? element.url)];
    case 'user': return [mention(element.user_id)];
    case 'channel': return [channelLink(element.channel_id, '')];
    case 'emoji': return [emojiOf(element.name) ?? `:${element.name}:`];
    case 'broadcast': return [el('span', { class: 'mention' }, `@${element.range}`)];
    case 'date': return [date(element)];
    case 'usergroup': return [el('span', { class: 'mention' }, `@${element.usergroup_id}`)];
    case 'color': return [element.value];
    default: return [];
  }
}

function date({ timestamp, format, url, fallback }) {
  const text = isInstant(timestamp) && format ? formatDate(timestamp, format) : fallback ?? '';
  return url ? link(url, text) : text;
}

function wrapped(nodes, style) {
  for (const [name, tag] of [['code', 'code'], ['strike', 's'], ['italic', 'em'], ['bold', 'strong']]) {
    if (style[name]) nodes = [el(tag, {}, nodes)];
  }
  return nodes;
}
