import { startPlace } from './world.mjs';
import { rateOf } from './transactions.mjs';
const place = await startPlace();
const [count, processes, senders] = [Number(process.argv[2]), Number(process.argv[3] ?? 1), (process.argv[4] ?? 'registrar').split(',')];
const world = await place.world(1);
const timer = setInterval(async () => {
  const { rows } = await world.sql.query(`select substring(sender,1,6) s, (select substring(holder,1,12) || ' ' || fence || ' ' || round(extract(epoch from until-now())::numeric,1) from tx_lease l where l.address = i.sender) lease, string_agg(state||':'||n, ' ') from (select sender, state, count(*) n from tx_intent group by 1,2) i group by 1,2 order by 1`).catch(() => ({rows:[]}));
  console.error(Math.round(performance.now()/1000), rows.map((r) => Object.values(r).join(' ')).join('\n   '));
}, 2000);
try { console.log(await rateOf(world, { name: 'x', count, processes, senders })); } finally { clearInterval(timer); await world.stop(); await place.stop(); }
