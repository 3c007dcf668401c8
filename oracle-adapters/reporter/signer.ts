import { type Address, createClient, getAddress, getTypesForEIP712Domain, type Hex, http, serializeTypedData } from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { type Observation, type SignedObservation, signerOf, typedData } from '../feed/observation.js';
import { shortMessage } from '../feed/quorum-feed.js';

/** Where a reporter's key is kept. */
export abstract class ObservationSigner {
  abstract readonly address: Address;

  /** @returns r, s, v of 65 bytes */
  protected abstract signature(observation: Observation): Promise<Hex>;

  /** @throws when no signature can be had, or another key made it */
  async sign(observation: Observation): Promise<SignedObservation> {
    const signed = { ...observation, signature: await this.signature(observation) };
    const signer = await signerOf(signed);
    if (signer !== this.address) throw new Error(`The signature is not of ${this.address} but of ${signer ?? 'nobody'}.`);
    return signed;
  }
}

/** A key in this process's memory, read from a file: for development, or a machine that does nothing else. */
export class LocalSigner extends ObservationSigner {
  readonly address: Address;
  private readonly account: PrivateKeyAccount;

  constructor(key: Hex) {
    super();
    this.account = privateKeyToAccount(key);
    this.address = this.account.address;
  }

  protected signature(observation: Observation): Promise<Hex> {
    return this.account.signTypedData(typedData(observation));
  }
}

/** A signer behind JSON-RPC over HTTP, which keeps the key and sees the whole message, so that it can have rules of its own. */
export class RemoteSigner extends ObservationSigner {
  readonly address: Address;
  private readonly client;

  /** @param method parameters: the address, the typed data as JSON text. Web3Signer calls it `eth_signTypedData`. */
  constructor(
    url: string,
    address: Address,
    private readonly method = 'eth_signTypedData_v4',
  ) {
    super();
    this.address = getAddress(address);
    this.client = createClient({ transport: http(url, { timeout: 5000, retryCount: 0 }) });
  }

  protected async signature(observation: Observation): Promise<Hex> {
    const data = typedData(observation);
    const types = { EIP712Domain: getTypesForEIP712Domain({ domain: data.domain }), ...data.types };
    const call = { method: this.method, params: [this.address, serializeTypedData({ ...data, types })] };
    try {
      return await this.client.request<{ Parameters: unknown[]; ReturnType: Hex }>(call as never);
    } catch (error) {
      throw new Error(`The remote signer does not sign: ${shortMessage(error)}`);
    }
  }
}
