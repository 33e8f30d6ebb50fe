// A run of the paper's system, and what theory says of it: node run.mjs
import { simulate } from 'ratescale';
import { predict } from 'ratescale/theory';

const config = {
  servers: 100,
  arrivalRate: 0.8, // tasks per server and unit of time
  inverseStepSize: 500, // rates move at speed 1/500
  horizon: 60_000,
  warmup: 10_000,
  seed: 'an example',
};

const { serviceRate, busyFraction, cost, confidence, engine } = await simulate(config);
// a run that is too short for intervals has none, and `confidenceRefused` says why
const within = (name) => (confidence ? `± ${confidence.halfWidths[name].toFixed(5)}` : '');
console.log(`mean rate      ${serviceRate.mean.toFixed(4)} ${within('serviceRate.mean')}`);
console.log(`busy fraction  ${busyFraction.toFixed(4)} ${within('busyFraction')}`);
console.log(`cost           ${cost.total.toFixed(4)} ${within('cost.total')}`);

const { fixedPoint, optimalRate } = await predict(config);
console.log(`theory         ${fixedPoint.rate.toFixed(4)} for 100 servers as m → ∞`);
console.log(`optimal rate   ${optimalRate.toFixed(4)} for infinitely many`);
console.log(`${(engine.eventsPerSecond / 1e6).toFixed(0)} million events per second`);
