// A report like a notebook: what was done, the numbers, the pictures, in one HTML file. node report.mjs
// Pictures need Vega: npm install vega
import { writeFile } from 'node:fs/promises';
import { simulate, VERSION } from 'ratescale';
import { svgOf } from 'ratescale/charts';
import { sweep } from 'ratescale/studies';
import { predict } from 'ratescale/theory';

const parts = [];
const text = (words) => parts.push(`<p>${words}</p>`);
const picture = async (chart) =>
  parts.push(`<figure>${await svgOf(chart)}<figcaption>${chart.caption}</figcaption></figure>`);
const table = (head, rows) => {
  const row = (cells, tag) =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  parts.push(`<table>${row(head, 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table>`);
};

// 1. How a start is forgotten
const system = { servers: 500, arrivalRate: 0.8, inverseStepSize: 100 };
const { trajectory, config, stateHash } = await simulate({
  ...system,
  horizon: 1500,
  record: { interval: 5, quantiles: [0.05, 0.95] },
});
const { optimalRate } = await predict(config);
text(
  `${config.servers} servers start at rates uniform on [0, 2]. The optimum is ${optimalRate.toFixed(4)}.`,
);
const { time, mean, quantiles } = trajectory.copy();
await picture({
  name: 'start',
  title: 'Rates find the optimum',
  caption: 'Mean over servers, with the range from the 5th to the 95th percentile.',
  x: { title: 'time' },
  y: { title: 'service rate' },
  series: [
    {
      kind: 'band',
      name: '5 to 95 %',
      x: [...time],
      low: [...quantiles[0]],
      high: [...quantiles[1]],
    },
    { kind: 'line', name: 'mean', x: [...time], y: [...mean] },
    { kind: 'dashed', name: 'optimum', x: [0, 1500], y: [optimalRate, optimalRate] },
  ],
});

// 2. The load, and what it does
const { points } = await sweep({
  base: { ...system, horizon: 1500, warmup: 1000 },
  grid: { arrivalRate: [0.4, 0.8, 1.2] },
  replications: 4,
});
text('The same under other loads, from four independent runs each:');
const show = ({ mean, halfWidth }) => `${mean.toFixed(4)} ± ${halfWidth.toFixed(4)}`;
table(
  ['λ', 'mean rate', 'cost'],
  points.map(({ config, figures }) => [
    config.arrivalRate,
    show(figures['serviceRate.mean']),
    show(figures['cost.total']),
  ]),
);

text(`Made by ratescale ${VERSION}; the first run ended in state ${stateHash}.`);
await writeFile(
  'report.html',
  `<!doctype html><meta charset="utf-8"><title>Report</title><h1>Rates and loads</h1>${parts.join('\n')}`,
);
console.log('report.html is written');
