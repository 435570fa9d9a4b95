import { createHash } from 'node:crypto';
import { plainPageHeaders } from './headers.ts';

/** For pages that must come up when nothing else does: no file beside the page, its style sheet in it. */
const style = `:root{color-scheme:light dark;--paper:#FBF8F4;--card:#FFF;--line:#D9D0C6;--ink:#211C18;--ink-2:#5B524A;--brick:#9A3B26}
@media (prefers-color-scheme:dark){:root{--paper:#171412;--card:#221E1B;--line:#3B342E;--ink:#F5EFE8;--ink-2:#B9AEA3;--brick:#F0937C}}
body{margin:0;background:var(--paper);color:var(--ink);font:1.125rem/1.45 system-ui,sans-serif}
main{max-width:42rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.25rem;margin:2rem 0 .5rem}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:.5rem 1.25rem 1.25rem;margin:1.5rem 0}
a{color:var(--brick)}a.button{display:inline-block;padding:.8rem 1.2rem;border-radius:12px;background:var(--brick);color:var(--paper);text-decoration:none;font-weight:600}
code{overflow-wrap:anywhere;font-size:1rem}small{color:var(--ink-2)}li{margin:.35rem 0}summary{padding:.6rem 0;font-weight:600}`;

/** Comes back by itself once the address answers again; a refresh by the clock would take the page from its readers. */
const lookAgain = `setInterval(()=>fetch(location.href,{method:'HEAD'}).then((answer)=>answer.ok&&location.reload()).catch(()=>{}),5000)`;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');
const styleHash = hashOf(style);
const scriptHash = hashOf(lookAgain);

export interface PlainPage {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export interface PlainPageOptions {
  readonly language: 'en' | 'es';
  readonly title: string;
  /** Markup; everything that came from elsewhere in it must have been escaped. */
  readonly sections: string;
  /** The page stands for another that will come back. */
  readonly isWaiting?: boolean;
}

export function plainPage({ language, title, sections, isWaiting = false }: PlainPageOptions): PlainPage {
  const script = isWaiting ? `<script>${lookAgain}</script>` : '';
  return {
    html: `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>${sections}</main>${script}</body></html>`,
    headers: {
      ...plainPageHeaders(styleHash, isWaiting ? scriptHash : undefined),
      'content-type': 'text/html; charset=utf-8',
    },
  };
}
