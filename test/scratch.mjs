import { Simulation } from '../dist/index.js';
const base = { servers: 20, arrivalRate: 1, inverseStepSize: 100, horizon: 200 };
const steep = { h: { family: 'power', b: 0.05, q: 3 } };
const schedule = [ { time: 10, arrivalRate: 1.5 }, { time: 33.3, inverseStepSize: 30 }, { time: 60, arrivalRate: 0.2 }, { time: 60, rates: 1.3 } ];
const together = { ...base, dispatch: 'jsq:3', service: 'scv:2', buffer: 5, classes: [{ servers: 5, cost: steep, initialTasks: 2 }, { servers: 15 }], schedule, period: 70 };
const variants = { together, noPeriod: {...together, period: undefined}, noClasses: {...together, classes: undefined}, noService: {...together, service: undefined}, noDispatch: {...together, dispatch:undefined}, onlyClassesPeriod:{...base, classes: together.classes, buffer:5, schedule, period:70}, classesSchedule:{...base, classes: together.classes, buffer:5, schedule}, onlyPeriodJsq: {...base, dispatch:'jsq:3', buffer:5, schedule, period:70}, onlyPeriod:{...base, schedule, period:70}};
for (const [name, cfg0] of Object.entries(variants)) {
  const cfg = Object.fromEntries(Object.entries(cfg0).filter(([,v])=>v!==undefined));
  const run = async (look, stops) => { const s = await Simulation.create(cfg); for (const t of stops) { s.runUntil(t); look(s); } s.runUntil(200); return s.stateHash(); };
  const whole = await run(()=>{}, []);
  const out = {};
  for (const [ln, look] of [['none',()=>{}],['rates',s=>s.rates()],['result',s=>s.result()],['signals',s=>s.idleSignals()],['hash',s=>s.stateHash()]]) {
    out[ln] = (await run(look, [5, 50.5, 60, 69.9, 70, 100, 130, 150])) === whole;
  }
  { const s = await Simulation.create(cfg); let d=false; while(!d) d=s.step(137); out.step = s.stateHash()===whole; }
  { const s = await Simulation.create(cfg); s.runUntil(77); s.step(137); s.runUntil(); out.mix = s.stateHash()===whole; }
  console.log(name, JSON.stringify(out));
}
console.log('---');
const near = 0.9999999999999999*200;
for (const [name, cfg0] of Object.entries(variants)) {
  const cfg = Object.fromEntries(Object.entries(cfg0).filter(([,v])=>v!==undefined));
  const run = async (f) => { const s = await Simulation.create(cfg); f(s); s.runUntil(); return s.stateHash(); };
  const whole = await run(()=>{});
  console.log(name, await run(s=>s.runUntil(near))===whole, await run(s=>{s.runUntil(near);s.step(1)})===whole, await run(s=>{s.runUntil(near);s.rates()})===whole, await run(s=>{s.runUntil(near);s.result()})===whole, await run(s=>{s.runUntil(200);s.runUntil(200)})===whole, await run(s=>{s.runUntil(200);s.step(1)})===whole);
}
for (const time of [199.9, 200]) for (const horizon of [200]) {
  const cfg={ ...base, schedule:[{time, arrivalRate:2}], horizon};
  const run = async (f) => { const s = await Simulation.create(cfg); f(s); s.runUntil(); return s.stateHash()+' '+s.time; };
  console.log(time, await run(()=>{}), await run(s=>s.runUntil(near)),await run(s=>{s.runUntil(200);s.runUntil(200)}), await run(s=>{s.runUntil(200);s.step(100)}), await run(s=>{while(!s.step(100));}));
}
