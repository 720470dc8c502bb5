// Lays out the panels of a dashboard of Grafana, whose queries have the answers of Prometheus as `result`.

/** The stretches of time at which the annotation's query has a value. */
function alertsOf({ result }, step) {
  return result.flatMap(({ values }) => {
    const found = [];
    for (const [time] of values) {
      if (found.length > 0 && time - found.at(-1).to <= step) found.at(-1).to = time;
      else found.push({ from: time, to: time });
    }
    return found;
  });
}

function drawPanel(panel, main, top, times, alerts) {
  const { x, y, w, h } = panel.gridPos;
  const isRow = panel.type === 'row';
  const box = element(main, isRow ? 'h2' : 'section', isRow ? 'row' : 'panel', isRow ? panel.title : '');
  box.style.gridArea = `${y - top + 1} / ${x + 1} / span ${h} / span ${w}`;
  if (isRow) return;
  element(box, 'h2', '', panel.title);
  const content = element(box, 'div', 'content');
  const draw = { timeseries: drawTimeSeries, stat: drawStat }[panel.type];
  if (!draw) throw new Error(`Panels of type ${panel.type} cannot be drawn.`);
  if (!draw(panel, content, times, alerts)) element(content, 'div', 'empty', 'No data');
}

/**
 * Draws the rows first to last, counted from 0, of the dashboard.
 * @param range from, to and step in seconds
 */
async function draw(dashboard, range, first, last) {
  await Promise.all(['400 12px Inter', '500 12px Inter'].map((each) => document.fonts.load(each)));
  const times = [];
  for (let time = range.from; time <= range.to; time += range.step) times.push(time);

  const header = document.querySelector('header');
  const time = (seconds) => new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, 19);
  element(header, 'h1', '', dashboard.title);
  for (const { label, current } of dashboard.templating.list) {
    const choice = element(header, 'div', 'choice');
    element(choice, 'b', '', label);
    choice.append(current?.text ?? 'default');
  }
  element(header, 'div', 'choice time', `${time(range.from)} to ${time(range.to)} UTC`);

  const main = document.querySelector('main');
  const alerts = dashboard.annotations.list.flatMap((annotation) => alertsOf(annotation, range.step));
  let row = -1;
  const panels = dashboard.panels.filter((panel) => {
    if (panel.type === 'row') row++;
    return row >= first && row <= last;
  });
  for (const panel of panels) drawPanel(panel, main, panels[0].gridPos.y, times, alerts);
}
