// Numbers as Grafana writes them.

/** By unit of Grafana: factors, from the greatest, and what follows the number. */
const units = {
  none: [[1, '']],
  short: [
    [1e9, ' Bil'],
    [1e6, ' Mil'],
    [1e3, ' K'],
    [1, ''],
  ],
  percentunit: [[0.01, '%']],
  s: [
    [3600, ' hour'],
    [60, ' min'],
    [1, ' s'],
    [1e-3, ' ms'],
    [1e-6, ' µs'],
  ],
  bytes: [
    [2 ** 30, ' GiB'],
    [2 ** 20, ' MiB'],
    [2 ** 10, ' KiB'],
    [1, ' B'],
  ],
  ops: [
    [1e3, 'K ops/s'],
    [1, ' ops/s'],
  ],
  reqps: [
    [1e3, 'K req/s'],
    [1, ' req/s'],
  ],
};

function scaleOf(value, unit) {
  const scales = units[unit];
  if (!scales) throw new Error(`The unit ${unit} is not known.`);
  return (
    scales.find(([factor]) => Math.abs(value) >= factor * (1 - 1e-9)) ??
    scales.find(([factor]) => factor === 1) ??
    scales[0]
  );
}

/** Without a number of decimals: three digits that count. */
function format(value, unit, decimals) {
  const [factor, suffix] = scaleOf(value, unit);
  const scaled = value / factor;
  return (decimals === undefined ? String(Number(scaled.toPrecision(3))) : scaled.toFixed(decimals)) + suffix;
}

/** The values of an axis, with as many decimals as their distance has. */
function formatTicks(ticks, increment, unit) {
  return ticks.map((tick) => {
    if (tick === 0) return format(0, unit);
    const distance = increment / scaleOf(tick, unit)[0];
    let decimals = 0;
    while (decimals < 6 && Math.abs(distance * 10 ** decimals - Math.round(distance * 10 ** decimals)) > 1e-6)
      decimals++;
    return format(tick, unit, decimals);
  });
}

/** Time of day in UTC. */
function formatTime(seconds) {
  return new Date(seconds * 1000).toISOString().slice(11, 16);
}
