// Draws the panels "timeseries" and "stat" as their fieldConfig in the dashboard says.

const colors = {
  text: '#ccccdc',
  green: '#73bf69',
  orange: '#ff9830',
  red: '#f2495c',
};

/** "palette-classic" in the dark theme. */
const palette = [
  '#73bf69', '#f2cc0c', '#8ab8ff', '#ff780a', '#f2495c', '#5794f2', '#b877d9', '#705da0', '#37872d', '#fade2a',
  '#447ebc', '#c15c17', '#890f02', '#0a437c', '#6d1f62', '#584477', '#b7dbab', '#f4d598', '#70dbed', '#f9ba8f',
];

const secondary = '#9fa0ab';
const gridColor = '#25282d';
const font = '11px Inter';

const mostNames = 8;

/** Distances of times on the axis, in seconds. */
const minutes = [60, 120, 300, 600, 1800, 3600];

/** The series of all queries of a panel: a name and a value, or null, for each of the times. */
function seriesOf(panel, times) {
  return panel.targets.flatMap((target) =>
    target.result.map(({ metric, values }) => {
      const byTime = new Map(values.map(([time, value]) => [time, Number(value)]));
      return {
        name: target.legendFormat.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => metric[label] ?? ''),
        values: times.map((time) => {
          const value = byTime.get(time);
          return Number.isFinite(value) ? value : null;
        }),
      };
    }),
  );
}

function thresholdOf(value, steps) {
  return colors[steps.findLast((step) => step.value === null || value >= step.value).color];
}

function faded(color, opacity) {
  return color + Math.round(opacity * 255).toString(16).padStart(2, '0');
}

function element(parent, tag, className, text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return parent.appendChild(made);
}

/** Each series on top of those before it. A line has no point where it adds nothing, so that it hides no other. */
function stacked(series, isBars) {
  const sums = new Array(series[0]?.values.length).fill(0);
  return series.map(({ values }) =>
    values.map((value, index) => {
      sums[index] += value ?? 0;
      return value || isBars ? sums[index] : null;
    }),
  );
}

/** A long legend has the greatest series that are not always 0, and the number of the others. */
function drawLegend(legend, series) {
  const named =
    series.length > mostNames
      ? series.filter(isSeen).sort((one, other) => Math.max(...other.values) - Math.max(...one.values)).slice(0, mostNames)
      : series;
  for (const { name, color } of named)
    element(legend, 'span', 'series', name || 'Value').style.setProperty('--color', color);
  const others = series.length - named.length;
  if (others > 0) element(legend, 'span', 'rest', named.length > 0 ? `and ${others} smaller` : `${others} at 0`);
}

function isSeen({ values }) {
  return values.some((value) => value);
}

/** Thresholds, the begin of each alert, and below the axis how long it fires. */
function drawMarks(plot, alerts, thresholds) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { from } of alerts) {
    const left = plot.valToPos(from, 'x', true);
    drawLine(ctx, [left, bbox.top], [left, bbox.top + bbox.height], colors.red, [4, 4]);
  }
  for (const { value, color } of thresholds) {
    const y = plot.valToPos(value, 'y', true);
    drawLine(ctx, [bbox.left, y], [bbox.left + bbox.width, y], colors[color], []);
  }
  ctx.restore();
  for (const { from, to } of alerts) {
    const [left, right] = [plot.valToPos(from, 'x', true), plot.valToPos(to, 'x', true)];
    ctx.fillStyle = colors.red;
    ctx.fillRect(left, bbox.top + bbox.height, right - left, 3);
  }
}

function drawLine(ctx, from, to, color, dash) {
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.5;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}

function drawTimeSeries(panel, content, times, alerts) {
  const all = seriesOf(panel, times).map((each, index) => ({ ...each, color: palette[index % palette.length] }));
  if (all.length === 0) return false;
  drawLegend(element(content.parentElement, 'div', 'legend'), all);

  const { unit, custom, min, max, thresholds } = panel.fieldConfig.defaults;
  const isStacked = custom.stacking.mode === 'normal';
  const isBars = custom.drawStyle === 'bars';
  const series = isStacked ? all.filter(isSeen) : all;
  const data = isStacked ? stacked(series, isBars) : series.map(({ values }) => values);
  const lines = custom.thresholdsStyle.mode === 'line' ? thresholds.steps.filter((step) => step.value !== null) : [];
  const axis = { stroke: secondary, font, grid: { stroke: gridColor, width: 1 }, ticks: { show: false }, gap: 6 };
  const edge = isBars ? (times[1] - times[0]) / 2 : 0;
  new uPlot(
    {
      width: content.clientWidth,
      height: content.clientHeight,
      padding: [8, 14, 0, 2],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { range: [times[0] - edge, times.at(-1) + edge] },
        y: { range: (_, low, high) => [min ?? low, max ?? (high > 0 ? uPlot.rangeNum(0, high, 0.1, true)[1] : 1)] },
      },
      axes: [
        { ...axis, size: 24, space: 40, incrs: minutes, values: (_, ticks) => ticks.map(formatTime) },
        {
          ...axis,
          space: 26,
          incrs: unit === 'bytes' ? Array.from({ length: 40 }, (_, power) => 2 ** power) : undefined,
          size: (_, values) => 14 + 6.2 * Math.max(0, ...(values ?? []).map((value) => value.length)),
          values: (_, ticks, _axis, _space, increment) => formatTicks(ticks, increment, unit),
        },
      ],
      series: [
        {},
        ...series.map(({ color }) => ({
          stroke: color,
          fill: faded(color, custom.fillOpacity / 100),
          width: isBars ? 0.5 : custom.lineWidth + 0.3,
          spanGaps: custom.spanNulls,
          points: { show: false },
          paths: isBars ? uPlot.paths.bars({ size: [0.75, 40] }) : uPlot.paths.linear(),
        })),
      ],
      // Fills only what a series adds to those below it.
      bands: isStacked ? series.slice(1).map((_, index) => ({ series: [index + 2, index + 1] })) : [],
      hooks: { draw: [(plot) => drawMarks(plot, alerts, lines)] },
    },
    [times, ...data],
    content,
  );
  return true;
}

/** The last value of each series over a line of all its values. */
function drawStat(panel, content, times) {
  const series = seriesOf(panel, times).filter(({ values }) => values.some((value) => value !== null));
  const { unit, decimals, thresholds, mappings } = panel.fieldConfig.defaults;
  const shown = series.map(({ name, values }) => {
    const value = values.findLast((each) => each !== null);
    return {
      name,
      values,
      color: thresholdOf(value, thresholds.steps),
      text: mappings?.[0].options[value]?.text ?? format(value, unit, decimals),
    };
  });
  const size = Math.min(...shown.map(({ text }) => (content.clientWidth / shown.length - 24) / text.length / 0.62), 44);
  const stats = shown.map(({ name, color, text }) => {
    const stat = element(content, 'div', 'stat');
    stat.style.setProperty('--color', color);
    if (shown.length > 1) element(stat, 'div', 'name', name);
    element(stat, 'div', 'value', text).style.fontSize = `${size}px`;
    return stat;
  });
  stats.forEach((stat, index) => drawSparkline(stat, times, shown[index]));
  return shown.length > 0;
}

function drawSparkline(stat, times, { values, color }) {
  new uPlot(
    {
      width: stat.clientWidth,
      height: Math.round(stat.clientHeight * 0.38),
      padding: [2, 0, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { range: [times[0], times.at(-1)] }, y: { range: (_, low, high) => [Math.min(low, 0), high || 1] } },
      axes: [{ show: false }, { show: false }],
      series: [{}, { stroke: color, fill: faded(color, 0.15), width: 1, points: { show: false } }],
    },
    [times, values],
    stat,
  );
}
