import { escapeHtml, type PlainPage, plainPage } from './plain-page.ts';
import type { HubState, StoreFailure } from './types.ts';

type Language = 'en' | 'es';

const words = {
  en: {
    storeTitle: 'The hub cannot open its records',
    storeSafe: 'Nothing was deleted. Orders and money stay as they were when the hub last worked.',
    reason: 'What happened',
    backups: 'The last good backups',
    noBackups: 'There is no backup on this hub.',
    todo: 'What to do',
    store_newer: 'These records were written by a newer version. Install that version again.',
    store_unavailable:
      'A maintainer runs “stoop doctor” on the hub; it names the cause. If the records are damaged, “stoop restore” brings back a backup.',
    disk_full: 'The disk is full. A maintainer frees space and starts the hub again.',
    pageTitle: 'The page is not built yet',
    pageText: 'The hub is running, but its page is missing. It is being built, or a maintainer runs “npm start” again.',
    retry: 'This page looks again by itself.',
  },
  es: {
    storeTitle: 'El hub no puede abrir sus registros',
    storeSafe: 'No se borró nada. Los pedidos y el dinero siguen como estaban cuando el hub funcionó por última vez.',
    reason: 'Qué pasó',
    backups: 'Las últimas copias buenas',
    noBackups: 'No hay ninguna copia en este hub.',
    todo: 'Qué hacer',
    store_newer: 'Una versión más nueva escribió estos registros. Instale esa versión otra vez.',
    store_unavailable:
      'Una persona de mantenimiento ejecuta “stoop doctor” en el hub; le dirá la causa. Si los registros están dañados, “stoop restore” recupera una copia.',
    disk_full: 'El disco está lleno. Una persona de mantenimiento libera espacio y vuelve a iniciar el hub.',
    pageTitle: 'La página todavía no está lista',
    pageText:
      'El hub funciona, pero falta su página. Se está preparando, o una persona de mantenimiento ejecuta “npm start” otra vez.',
    retry: 'Esta página vuelve a mirar sola.',
  },
} as const;

function storeSection(language: Language, failure: StoreFailure): string {
  const text = words[language];
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' });
  const backups = failure.backups.map(
    ({ name, takenAtMs }) => `<li>${format.format(takenAtMs)} <small><code>${escapeHtml(name)}</code></small></li>`,
  );
  return `<section lang="${language}"><h1>${text.storeTitle}</h1><p>${text.storeSafe}</p>
<h2>${text.reason}</h2><p lang="en">${escapeHtml(failure.message)} <small><code>${failure.code}</code></small></p>
<h2>${text.backups}</h2>${backups.length > 0 ? `<ul>${backups.join('')}</ul>` : `<p>${text.noBackups}</p>`}
<h2>${text.todo}</h2><p>${text[failure.code]}</p><p><small>${text.retry}</small></p></section>`;
}

function missingSection(language: Language): string {
  const text = words[language];
  return `<section lang="${language}"><h1>${text.pageTitle}</h1><p>${text.pageText}</p><p><small>${text.retry}</small></p></section>`;
}

/** What every page address answers while the store is down or the built page is missing. The asker's language leads. */
export function degradedPage(state: HubState, language: Language): PlainPage {
  const languages: readonly Language[] = language === 'es' ? ['es', 'en'] : ['en', 'es'];
  const { storeFailure } = state;
  const sections = languages.map((each) =>
    storeFailure === undefined ? missingSection(each) : storeSection(each, storeFailure),
  );
  return plainPage({ language, title: state.name, sections: sections.join(''), isWaiting: true });
}
