/** Browsers keep a cookie at most 400 days; the hub decides when a token ends, so that it can say `session_expired`. */
const maxAgeS = 400 * 86_400;

const names = { device: 'stoop-device', session: 'stoop-session', language: 'stoop-language' } as const;
type Credential = 'device' | 'session';

/** Tokens are base64url: anything else never came from this hub. */
const token = /^[A-Za-z0-9_-]{16,256}$/;

function nameOf(credential: Credential, isSecure: boolean): string {
  return isSecure ? `__Host-${names[credential]}` : names[credential];
}

function read(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

export interface Tokens {
  readonly deviceToken?: string;
  readonly sessionToken?: string;
}

/** The credentials of a request. Over HTTPS only `__Host-` cookies count, which no other origin can plant. */
export function readTokens(header: string | undefined, isSecure: boolean): Tokens {
  if (header === undefined) return {};
  const deviceToken = read(header, nameOf('device', isSecure));
  const sessionToken = read(header, nameOf('session', isSecure));
  return {
    ...(deviceToken !== undefined && token.test(deviceToken) && { deviceToken }),
    ...(sessionToken !== undefined && token.test(sessionToken) && { sessionToken }),
  };
}

/** A `Set-Cookie` value; `null` clears it. */
export function credentialCookie(credential: Credential, value: string | null, isSecure: boolean): string {
  const age = value === null ? 0 : maxAgeS;
  const secure = isSecure ? '; Secure' : '';
  return `${nameOf(credential, isSecure)}=${value ?? ''}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`;
}

/** The page's choice first, then the browser's wishes in their order. */
export function languageOf(cookie: string | undefined, acceptLanguage: string | undefined): 'en' | 'es' {
  const chosen = read(cookie, names.language);
  if (chosen === 'en' || chosen === 'es') return chosen;
  const wishes = (acceptLanguage ?? '').toLowerCase().matchAll(/(?:^|,)\s*([a-z]+)[a-z-]*\s*(?:;\s*q=([\d.]+))?/g);
  let best: { language: 'en' | 'es'; weight: number } = { language: 'en', weight: 0 };
  for (const [, language, weight = '1'] of wishes) {
    if ((language === 'en' || language === 'es') && Number(weight) > best.weight) {
      best = { language, weight: Number(weight) };
    }
  }
  return best.language;
}
