import { escapeHtml, type PlainPage, plainPage } from '../plain-page.ts';
import { type Language, trustWords } from './trust-words.ts';

export interface TrustFacts {
  readonly hubName: string;
  /** Names that the certificate may vouch for, the first few. */
  readonly names: readonly string[];
  /** SHA-256 in pairs; undefined when the hub has a certificate that devices already know. */
  readonly fingerprint?: string;
  /** Where the hub is opened afterwards. */
  readonly httpsUrl: string;
}

/** Eight groups of four bytes: what two people can read to each other. */
export function fingerprintGroups(fingerprint: string): string[] {
  return fingerprint.replaceAll(':', '').match(/.{8}/g) ?? [];
}

function openButton(language: Language, httpsUrl: string): string {
  const url = escapeHtml(httpsUrl);
  return `<p><a class="button" href="${url}">${trustWords[language].open}</a></p><p><code>${url}</code></p>`;
}

function section(language: Language, facts: TrustFacts): string {
  const words = trustWords[language];
  const head = `<section lang="${language}"><h1>${words.title}: ${escapeHtml(facts.hubName)}</h1>`;
  if (facts.fingerprint === undefined) {
    return `${head}<p>${words.nothing}</p>${openButton(language, facts.httpsUrl)}</section>`;
  }
  const names = facts.names.map((name) => `<code>${escapeHtml(name)}</code>`).join(', ');
  const devices = words.devices.map(
    ({ device, steps }) =>
      `<details><summary>${device}</summary><ol>${steps.map((step) => `<li>${step}</li>`).join('')}</ol></details>`,
  );
  return `${head}<p>${words.why}</p><p><small>${words.limit.replace('{names}', names)}</small></p>
<h2>${words.getIt}</h2><ul><li><a href="/trust/ca.mobileconfig">${words.iphoneFile}</a></li>
<li><a href="/trust/ca.crt">${words.otherFile}</a></li><li><a href="/trust/ca.pem">${words.pemFile}</a></li></ul>
<h2>${words.compare}</h2><p>${words.compareHow}</p><p><code>${fingerprintGroups(facts.fingerprint).join(' ')}</code></p>
<h2>${words.how}</h2>${devices.join('')}
<h2>${words.done}</h2>${openButton(language, facts.httpsUrl)}<p><small>${words.remove}</small></p></section>`;
}

/** *Trust this hub*, in both languages, the asker's first. */
export function trustPage(facts: TrustFacts, language: Language): PlainPage {
  const languages: readonly Language[] = language === 'es' ? ['es', 'en'] : ['en', 'es'];
  const sections = languages.map((each) => section(each, facts)).join('');
  return plainPage({ language, title: facts.hubName, sections });
}
