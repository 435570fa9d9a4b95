/** Browsers keep a cookie at most 400 days; the hub decides when a token ends, so that it can say `session_expired`. */
const maxAgeS = 400 * 86_400;

type Credential = 'device' | 'session';

/** Tokens are base64url: anything else never came from this hub. */
const tokenIn = (name: string): RegExp => new RegExp(`(?:^|;)\\s*${name}=([A-Za-z0-9_-]{16,256})\\s*(?:;|$)`);
const plain = { device: tokenIn('stoop-device'), session: tokenIn('stoop-session') };
const secure = { device: tokenIn('__Host-stoop-device'), session: tokenIn('__Host-stoop-session') };
const language = /(?:^|;)\s*stoop-language=(en|es)\s*(?:;|$)/;

export interface Tokens {
  readonly deviceToken?: string;
  readonly sessionToken?: string;
}

const none: Tokens = {};

/** The credentials of a request. Over HTTPS only `__Host-` cookies count, which no other origin can plant. */
export function readTokens(header: string | undefined, isSecure: boolean): Tokens {
  if (header === undefined) return none;
  const { device, session } = isSecure ? secure : plain;
  return { deviceToken: device.exec(header)?.[1], sessionToken: session.exec(header)?.[1] };
}

/** A `Set-Cookie` value; `null` clears it. */
export function credentialCookie(credential: Credential, value: string | null, isSecure: boolean): string {
  const prefix = isSecure ? '__Host-' : '';
  const age = value === null ? 0 : maxAgeS;
  const end = isSecure ? '; Secure' : '';
  return `${prefix}stoop-${credential}=${value ?? ''}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${end}`;
}

/** The page's choice first, then the browser's wishes by their weight (RFC 9110, 12.5.4). */
export function languageOf(cookie: string | undefined, acceptLanguage: string | undefined): 'en' | 'es' {
  const chosen = cookie === undefined ? undefined : language.exec(cookie)?.[1];
  if (chosen !== undefined) return chosen as 'en' | 'es';
  if (acceptLanguage === undefined) return 'en';
  let best: { language: 'en' | 'es'; weight: number } = { language: 'en', weight: 0 };
  const wishes = acceptLanguage.toLowerCase().matchAll(/(?:^|,)\s*([a-z]+)[a-z0-9-]*\s*(?:;\s*q=([\d.]+))?/g);
  for (const [, wish, weight = '1'] of wishes) {
    if ((wish === 'en' || wish === 'es') && Number(weight) > best.weight)
      best = { language: wish, weight: Number(weight) };
  }
  return best.language;
}
