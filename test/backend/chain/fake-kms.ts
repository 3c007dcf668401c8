import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { secp256k1 } from '@noble/curves/secp256k1';
import { type Address, type Hex, hexToBytes } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';

/** What the server does instead of signing. */
export type Fault =
  | 'hang'
  | 'reset'
  | 'error 500'
  | 'throttle'
  | 'disabled'
  | 'other key'
  | 'bad DER'
  | 'no signature'
  | 'garbage'
  | 'high s'
  | 'low s';

/** Faults after which there must be no signature. */
export const NO_SIGNATURE = [
  'hang',
  'reset',
  'error 500',
  'throttle',
  'disabled',
  'other key',
  'bad DER',
  'no signature',
  'garbage',
] as const satisfies Fault[];

const SPKI_SECP256K1 = '3056301006072a8648ce3d020106052b8104000a034200';

/** A server that speaks the protocol of AWS KMS (JSON 1.1) for keys of its own. */
export class FakeKms {
  private readonly keys = new Map<string, Hex>();
  private readonly server = createServer((request, response) => void this.answer(request, response));
  /** How often a signature was asked for. */
  asked = 0;
  /** How long a signature takes. */
  slowMs = 0;
  /** Decides about each signature; undefined is a good one. */
  fault: (keyId: string) => Fault | undefined = () => undefined;

  /** Starts it, and leads the AWS SDK to it. */
  static async start(): Promise<FakeKms> {
    const kms = new FakeKms();
    await new Promise<void>((done) => kms.server.listen(0, '127.0.0.1', done));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${(kms.server.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'a test',
      AWS_SECRET_ACCESS_KEY: 'a test',
    });
    return kms;
  }

  /** As SENDER_ACCOUNTS wants it. */
  newKey(keyId: string, privateKey: Hex = generatePrivateKey()): { key: string; address: Address } {
    this.keys.set(keyId, privateKey);
    return { key: keyId, address: privateKeyToAddress(privateKey) };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
    const reply = (status: number, content: object | string): void => {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(text);
    };
    const { KeyId: keyId = '' } = body;
    const privateKey = this.keys.get(keyId);
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 '))
      return reply(400, { __type: 'MissingAuthenticationTokenException' });
    if (!privateKey) return reply(400, { __type: 'NotFoundException', message: `Key '${keyId}' does not exist` });
    if (request.headers['x-amz-target'] === 'TrentService.GetPublicKey')
      return reply(200, { KeyId: keyId, PublicKey: publicKeyOf(keyId, privateKey) });
    const asked = [request.headers['x-amz-target'], body.MessageType, body.SigningAlgorithm];
    if (asked.join() !== 'TrentService.Sign,DIGEST,ECDSA_SHA_256') return reply(400, { __type: 'ValidationException' });

    this.asked++;
    await new Promise((done) => setTimeout(done, this.slowMs));
    const digest = Buffer.from(body.Message ?? '', 'base64');
    const signature = secp256k1.sign(digest, hexToBytes(privateKey));
    const signed = (der: Uint8Array): void => reply(200, { KeyId: keyId, Signature: Buffer.from(der).toString('base64') });
    const mirrored = new secp256k1.Signature(signature.r, secp256k1.CURVE.n - signature.s);
    switch (this.fault(keyId)) {
      case 'hang':
        return;
      case 'reset':
        request.socket.destroy();
        return;
      case 'error 500':
        return reply(500, { __type: 'KMSInternalException', message: 'The request was rejected because an internal exception occurred.' });
      case 'throttle':
        return reply(400, { __type: 'ThrottlingException', message: 'You have exceeded the rate at which you may call KMS.' });
      case 'disabled':
        return reply(400, { __type: 'DisabledException', message: `${keyId} is disabled.` });
      case 'other key':
        return signed(secp256k1.sign(digest, hexToBytes(generatePrivateKey())).toDERRawBytes());
      case 'bad DER':
        return signed(signature.toDERRawBytes().slice(0, -1));
      case 'no signature':
        return reply(200, { KeyId: keyId });
      case 'garbage':
        return reply(200, '<html>It works!</html>');
      case 'low s':
        return signed(signature.toDERRawBytes());
      case 'high s':
      case undefined:
        // KMS gives either half of the order; the harder one is the usual one here.
        return signed(mirrored.toDERRawBytes());
    }
  }
}

/** A key whose id says so is on another curve. */
function publicKeyOf(keyId: string, privateKey: Hex): string {
  if (keyId.includes('p256')) {
    return generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  }
  const point = secp256k1.getPublicKey(hexToBytes(privateKey), false);
  return Buffer.concat([Buffer.from(SPKI_SECP256K1, 'hex'), point]).toString('base64');
}
