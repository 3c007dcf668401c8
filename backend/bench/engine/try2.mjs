import { startPlace } from './world.mjs';
import { measureDistribution } from './distribution.mjs';
const place = await startPlace();
const t0 = performance.now();
try { console.log(await measureDistribution(place, { holders: Number(process.argv[2]), kills: Number(process.argv[3]) }, (t) => console.error(Math.round((performance.now()-t0)/100)/10, t))); } finally { await place.stop(); }
