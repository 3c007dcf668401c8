import { connect } from 'node:net';

const TIMEOUT_MS = 20_000;
/** Longer than any answer of clamd's. */
const ANSWER_BYTES = 4_096;

/** Asks clamd about some bytes: its INSTREAM command, one chunk, its length before it (clamd(8)).
 *  @returns the name of what it found, or null   @throws Error when it does not say either */
export async function scan(clamdUrl: string, content: Buffer): Promise<string | null> {
  const answer = await ask(new URL(clamdUrl), [Buffer.from('zINSTREAM\0'), lengthOf(content), content, Buffer.alloc(4)]);
  if (answer === 'stream: OK') return null;
  const found = /^stream: (.+) FOUND$/.exec(answer)?.[1];
  if (found === undefined) throw new Error(`clamd answers ${JSON.stringify(answer)}`);
  return found;
}

function ask({ hostname, port }: URL, parts: Buffer[]): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 3310) });
    let answer = '';
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('clamd does not answer in time')));
    socket.once('connect', () => socket.write(Buffer.concat(parts)));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.length > ANSWER_BYTES) socket.destroy(new Error('clamd says more than an answer'));
      else if (answer.includes('\0')) socket.end();
    });
    socket.once('error', fail);
    socket.once('close', () => done(answer.split('\0')[0] ?? ''));
  });
}

function lengthOf(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return length;
}
