import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

/** The steps of a session (RFC 5321) at which something may go wrong; `message` is the reply after the last dot. */
export type Step = 'greeting' | 'ehlo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'message';

/** What becomes of one session. `half`: cut in the middle of the letter. `unheard`: taken, and cut before the 250. */
export type MailWeather =
  | 'fine'
  | 'half'
  | 'unheard'
  | { readonly cut: Step }
  | { readonly silent: Step }
  | { readonly reply: string; readonly at: Step };

export interface MailServerOptions {
  readonly security?: 'tls' | 'starttls' | 'none';
  readonly identity?: { readonly key: string; readonly cert: string };
  readonly auth?: { readonly user: string; readonly password: string };
}

export interface Letter {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly isEncrypted: boolean;
}

/** A small SMTP server that keeps what it takes. `mailbox` has each Message-ID once, as a reader's mail program shows it. */
export async function createMailServer(options: MailServerOptions = {}) {
  const { security = 'none', identity, auth } = options;
  const received: Letter[] = [];
  const sockets = new Set<Socket>();
  let weather: MailWeather[] = [];
  let sessions = 0;

  function serve(plain: Socket): void {
    sessions += 1;
    sockets.add(plain);
    plain.on('close', () => sockets.delete(plain)).on('error', () => {});
    const now = weather.shift() ?? 'fine';
    const context = identity && createSecureContext(identity);
    const upgrade = (socket: Socket) => new TLSSocket(socket, { isServer: true, secureContext: context });
    if (security === 'tls') talk(upgrade(plain), now, undefined, true);
    else talk(plain, now, security === 'starttls' ? upgrade : undefined, false);
  }

  function talk(
    socket: Socket,
    now: MailWeather,
    upgrade: ((socket: Socket) => Socket) | undefined,
    isSecure: boolean,
  ) {
    let buffer = '';
    let isInLetter = false;
    let from = '';
    let to = '';
    let isKnown = auth === undefined;
    socket.on('error', () => {});

    /** Whether the weather has something else for this step than its answer. */
    function isSpoilt(step: Step): boolean {
      if (typeof now !== 'object') return false;
      if ('cut' in now && now.cut === step) socket.destroy();
      else if ('reply' in now && now.at === step) {
        socket.write(`${now.reply}\r\n`);
        if (now.reply.startsWith('421')) socket.end();
      } else return 'silent' in now && now.silent === step;
      return true;
    }

    function say(step: Step, reply: string): boolean {
      if (isSpoilt(step)) return false;
      socket.write(`${reply}\r\n`);
      return true;
    }

    function command(line: string): void {
      const [verb = ''] = line.toUpperCase().split(/[ :]/, 1);
      if (verb === 'EHLO') {
        const offers = [...(upgrade ? ['STARTTLS'] : []), ...(auth && !upgrade ? ['AUTH PLAIN'] : []), '8BITMIME'];
        say(
          'ehlo',
          ['mail.test', ...offers].map((word, i) => `250${i === offers.length ? ' ' : '-'}${word}`).join('\r\n'),
        );
      } else if (verb === 'STARTTLS' && upgrade) {
        socket.removeAllListeners('data');
        socket.write('220 go on\r\n');
        talk(upgrade(socket), now, undefined, true);
      } else if (verb === 'AUTH' && auth) {
        const given = Buffer.from(line.split(' ')[2] ?? '', 'base64').toString();
        isKnown = given === `\0${auth.user}\0${auth.password}`;
        say('auth', isKnown ? '235 welcome' : '535 5.7.8 wrong name or password');
      } else if (verb === 'MAIL') {
        from = /<(.*?)>/.exec(line)?.[1] ?? '';
        if (upgrade) socket.write('530 5.7.0 STARTTLS first\r\n');
        else if (!isKnown) socket.write('530 5.7.0 log in first\r\n');
        else say('mail', '250 ok');
      } else if (verb === 'RCPT') {
        to = /<(.*?)>/.exec(line)?.[1] ?? '';
        say('rcpt', '250 ok');
      } else if (verb === 'DATA') isInLetter = say('data', '354 go on');
      else if (verb === 'QUIT') socket.end('221 bye\r\n');
      else socket.write('502 unknown\r\n');
    }

    function letter(text: string): void {
      isInLetter = false;
      if (isSpoilt('message')) return;
      received.push({ from, to, text, isEncrypted: isSecure });
      if (now === 'unheard') socket.destroy();
      else socket.write('250 2.0.0 taken\r\n');
    }

    socket.on('data', (chunk: Buffer) => {
      buffer += chunk.toString();
      if (isInLetter && now === 'half') return void socket.destroy();
      for (;;) {
        const end = isInLetter ? '\r\n.\r\n' : '\r\n';
        const at = buffer.indexOf(end);
        if (at < 0) return;
        const whole = buffer.slice(0, at);
        buffer = buffer.slice(at + end.length);
        if (isInLetter) letter(whole.replace(/^\./gm, ''));
        else command(whole);
      }
    });
    // After STARTTLS the client begins anew with EHLO.
    if (upgrade || !isSecure || security === 'tls') say('greeting', '220 mail.test');
  }

  const server: Server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => void server.close(() => resolve()));
  };

  return {
    port,
    received: received as readonly Letter[],
    sessions: () => sessions,
    mailbox: () => new Map(received.map((one) => [/^Message-ID: <(.*)>\r?$/im.exec(one.text)?.[1] ?? '', one])),
    forecast(next: readonly MailWeather[]) {
      weather = [...next];
    },
    goAway: close,
    comeBack: () => new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve)),
    close,
  };
}

export type MailServer = Awaited<ReturnType<typeof createMailServer>>;
