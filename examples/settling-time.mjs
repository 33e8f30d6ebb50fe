// An analysis of your own: when does the mean rate come within 1 % of the optimum, and stay there? node settling-time.mjs
import { costFunctions, optimalRate, PAPER_COST } from 'ratescale';
import { sweep } from 'ratescale/studies';

const target = optimalRate(costFunctions(PAPER_COST), 0.8);

const { points, replications } = await sweep(
  {
    base: { servers: 500, arrivalRate: 0.8, horizon: 2000, record: { interval: 1 } },
    grid: { inverseStepSize: [25, 50, 100, 200] },
    replications: 5,
  },
  {
    // runs where the trajectory is, and keeps one number of it
    measure: ({ time, mean }) =>
      time[1 + mean.findLastIndex((rate) => Math.abs(rate / target - 1) > 0.01)],
  },
);

console.log('m     settles at t (of five runs)   in units of m');
for (const { point, config } of points) {
  const m = config.inverseStepSize;
  const times = replications
    .filter((replication) => replication.point === point)
    .map(({ measured }) => measured)
    .sort((a, b) => a - b);
  const [least, median, most] = [times[0], times[2], times[4]];
  console.log(
    `${String(m).padEnd(5)} ${`${median} (${least} … ${most})`.padEnd(29)} ${(median / m).toFixed(2)}`,
  );
}
