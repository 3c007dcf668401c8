// `npm start`: compiles what has changed, then runs the launcher.
import { compile } from './compile.mjs';

const started = performance.now();
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Muniment needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and start again.`);
}
const children = new Set();
const stop = () => {
  for (const child of children) child.kill('SIGTERM');
  process.exit(130);
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
await compile((child) => {
  children.add(child);
  child.once('close', () => children.delete(child));
}).catch((error) => fail(error.message));
for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, stop);

const { start } = await import('../dist/backend/src/local/start.js');
await start({ since: started });

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
