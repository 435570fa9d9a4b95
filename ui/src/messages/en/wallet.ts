export const wallet = {
  'wallet.title': 'Sign with your wallet',
  'wallet.why': 'Your key is in a wallet of your own. It shows what you sign; the hub goes on as soon as you have.',
  'wallet.address': 'Address of their own wallet (only if they have one)',
  'wallet.address.hint': '0x and 40 letters and digits. Leave it empty and the hub makes a key.',
  'wallet.address.wrong': 'An address is 0x and 40 letters and digits.',
  'wallet.sign': 'Sign with {wallet}',
  'wallet.sign.plain': 'Sign with my wallet',
  'wallet.elsewhere': 'My key is elsewhere',
  'wallet.elsewhere.how':
    'Save the message, sign it where your key is (EIP-712, version 4), and paste the signature here.',
  'wallet.save': 'Save the message',
  'wallet.signature': 'Signature',
  'wallet.signature.hint': '0x and 130 letters and digits',
  'wallet.signature.wrong': 'A signature is 0x and 130 letters and digits.',
  'wallet.hand': 'Hand in the signature',
  'wallet.none': 'There is no wallet in this browser. Open this page in the browser that has yours.',
} as const;
