// usage: tsx lap.mts kernel,kernel rounds idleMs cells
import { Session } from './session.js';
import { Scratch } from './kernels.js';
import { declaration } from './measurements/cells.js';
import { setTimeout as delay } from 'node:timers/promises';
const [names='heapmark', rounds='3', idle='6000', n='16'] = process.argv.slice(2);
const med=(a:number[])=>[...a].sort((x,y)=>x-y)[a.length>>1]!;
using scratch = new Scratch();
const out: Record<string, {ready:number[],first:number[],d10:number[]}> = {};
for (const k of names.split(',')) { const {session}=await Session.launch(k as never, scratch); await session.client.execute('1+1'); if(k==='heapmark') await delay(6000); await session.end(); }
for (let r=0;r<Number(rounds);r++) for (const k of names.split(',')) {
  const { session, readyMs } = await Session.launch(k as never, scratch);
  const o = out[k]??={ready:[],first:[],d10:[]};
  o.ready.push(readyMs);
  const c = await session.client.execute('1+1'); o.first.push(c.firstOutput!-session.launchedAt);
  await delay(Number(idle));
  const t:number[]=[];
  for (let i=0;i<Number(n);i++){ const c=await session.client.execute(declaration(i)); if(c.reply.content['status']!=='ok') throw new Error(JSON.stringify(c.reply.content)); t.push(c.done-c.sent); }
  const m=med(t.slice(5,15)); o.d10.push(m);
  console.log(k, 'ready',readyMs.toFixed(0),'first',o.first.at(-1)!.toFixed(0),'d10',m.toFixed(1), t.slice(0,16).map(x=>x.toFixed(0)).join(' '));
  await session.end();
}
for (const k of Object.keys(out)) { const o=out[k]!; console.log(k.padEnd(9),'ready',med(o.ready).toFixed(0),'first',med(o.first).toFixed(0),'d10',med(o.d10).toFixed(1)); }
