import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../api/api-error.ts';
import { findWallets, type Provider, signWith, type TypedData } from './wallet.ts';

const typedData: TypedData = {
  domain: { name: 'Food USD', chainId: 314, verifyingContract: `0x${'11'.repeat(20)}` },
  types: { Payout: [{ name: 'validUntil', type: 'uint40' }] },
  primaryType: 'Payout',
  message: { validUntil: 5 },
};

/** A wallet that answers what it is told, or throws it when it is an error. */
function walletOf(answers: Record<string, unknown>) {
  const asked: string[] = [];
  const provider: Provider = {
    async request({ method }) {
      asked.push(method);
      const answer = answers[method];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { wallet: { name: 'Test', provider }, asked };
}

const told = (code: number, message: string) => Object.assign(new Error(message), { code });
const refusal = (code: string) => (error: unknown) => error instanceof ApiError && error.code === code;
const whole = { eth_requestAccounts: ['0xabc'], eth_chainId: '0x13a', eth_signTypedData_v4: '0xsigned' };

test('a wallet on the right chain is asked for its account and the signature, nothing else', async () => {
  const { wallet, asked } = walletOf(whole);
  assert.equal(await signWith(wallet, typedData), '0xsigned');
  assert.deepEqual(asked, ['eth_requestAccounts', 'eth_chainId', 'eth_signTypedData_v4']);
});

test('a wallet on another chain is asked to change to the message’s own', async () => {
  const { wallet, asked } = walletOf({ ...whole, eth_chainId: '0x1', wallet_switchEthereumChain: null });
  assert.equal(await signWith(wallet, typedData), '0xsigned');
  assert.ok(asked.includes('wallet_switchEthereumChain'));
});

test('each way of not signing has its own words', async () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ eth_requestAccounts: told(4001, 'no') }, 'wallet_refused'],
    [{ eth_requestAccounts: [] }, 'wallet_empty'],
    [{ eth_signTypedData_v4: told(4001, 'no') }, 'wallet_refused'],
    [{ eth_chainId: '0x1', wallet_switchEthereumChain: told(4902, 'unknown') }, 'wallet_wrong_chain'],
    [{ eth_chainId: '0x1', wallet_switchEthereumChain: told(4001, 'no') }, 'wallet_refused'],
    [{ eth_signTypedData_v4: told(-32603, 'locked') }, 'wallet_failed'],
  ];
  for (const [answers, code] of cases)
    await assert.rejects(signWith(walletOf({ ...whole, ...answers }).wallet, typedData), refusal(code));
});

test('wallets that announce themselves go before the one at window.ethereum', () => {
  const { wallet } = walletOf(whole);
  const page = Object.assign(new EventTarget(), { ethereum: wallet.provider });
  assert.deepEqual(findWallets(page), [{ name: '', provider: wallet.provider }]);
  const { provider } = walletOf(whole).wallet;
  page.addEventListener('eip6963:requestProvider', () =>
    page.dispatchEvent(
      Object.assign(new Event('eip6963:announceProvider'), { detail: { info: { name: 'Two' }, provider } }),
    ),
  );
  assert.deepEqual(findWallets(page), [{ name: 'Two', provider }]);
  assert.deepEqual(findWallets(new EventTarget()), []);
});
