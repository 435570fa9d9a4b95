/** RFC 9110 names in lower case, as Node writes them fastest. */
type Headers = Readonly<Record<string, string>>;

const common = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Answers of the API are data: nothing in them may load, run or be framed. */
export const apiHeaders: Headers = {
  ...common,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};

const document = {
  ...common,
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=(), payment=(), usb=()',
  'cross-origin-opener-policy': 'same-origin',
} as const;

/** The page: everything from this hub, nothing inline, never framed. */
export const pageHeaders: Headers = {
  ...document,
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "img-src 'self' data:",
    "media-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; '),
};

/** A page that loads nothing: its one style sheet and its script, if any, are named by their hashes. */
export function plainPageHeaders(styleHash: string, scriptHash: string | undefined): Headers {
  const script = scriptHash === undefined ? '' : `script-src 'sha256-${scriptHash}'; connect-src 'self'; `;
  return {
    ...document,
    'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; ${script}img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    'cache-control': 'no-store',
  };
}
