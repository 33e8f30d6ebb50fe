import { it } from 'vitest';
import { Player } from './web/player/player.js';
import { serve } from './web/player/serve.js';
import { simulate } from './src/index.js';
it('x', async () => {
  const connect = () => { let toHost: any, toWorker: any, ended=false;
    serve({ post: (m: any)=>{ const c=structuredClone(m); setTimeout(()=>!ended&&toHost(c)); }, listen: (f)=>{toWorker=f;}, end(){} });
    return { post: (m: any)=>{const c=structuredClone(m); setTimeout(()=>!ended&&toWorker(c));}, listen: (f: any)=>{toHost=f;}, end(){ended=true;} } };
  let last: any; let n=0;
  const p = new Player(s=>{last=s;n++;}, e=>console.log('error',e), connect as any);
  for (const servers of [100, 10000]) {
  p.start({servers, arrivalRate:.8, inverseStepSize:500, horizon: 1000});
  for (let i=0;i<4;i++){ await new Promise(r=>setTimeout(r,500)); console.log(n, last.time, last.eventsPerSecond, last.now, last.histogram.counts.length, last.markers, last.rows.time.length); }
  p.update({arrivalRate:1.1}); await new Promise(r=>setTimeout(r,700));
  p.pause(); await new Promise(r=>setTimeout(r,1000));
  console.log(last.time, last.stateHash, last.config.schedule, last.now, last.markers);
  console.log((await simulate(last.config)).stateHash);
  const d=await p.data(); console.log(d.rows.time.length, d.rows.time.slice(0,10), d.rows.time.slice(-10));
  }
  p.end();
});
