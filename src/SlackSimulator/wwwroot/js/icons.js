/** The page's icons: line drawings in a square of 20 × 20. */

const paths = {
  menu: 'M3 5h14M3 10h14M3 15h14',
  close: 'M5 5l10 10M15 5L5 15',
  back: 'M12 4l-6 6 6 6',
  send: 'M3 10L17 4l-4 12-3-5zM10 11l7-7',
  reply: 'M4 5h12v8H9l-4 3v-3H4z',
  edit: 'M4 16l1-4 8-8 3 3-8 8zM11 6l3 3',
  remove: 'M4 6h12M8 6V4h4v2M6 6l1 10h6l1-10',
  eye: 'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 1 0 0 4 2 2 0 1 0 0-4z',
  lock: 'M5 9h10v7H5zM7 9V7a3 3 0 0 1 6 0v2',
  code: 'M7 6l-4 4 4 4M13 6l4 4-4 4',
  play: 'M6 4l10 6-10 6z',
  pause: 'M7 4v12M13 4v12',
  stop: 'M5 5h10v10H5z',
  theme: 'M10 3a7 7 0 1 0 7 7 5 5 0 0 1-7-7z',
  more: 'M10 4v.5M10 10v.5M10 16v.5',
  smile: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM7.500 8v.5M12.500 8v.5M7 12c1.500 2 4.500 2 6 0',
  pin: 'M7 3h6l-1 6 3 3H5l3-3zM10 12v5',
  bolt: 'M11 3l-6 8h4l-1 6 6-8h-4z',
  warning: 'M10 3l8 14H2zM10 8v4M10 14.5v.5',
  check: 'M4 10l4 4 8-8',
  people: 'M7 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM1.500 17c0-4 2-6 5.500-6s5.500 2 5.500 6M13 9a2.500 2.500 0 1 0 0-5M14.500 11.500c2.500.5 4 2.500 4 5.500',
};

/**
 * @param {keyof typeof paths} name
 * @returns {SVGSVGElement} hidden from screen readers, because the control has a name
 */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}
