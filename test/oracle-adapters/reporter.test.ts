import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalize } from 'json-canonicalize';
import { pino } from 'pino';
import { keccak256, stringToHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Observation, type SignedObservation, signerOf } from '../../oracle-adapters/feed/observation.js';
import type { Decision } from '../../oracle-adapters/reporter/memory.js';
import { LocalSigner, RemoteSigner } from '../../oracle-adapters/reporter/signer.js';
import { type Reporter, type ReporterOptions, startReporter } from '../../oracle-adapters/reporter/start.js';
import { evidenceRoot, type FeedSource, type PollOutcome, type Publication } from '../../oracle-adapters/reporter/turn.js';
import { eventually } from './eventually.js';
import { FEED_ID, type QuorumChain, startQuorumChain } from './quorum-chain.js';
import { type ScriptedAdapter, startScriptedAdapter, valuation } from './scripted-adapter.js';
import { shortWrites } from './short-writes.js';

const YEARS = 20 * 366 * 86_400;

describe('a reporter', () => {
  let chain: QuorumChain;
  let adapter: ScriptedAdapter;
  let folder: string;
  let options: Omit<ReporterOptions, 'publications'>;
  let source: FeedSource;
  let publication: Omit<Publication, 'feeds'>;
  const running: Reporter[] = [];

  beforeAll(async () => {
    chain = await startQuorumChain();
  });
  afterAll(() => chain?.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muniment-reporter-'));
    adapter = await startScriptedAdapter(() => valuation('99.436306'));
    options = {
      rpcUrl: chain.url,
      feed: chain.feed,
      signer: signer(0),
      stateFile: join(folder, 'reporter.jsonl'),
      transmitters: [],
      logger: pino({ level: 'silent' }),
    };
    source = { feedId: FEED_ID, adapterUrl: adapter.url, requests: [{ endpoint: 'test' }], range: { minimum: '90', maximum: '110' } };
    publication = { validity: YEARS, interval: 0 };
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((reporter) => reporter.close()));
    await adapter.close();
    await rm(folder, { recursive: true });
  });

  const signer = (i: number) => new LocalSigner(chain.signers[i]?.key ?? '0x');
  const start = async (change: Partial<ReporterOptions & Publication & FeedSource> = {}): Promise<Reporter> => {
    const { requests = source.requests, feeds = [{ ...source, requests }] } = change;
    const publications = [{ ...publication, ...change, feeds }];
    const reporter = await startReporter({ ...options, publications, ...change });
    running.push(reporter);
    return reporter;
  };
  const stop = async (reporter: Reporter): Promise<void> => {
    running.splice(running.indexOf(reporter), 1);
    await reporter.close();
  };
  const poll = async (reporter: Reporter): Promise<PollOutcome> => (await reporter.pollOnce())[0] as PollOutcome;
  const signed = (outcome: PollOutcome): SignedObservation => {
    if (outcome.outcome !== 'sent') throw new Error(`${outcome.outcome}: ${outcome.reason}`);
    return outcome.observation;
  };

  it('signs the exact value for the chain’s next round, dated by the source', async () => {
    const observation = signed(await poll(await start()));
    expect(observation).toMatchObject({
      chainId: 31337,
      feed: chain.feed,
      values: ['9943630600'],
      flags: 0,
      header: { feedIds: [FEED_ID], rounds: [1], configVersion: 1, valuationTimestamps: [Date.UTC(2017, 7, 28, 19, 30) / 1000] },
    });
  });

  it('signs the same header as every other reporter that reads the same record', async () => {
    const one = signed(await poll(await start()));
    const other = signed(await poll(await start({ signer: signer(1), stateFile: join(folder, 'other.jsonl') })));
    expect(other.header).toEqual(one.header);
    expect(other.signature).not.toBe(one.signature);
  });

  it('signs again what it signed, and only that, also after a restart', async () => {
    const before = await start();
    const first = signed(await poll(before));
    expect(signed(await poll(before))).toEqual(first);
    await stop(before);

    const after = await start();
    expect(signed(await poll(after))).toEqual(first);
    adapter.answer = () => valuation('99.5');
    expect(await poll(after)).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('already signed') });
    adapter.answer = () => valuation('99.436306', 0, { record: { other: 'source' } });
    expect(await poll(after)).toMatchObject({ outcome: 'refused' });
    adapter.answer = () => valuation('99.436306', 1);
    expect(await poll(after)).toMatchObject({ outcome: 'refused' });
    const lines = (await readFile(options.stateFile, 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Decision).outcome)).toEqual(['signed', 'refused', 'refused', 'refused']);
  });

  it('has its signature on disk before anyone receives it', async () => {
    const onDisk: boolean[] = [];
    const transmitter = await startScriptedAdapter((observation) => {
      onDisk.push(readFileSync(options.stateFile, 'utf8').includes(String(observation.signature)));
      return { status: 202, body: '{}' };
    });
    const reporter = await start({ transmitters: [transmitter.url, 'http://127.0.0.1:1'] });
    expect(await poll(reporter)).toMatchObject({ outcome: 'sent', delivered: true });
    expect(onDisk).toEqual([true]);
    await transmitter.close();
  });

  it('may sign anew once what it signed is void by its own validity', async () => {
    const time = Number((await chain.client.getBlock()).timestamp);
    const age = time - Date.UTC(2017, 7, 28, 19, 30) / 1000;
    const reporter = await start({ validity: age + 60 });
    signed(await poll(reporter));
    adapter.answer = () => valuation('99.5', 1);
    expect(await poll(reporter)).toMatchObject({ outcome: 'refused' });
    const snapshot = await chain.client.snapshot();
    await chain.client.increaseTime({ seconds: 120 });
    await chain.client.mine({ blocks: 1 });
    expect(signed(await poll(reporter))).toMatchObject({ values: ['9950000000'], header: { rounds: [1] } });
    await chain.client.revert({ id: snapshot });
  });

  it('drops a torn last line, which was never sent, and refuses a damaged file', async () => {
    const reporter = await start();
    const first = signed(await poll(reporter));
    await stop(reporter);
    await appendFile(options.stateFile, '{"observation":{"chainId":31');
    const again = await start();
    expect(signed(await poll(again))).toEqual(first);
    await stop(again);
    await writeFile(options.stateFile, 'nonsense\n');
    await expect(start()).rejects.toThrow('line 1, is damaged');
  });

  it('does not share its state file', async () => {
    await start();
    await expect(start({ signer: signer(1) })).rejects.toThrow('already in use');
    const link = join(folder, 'link.jsonl');
    await symlink(options.stateFile, link);
    await expect(start({ stateFile: link })).rejects.toThrow('already in use');
  });

  it.each([
    ['a living process', { pid: process.ppid, host: hostname() }, `by process ${process.ppid} of ${hostname()}`],
    ['a process of another machine', { pid: 1, host: 'elsewhere.example', began: '0' }, 'by process 1 of elsewhere.example'],
    ['nobody knows whom', {}, 'by a process that it does not name'],
  ])('does not start while its state file is in use by %s', async (_, holder, who) => {
    await writeFile(`${options.stateFile}.lock`, JSON.stringify(holder));
    await expect(start()).rejects.toThrow(`already in use ${who}`);
    expect(await readFile(`${options.stateFile}.lock`, 'utf8')).toBe(JSON.stringify(holder));
  });

  it('takes its state file over from a dead process, also from one whose number is another’s by now, and leaves nothing behind', async () => {
    const dead = spawnSync(process.execPath, ['--version']).pid;
    for (const holder of [{ pid: dead }, { pid: process.ppid, began: '0' }]) {
      await writeFile(`${options.stateFile}.lock`, JSON.stringify({ ...holder, host: hostname() }));
      await stop(await start());
    }
    expect(await readdir(folder)).toEqual(['reporter.jsonl']);
  });

  it('sends nothing once another process has taken its state file', async () => {
    let taken = 0;
    const transmitter = await startScriptedAdapter(() => {
      taken++;
      return { status: 202, body: '{}' };
    });
    const reporter = await start({ transmitters: [transmitter.url] });
    const other = JSON.stringify({ pid: process.ppid, host: hostname() });
    await writeFile(`${options.stateFile}.lock`, other);
    for (let turn = 0; turn < 2; turn++) await expect(poll(reporter)).rejects.toThrow('another uses the state file');
    expect(taken).toBe(0);
    await stop(reporter);
    expect(await readFile(`${options.stateFile}.lock`, 'utf8')).toBe(other);
    await transmitter.close();
  });

  it('keeps a decision whole where the system writes less than it was asked to', async () => {
    const short = await shortWrites();
    const reporter = await start();
    const first = signed(await poll(reporter));
    short.mockRestore();
    await stop(reporter);
    const lines = (await readFile(options.stateFile, 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Decision).outcome)).toEqual(['signed']);
    expect(signed(await poll(await start()))).toEqual(first);
  });

  it.each([
    ['below its range', () => valuation('89.99'), 'outside of 90 to 110'],
    ['above its range', () => valuation('9943.6306'), 'outside of 90 to 110'],
    ['zero', () => valuation('0'), 'outside of 90 to 110'],
    ['in the future', () => valuation('99.4', 0, { valuationTimestamp: 2 ** 39 }), 'in the future of the chain'],
  ])('refuses a value %s', async (_, answer, reason) => {
    adapter.answer = answer;
    expect(await poll(await start())).toMatchObject({ outcome: 'refused', reason: expect.stringContaining(reason) });
  });

  it('refuses a stale value', async () => {
    const time = Number((await chain.client.getBlock()).timestamp);
    // Valid since noon of yesterday: a reporter asks for whole days, at every time of day for the same one.
    const noon = Math.floor(time / 86_400) * 86_400 - 43_200;
    const validity = time - noon;
    adapter.answer = () => valuation('99.4', 0, { valuationTimestamp: noon - 3_600 });
    expect(await poll(await start({ validity }))).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('past its validity'),
    });
    adapter.answer = () => valuation('99.4');
    expect(await poll(await start({ validity, stateFile: join(folder, 'b.jsonl') }))).toMatchObject({ outcome: 'nothing-new' });
  });

  it.each([
    [
      'an error of the source',
      { status: 502, body: '{"statusCode":502,"errorMessage":"The Treasury published no bill rates yet."}' },
      'no bill rates yet',
    ],
    ['no data yet', { status: 504, body: '{"error":{"message":"no values yet"}}' }, 'no values yet'],
    ['a page of HTML', { status: 200, body: '<html>' }, 'does not answer'],
    [
      'a number instead of a string',
      { value: 99.4 as unknown as string, valuationTimestamp: 1, ripcord: false, record: {} },
      'cannot be read',
    ],
    ['an answer without its time', { value: '99.4', ripcord: false, record: {} }, 'cannot be read'],
  ])('signs nothing on %s', async (_, answer, reason) => {
    adapter.answer = () => answer;
    expect(await poll(await start())).toMatchObject({ outcome: 'no-answer', reason: expect.stringContaining(reason) });
  });

  it('chooses nothing while one of its requests is without a certain answer', async () => {
    const daily = valuation('99.43');
    const requests = [{ endpoint: 'auction' }, { endpoint: 'daily' }];
    adapter.answer = ({ endpoint }) => (endpoint === 'daily' ? daily : { status: 504, body: '{"errorMessage":"no values yet"}' });
    const reporter = await start({ requests });
    expect(await poll(reporter)).toMatchObject({ outcome: 'no-answer', reason: 'no values yet' });
    const nothing = { status: 502, body: '{"errorMessage":"NOT_PUBLISHED: no auction"}' };
    adapter.answer = ({ endpoint }) => (endpoint === 'daily' ? daily : nothing);
    expect(signed(await poll(reporter)).values).toEqual(['9943000000']);
    adapter.answer = () => nothing;
    expect(await poll(reporter)).toMatchObject({ outcome: 'nothing-new' });
  });

  it('asks for what comes after the chain, and takes the earliest of its requests', async () => {
    const asked: Record<string, unknown>[] = [];
    adapter.answer = (request) => {
      asked.push(request);
      return request.endpoint === 'auction' ? valuation('99.436306') : valuation('99.43', request.endpoint === 'same-day' ? 0 : 1);
    };
    const since = Date.UTC(2017, 7, 27) / 1000;
    const reporter = await start({ since, requests: [{ endpoint: 'daily' }, { endpoint: 'auction' }, { endpoint: 'same-day' }] });
    expect(signed(await poll(reporter)).values).toEqual(['9943630600']);
    expect(asked.map((request) => request.after)).toEqual([since, since, since]);
  });

  it('raises the ripcord with its source', async () => {
    adapter.answer = () => valuation('99.436306', 0, { ripcord: true });
    expect(signed(await poll(await start())).flags).toBe(1);
  });

  it('stays silent while the feed is halted', async () => {
    await chain.configure('halt', [FEED_ID]);
    expect(await poll(await start())).toMatchObject({ outcome: 'halted' });
    await chain.configure('resume', [FEED_ID]);
  });

  it('polls by itself', async () => {
    let asked = 0;
    adapter.answer = () => {
      asked++;
      return valuation('99.436306');
    };
    await start({ interval: 10 });
    await eventually(() => expect(asked).toBeGreaterThan(2));
  });

  describe('of several feeds', () => {
    const OTHER = keccak256(stringToHex('OTHER/USD'));
    const both = (): FeedSource[] => [source, { ...source, feedId: OTHER, requests: [{ endpoint: 'other' }] }];
    beforeAll(() => chain.create(OTHER));

    it('signs them in one message, rooted in all their records, for the shortest validity', async () => {
      adapter.answer = ({ endpoint }) => (endpoint === 'other' ? valuation('100.5', 1) : valuation('99.4'));
      const days = [0, 1].map((day) => valuation('', day));
      expect(signed(await poll(await start({ feeds: both() })))).toMatchObject({
        header: {
          feedIds: [FEED_ID, OTHER],
          rounds: [1, 1],
          valuationTimestamps: days.map(({ valuationTimestamp }) => valuationTimestamp),
          validUntil: (days[0]?.valuationTimestamp ?? 0) + YEARS,
          evidenceRoot: evidenceRoot(...days.map(({ record }) => record)),
        },
        values: ['9940000000', '10050000000'],
      });
    });

    it('waits until each has something new, and raises the ripcord of one for all', async () => {
      const nothing = { status: 502, body: '{"errorMessage":"NOT_PUBLISHED: nothing"}' };
      adapter.answer = ({ endpoint }) => (endpoint === 'other' ? nothing : valuation('99.4'));
      const reporter = await start({ feeds: both() });
      expect(await poll(reporter)).toMatchObject({ outcome: 'nothing-new' });
      adapter.answer = ({ endpoint }) => valuation('99.4', 0, { ripcord: endpoint === 'other' });
      expect(signed(await poll(reporter)).flags).toBe(1);
    });

    it('refuses all when one is out of its range', async () => {
      adapter.answer = ({ endpoint }) => valuation(endpoint === 'other' ? '9.95' : '99.5');
      expect(await poll(await start({ feeds: both() }))).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('9.95') });
    });

    it('signs neither alone what it signed together, nor together what it signed alone', async () => {
      const together = await start({ feeds: both() });
      signed(await poll(together));
      await stop(together);
      const alone = await start();
      expect(await poll(alone)).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('already signed') });
      await stop(alone);
      const other = join(folder, 'other.jsonl');
      const before = await start({ stateFile: other });
      signed(await poll(before));
      await stop(before);
      expect(await poll(await start({ feeds: both(), stateFile: other }))).toMatchObject({ outcome: 'refused' });
    });

    it('refuses feeds of different signer sets', async () => {
      const snapshot = await chain.client.snapshot();
      await chain.configure('setConfig', [OTHER, [...chain.signers].reverse().map((s) => s.account.address), 1]);
      expect(await poll(await start({ feeds: both() }))).toMatchObject({
        outcome: 'refused',
        reason: 'The feeds have different signer sets: they cannot be signed together.',
      });
      await chain.client.revert({ id: snapshot });
    });

    it('takes turns for each of its publications', async () => {
      const [one, other] = both() as [FeedSource, FeedSource];
      const publications = [one, other].map((feed) => ({ ...publication, feeds: [feed] }));
      const outcomes = await (await start({ publications })).pollOnce();
      expect(outcomes.map((outcome) => signed(outcome).header.feedIds)).toEqual([[FEED_ID], [OTHER]]);
    });

    it('has each feed in one of its publications only', async () => {
      const upper = { ...source, feedId: FEED_ID.toUpperCase().replace('0X', '0x') as typeof FEED_ID };
      const publications = [both(), [upper]].map((feeds) => ({ ...publication, feeds }));
      await expect(start({ publications })).rejects.toThrow(`The feed ${FEED_ID} stands in the publications twice`);
      expect(await readdir(folder)).toEqual([]);
    });

    it('keeps what it signs for one before it looks what to sign for another', async () => {
      const steps: string[] = [];
      const slow = new (class extends LocalSigner {
        override async sign(observation: Observation): Promise<SignedObservation> {
          steps.push('signs', (await readFile(options.stateFile, 'utf8')).trim().split('\n').filter(Boolean).length.toString());
          await new Promise((resolve) => setTimeout(resolve, 50));
          return super.sign(observation);
        }
      })(chain.signers[0]?.key ?? '0x');
      const publications = both().map((feed) => ({ ...publication, feeds: [feed] }));
      await (await start({ signer: slow, publications })).pollOnce();
      expect(steps).toEqual(['signs', '0', 'signs', '1']);
    });
  });

  it('keeps every decision once, and gives its evidence by its hash', async () => {
    const decisions = async () =>
      (await readFile(options.stateFile, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Decision);
    adapter.answer = () => ({ status: 504, body: '{"errorMessage":"no values yet"}' });
    const reporter = await start();
    await poll(reporter);
    await poll(reporter);
    adapter.answer = () => valuation('89');
    await poll(reporter);
    adapter.answer = () => valuation('99.4');
    await poll(reporter);
    await poll(reporter);
    const kept = await decisions();
    expect(kept.map(({ outcome }) => outcome)).toEqual(['no-answer', 'refused', 'signed']);
    for (const { evidence, evidenceHash } of kept) {
      expect(keccak256(stringToHex(canonicalize(evidence)))).toBe(evidenceHash);
      expect(await (await fetch(`${reporter.url}/evidence/${evidenceHash}`)).json()).toEqual(evidence);
    }
    expect((await fetch(`${reporter.url}/evidence/${keccak256('0x')}`)).status).toBe(404);
    await stop(reporter);
    const again = await start();
    expect((await fetch(`${again.url}/evidence/${kept[0]?.evidenceHash}`)).status).toBe(200);
  });

  it('says how it is, to people and to Prometheus', async () => {
    const reporter = await start();
    await poll(reporter);
    const health = await fetch(`${reporter.url}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toEqual({
      status: 'ok',
      chainId: 31337,
      address: reporter.address,
      publications: [{ feedIds: [FEED_ID], outcome: 'sent', reason: 'round 1' }],
      alerts: [],
    });
    const metrics = await (await fetch(`${reporter.url}/metrics`)).text();
    expect(metrics).toContain('muniment_turns_total{outcome="sent"} 1');
    expect(metrics).toContain(`muniment_signed_round{feed="${FEED_ID}"} 1`);
    expect((await fetch(`${reporter.url}/elsewhere`)).status).toBe(404);
  });

  it('is unwell while its turns fail', async () => {
    const failing = new (class extends LocalSigner {
      override sign(): never {
        throw new Error('The key is locked away.');
      }
    })(chain.signers[0]?.key ?? '0x');
    const reporter = await start({ signer: failing });
    await expect(poll(reporter)).rejects.toThrow('locked away');
    const health = await fetch(`${reporter.url}/health`);
    expect([health.status, await health.json()]).toMatchObject([503, { status: 'failing', publications: [{ outcome: 'failed' }] }]);
  });

  it('is not delayed by a transmitter that never answers, and does not ask one again that has just taken it', async () => {
    let taken = 0;
    const slow = await startScriptedAdapter(() => new Promise(() => undefined));
    const good = await startScriptedAdapter(() => {
      taken++;
      return { status: 202, body: '{}' };
    });
    const reporter = await start({ transmitters: [slow.url, good.url] });
    const begun = performance.now();
    for (let i = 0; i < 3; i++) expect(await poll(reporter)).toMatchObject({ outcome: 'sent', delivered: true });
    expect(performance.now() - begun).toBeLessThan(4000);
    expect(taken).toBe(1);
    await Promise.all([slow.close(), good.close()]);
  });

  it('sends again to a transmitter that refused, and says why once', async () => {
    const lines: string[] = [];
    const answers = [503, 503, 202];
    const transmitter = await startScriptedAdapter(() => ({ status: answers.shift() ?? 500, body: 'no gas' }));
    const logger = pino({}, { write: (line) => lines.push(line) });
    const reporter = await start({ transmitters: [transmitter.url], logger });
    expect(await poll(reporter)).toMatchObject({ delivered: false });
    expect(await poll(reporter)).toMatchObject({ delivered: false });
    expect(await poll(reporter)).toMatchObject({ delivered: true });
    expect(lines.filter((line) => line.includes('no gas'))).toHaveLength(1);
    await transmitter.close();
  });

  describe('with a remote signer', () => {
    // anvil signs for its own accounts over JSON-RPC, as a signer of an operator's would.
    const account = mnemonicToAccount('test test test test test test test test test test test junk').address;

    it('signs what a key of its own would sign', async () => {
      const observation = signed(await poll(await start({ signer: new RemoteSigner(chain.url, account) })));
      expect(await signerOf(observation)).toBe(account);
    });

    it('signs nothing with an answer that is of another key, or none', async () => {
      const { signature } = signed(await poll(await start()));
      const other = await startScriptedAdapter(() => ({ status: 200, body: JSON.stringify({ jsonrpc: '2.0', id: 1, result: signature }) }));
      const stateFile = join(folder, 'remote.jsonl');
      const wrong = await start({ signer: new RemoteSigner(other.url, account), stateFile });
      await expect(poll(wrong)).rejects.toThrow(`The signature is not of ${account}`);
      await stop(wrong);
      await other.close();
      const dead = await start({ signer: new RemoteSigner('http://127.0.0.1:1', account), stateFile });
      await expect(poll(dead)).rejects.toThrow('The remote signer does not sign');
      expect(await readFile(stateFile, 'utf8')).toBe('');
    });

    it('calls the method that the signer has', async () => {
      const methods: unknown[] = [];
      const signer = await startScriptedAdapter((call) => {
        methods.push(call.method, (call.params as unknown[])[0], JSON.parse(String((call.params as unknown[])[1])).primaryType);
        return { status: 200, body: '{"jsonrpc":"2.0","id":1,"result":"0x"}' };
      });
      const reporter = await start({ signer: new RemoteSigner(signer.url, account, 'eth_signTypedData') });
      await expect(poll(reporter)).rejects.toThrow('is not of');
      expect(methods).toEqual(['eth_signTypedData', account, 'Observation']);
      await signer.close();
    });
  });

  it('says what is wrong at its start', async () => {
    await expect(start({ rpcUrl: 'http://127.0.0.1:1' })).rejects.toThrow('The chain at 127.0.0.1:1 cannot be reached');
    await expect(start({ feed: chain.gas.account.address })).rejects.toThrow('There is no contract at');
  });
});
