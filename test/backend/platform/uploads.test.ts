import { createHash } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../../backend/src/platform/auth/actor.js';
import { type UploadType, whatIsWrong } from '../../../backend/src/platform/uploads/content.js';
import { Uploads } from '../../../backend/src/platform/uploads/uploads.service.js';
import type { Answer, Api } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';
import { type Clamd, EICAR, findsEicar, startClamd } from '../support/clamd.js';
import { ASSET } from '../support/market.js';

let running: RunningApp;
let clamd: Clamd;
let issuer: Api;
let assetId: string;
beforeAll(async () => {
  clamd = await startClamd();
  running = await startApp({ environment: { CLAMD_URL: clamd.url, UPLOAD_QUOTA_MB: '0.5' } });
  issuer = await running.api.signIn(running.staff.issuer);
  assetId = (await issuer.post('/v1/assets', ASSET)).body.id;
});
afterAll(async () => {
  await running.close();
  await clamd.stop();
});
afterEach(() => {
  clamd.answer = findsEicar;
});

const PDF = '%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n';

function upload(content: Buffer | string, change: object = {}, by = issuer): Promise<Answer> {
  const bytes = Buffer.from(content as Buffer);
  const sha256 = `0x${createHash('sha256').update(bytes).digest('hex')}`;
  const document = { role: 'NOTICE', title: 'Notice', mediaType: 'text/plain', contentBase64: bytes.toString('base64'), sha256 };
  return by.post(`/v1/assets/${assetId}/documents`, { ...document, ...change });
}
const pdf = { mediaType: 'application/pdf' };
const kept = async (): Promise<unknown[]> => (await issuer.get(`/v1/assets/${assetId}/documents`)).body;

/** A picture of 50,000 × 50,000 in a few bytes. */
function hugePng(): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(50_000, 0);
  header.writeUInt32BE(50_000, 4);
  header.set([1, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(1_000))), chunk('IEND', Buffer.alloc(0))]);
}

/** A ZIP archive with one empty entry. */
function zip(): Buffer {
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(22), Buffer.from([1, 0, 0, 0]), Buffer.from('a')]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02', 'latin1'),
    Buffer.alloc(24),
    Buffer.from([1, 0]),
    Buffer.alloc(16),
    Buffer.from('a'),
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

describe('an upload is judged by its content (A5)', () => {
  test.each<[string, Buffer | string, object]>([
    ['a web page', '<!DOCTYPE html><script>alert(1)</script>', {}],
    ['a web page further down', `A notice.\n\n${' '.repeat(5_000)}< SCRIPT src="https://evil.example">`, {}],
    ['an SVG with a script', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', {}],
    ['an SVG behind its XML declaration', '<?xml version="1.0"?><svg/>', {}],
    ['an SVG that says it is a PDF', '<svg/>', pdf],
    ['a ZIP archive that says it is text', zip(), {}],
    ['a ZIP archive that says it is a PDF', zip(), pdf],
    ['a zip bomb', gzipSync(Buffer.alloc(50_000_000)), {}],
    ['a picture of 50,000 × 50,000', hugePng(), {}],
    ['a picture that says it is a PDF', hugePng(), pdf],
    ['a PDF with a ZIP archive behind it (polyglot)', Buffer.concat([Buffer.from(PDF), zip()]), pdf],
    ['a PDF with a ZIP archive before its end (polyglot)', Buffer.concat([Buffer.from(PDF), zip(), Buffer.from('%%EOF')]), pdf],
    ['a PDF that is a web page as well (polyglot)', PDF.replace('\n', '\n<html><script>alert(1)</script>\n'), pdf],
    ['a PDF that begins with something else', `GIF89a${PDF}`, pdf],
    ['a PDF that is cut off', PDF.slice(0, 40), pdf],
    ['a PDF that says it is text', PDF, {}],
    ['a program', Buffer.from('7f454c4602010100000000000000000002003e00', 'hex'), {}],
    ['control characters', 'a\x1b[2Jb', {}],
    ['bytes that are no text', Buffer.from([0xc3, 0x28]), {}],
  ])('not %s', async (_, content, change) => {
    const before = await kept();
    expect(await upload(content, change)).toMatchObject({ status: 400, body: { code: 'DOCUMENT_CONTENT_INVALID' } });
    expect(await kept()).toEqual(before);
  });

  test('and nothing that is sent breaks the judge', async () => {
    const beginnings = fc.constantFrom(
      '',
      '%PDF-',
      'PK\x03\x04',
      '\x89PNG\r\n\x1a\n',
      '<?xml',
      'ID3',
      '\x1f\x8b\x08',
      'RIFF',
      '\xd0\xcf\x11\xe0',
      '{\\rtf',
    );
    const content = fc.tuple(beginnings, fc.uint8Array({ maxLength: 600 }), fc.constantFrom('', '%%EOF', 'PK\x05\x06'));
    const property = fc.asyncProperty(
      content,
      fc.constantFrom<UploadType>('application/pdf', 'text/plain'),
      async ([start, bytes, end], type) => {
        const all = Buffer.concat([Buffer.from(start, 'latin1'), bytes, Buffer.from(end, 'latin1')]);
        const wrong = await whatIsWrong(all, type);
        if (wrong === null && type === 'application/pdf') expect(all.subarray(0, 5).toString()).toBe('%PDF-');
        if (wrong === null && type === 'text/plain') expect(all.includes(0)).toBe(false);
      },
    );
    await fc.assert(property, { numRuns: 5_000 });
  });

  test('and is served as a download under a name of ours, whatever its title is', async () => {
    for (const [content, change, type, ending] of [
      [PDF, { ...pdf, title: '../../../etc/passwd' }, 'application/pdf', 'pdf'],
      ['Rent is due when x < 3 & y > 2.\n', { title: '"; filename="x.html\r\nSet-Cookie: a=b' }, 'text/plain', 'txt'],
    ] as const) {
      const { status, body } = await upload(content, change);
      expect([status, body.bytes]).toEqual([201, content.length]);
      const answer = await fetch(`${running.api.url}/v1/documents/${body.id}/file`, {
        headers: { authorization: `Bearer ${issuer.token}` },
      });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe(content);
      expect(answer.headers.get('content-type')).toBe(type);
      expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${body.sha256.slice(2, 18)}.${ending}"`);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
  });
});

describe('an upload is scanned', () => {
  test('and refused when something is found; that is on record', async () => {
    const before = clamd.scanned;
    expect(await upload(EICAR)).toMatchObject({ status: 422, body: { code: 'UPLOAD_INFECTED' } });
    expect(clamd.scanned).toBe(before + 1);
    const auditor = await running.api.signIn(running.staff.auditor);
    const { body } = await auditor.get(`/v1/audit-events?subject=asset:${assetId}&action=document.added`);
    expect(body.items[0]).toMatchObject({ result: 'REFUSED', payload: { infected: 'Eicar-Signature' } });
    expect((await upload(`A notice about ${EICAR.slice(0, 20)}`)).status).toBe(201);
  });

  test.each<[string, Clamd['answer']]>([
    ['hangs up', () => null],
    ['answers with an error', () => 'INSTREAM size limit exceeded. ERROR\0'],
    ['answers with nonsense', () => 'stream: OKAY\0'],
    ['talks on and on', () => 'stream: OK '.repeat(1_000)],
    ['breaks off in the middle', () => 'stream: O'],
  ])('and refused when the scanner %s', async (_, answer) => {
    clamd.answer = answer;
    expect(await upload('A notice.')).toMatchObject({ status: 503, body: { code: 'SCANNER_UNAVAILABLE' } });
  });
});

describe('what one person keeps', () => {
  test('is limited in bytes, also when all comes at once, and what was refused does not count', async () => {
    const issuer2 = await running.api.signIn(running.staff.issuer2);
    const notice = 'x'.repeat(200_000);
    for (let n = 0; n < 5; n++) expect((await upload(`<html>${notice}`, {}, issuer2)).status).toBe(400);
    const answers = await Promise.all(Array.from({ length: 6 }, () => upload(notice, {}, issuer2)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 201, 413, 413, 413, 413]);
    expect(answers.find(({ status }) => status === 413)?.body.code).toBe('UPLOAD_QUOTA_EXCEEDED');
    expect((await upload('x'.repeat(90_000), {}, issuer2)).status).toBe(201);
    expect((await upload('x'.repeat(20_000), {}, issuer2)).status).toBe(413);
  });

  test('is one quota for all who act for a party', async () => {
    const uploads = running.app.get(Uploads);
    const by = (personId: string) => ({ actor: { ...SYSTEM, personId, partyId: 'a party' }, subject: 'party' });
    const half = Buffer.from('x'.repeat(300_000));
    await uploads.admit(half, 'text/plain', by('one'));
    await expect(uploads.admit(half, 'text/plain', by('another'))).rejects.toMatchObject({ code: 'UPLOAD_QUOTA_EXCEEDED' });
  });
});

test('without a scanner nothing is scanned', async () => {
  await running.close({ keepDatabase: true });
  running = await startApp({ database: running.database });
  issuer = await running.api.signIn(running.staff.issuer);
  expect((await upload(EICAR)).status).toBe(201);
});
