import { readFileSync } from 'node:fs';
import type { Clock } from '../platform/clock.ts';
import { fail } from '../platform/errors.ts';
import type { Call, Carrier, Store } from '../platform/ports/index.ts';
import { createDeliveries, type Delivery, type Heard } from './deliveries.ts';
import { LineError, neverReached } from './line-error.ts';
import { createSecretFile } from './secret-file.ts';

export interface MailSettings {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte (by default on port 465), `starttls` before anything else (on others), or `none`. */
  readonly security?: 'tls' | 'starttls' | 'none';
  readonly user?: string;
  readonly passwordFile?: string;
  /** The server's own authority, where no public one vouches for it. */
  readonly caFile?: string;
  readonly from: string;
}

/** What a lane asks for: `{contract: 'mail', fn: 'send', args: [{key, to, subject, text}]}`. */
export interface MailCall {
  /** Becomes the Message-ID, the same for every try: by it a receiver drops what comes twice. */
  readonly key: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

interface MailDeps {
  readonly settings: MailSettings;
  /** Nobody else is ever written to. */
  readonly mayWriteTo: (address: string) => boolean;
  readonly store: Store;
  readonly clock: Clock;
  readonly timeoutMs?: number;
  /** Aborted when the hub stops. */
  readonly signal?: AbortSignal;
}

interface Letter {
  readonly to: string;
  /** The whole message as it goes over the line. */
  readonly raw: string;
}

interface SmtpError extends Error {
  readonly code?: string;
  /** What the system called it, before nodemailer did. */
  readonly originalCode?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
  readonly permanent?: boolean;
}

/** Submissions over TLS from the first byte (RFC 8314). */
const tlsPort = 465;
/** Failures of a session in which no letter was begun. */
const beforeAnyLetter = new Set(['EDNS', 'ETLS', 'EREQUIRETLS', 'EAUTH', 'ENOAUTH', 'EENVELOPE', 'ECONFIG']);

/**
 * Letters over SMTP (RFC 5321). Landed is the server's 250 after the whole message; it cannot be asked later, so its
 * answer is kept here. A line that is cut before that answer leaves it open: the same bytes go again.
 */
export function createMailCarrier({
  settings,
  mayWriteTo,
  store,
  clock,
  timeoutMs = 20_000,
  signal,
}: MailDeps): Carrier {
  const password =
    settings.passwordFile === undefined ? undefined : createSecretFile(settings.passwordFile, 'mail.passwordFile', 1);

  const security = settings.security ?? (settings.port === tlsPort ? 'tls' : 'starttls');

  async function encode(call: Call): Promise<Delivery> {
    const { key, to, subject, text } = call.args[0] as MailCall;
    if (!mayWriteTo(to))
      throw fail('config_invalid', { key: 'mail.readers', rule: 'the reader of a letter is not in it' });
    const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
    const message = new MailComposer({
      from: settings.from,
      to,
      subject,
      text,
      messageId: `<${key}@${domainOf(settings.from)}>`,
      date: new Date(clock.nowMs()),
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const letter: Letter = { to, raw: (await message.compile().build()).toString() };
    return { key, bytes: Buffer.from(JSON.stringify(letter)) };
  }

  async function deliver({ bytes }: Delivery): Promise<Heard> {
    const { to, raw } = JSON.parse(bytes.toString()) as Letter;
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      host: settings.host,
      port: settings.port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      auth: password && { user: settings.user!, pass: password.read() },
      tls: settings.caFile === undefined ? {} : { ca: readFileSync(settings.caFile) },
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
    });
    try {
      const { response } = await transport.sendMail({ envelope: { from: settings.from, to: [to] }, raw, signal });
      return { outcome: 'taken', words: response };
    } catch (error) {
      return heardIn(error as SmtpError);
    } finally {
      transport.close();
    }
  }

  return createDeliveries({ name: 'mail', store, clock, encode, deliver, misconfigured: () => password?.problem() });
}

/** A reply about this letter is an answer; everything else (the line, the login, the sender's name) is about all of them. */
function heardIn(error: SmtpError): Heard {
  const { code = '', originalCode = '', command, responseCode } = error;
  const words = error.response ?? error.message;
  const isClosing = responseCode === 421;
  const isReply =
    responseCode !== undefined && command !== 'MAIL FROM' && (code === 'EENVELOPE' || code === 'EMESSAGE');
  if (isReply && !isClosing) return { outcome: error.permanent ? 'refused' : 'deferred', words };
  // A reply, or a line that was never open: nothing of the letter was taken. A cut may have come after the last byte.
  const isUnsent = responseCode !== undefined || beforeAnyLetter.has(code) || neverReached.has(originalCode);
  throw new LineError(isUnsent ? 'unsent' : 'unanswered', words, { cause: error });
}

const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1).replace(/>$/, '');
