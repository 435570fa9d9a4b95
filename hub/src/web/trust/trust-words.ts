export type Language = 'en' | 'es';

interface Steps {
  readonly device: string;
  readonly steps: readonly string[];
}

interface TrustWords {
  readonly title: string;
  readonly why: string;
  readonly limit: string;
  readonly getIt: string;
  readonly iphoneFile: string;
  readonly otherFile: string;
  readonly pemFile: string;
  readonly compare: string;
  readonly compareHow: string;
  readonly how: string;
  readonly devices: readonly Steps[];
  readonly done: string;
  readonly open: string;
  readonly remove: string;
  readonly nothing: string;
}

/** `{names}` is what the certificate may vouch for. Menus are named as the makers name them in that language. */
export const trustWords: Readonly<Record<Language, TrustWords>> = {
  en: {
    title: 'Trust this hub',
    why: 'Your phone does not know your building’s hub yet. You tell it once, in about two minutes; then the connection to the hub is private and you can join orders from your phone.',
    limit:
      'The certificate can vouch only for {names} and for addresses inside the building. It cannot be used for any other site.',
    getIt: '1. Get the certificate',
    iphoneFile: 'For iPhone, iPad and Mac',
    otherFile: 'For Android, Windows and others',
    pemFile: 'As a text file (PEM)',
    compare: '2. Compare it with the kiosk',
    compareHow:
      'In the lobby the kiosk shows this fingerprint under “Trust this hub”. While you install the certificate, your device shows it too (SHA-256). If they differ, stop and tell a maintainer.',
    how: '3. Install it',
    devices: [
      {
        device: 'iPhone and iPad',
        steps: [
          'Open this page in Safari and tap “For iPhone, iPad and Mac”. Allow the download.',
          'Settings → General → VPN & Device Management → Stoop → Install.',
          'Settings → General → About → Certificate Trust Settings → switch on Stoop.',
        ],
      },
      {
        device: 'Android',
        steps: [
          'Tap “For Android, Windows and others” and keep the file.',
          'Settings → Security & privacy → More security settings → Encryption & credentials → Install a certificate → CA certificate.',
          'Choose “Install anyway”, then the file stoop-hub.crt. Use Chrome to open the hub.',
        ],
      },
      {
        device: 'Windows',
        steps: [
          'Download “For Android, Windows and others” and open the file.',
          'Install Certificate → Current User → Place all certificates in the following store → Trusted Root Certification Authorities.',
        ],
      },
      {
        device: 'Mac',
        steps: [
          'Download “For iPhone, iPad and Mac” and open the file.',
          'System Settings → General → Device Management → Stoop → Install.',
        ],
      },
      {
        device: 'Linux',
        steps: [
          'Download the PEM file. In Firefox or Chrome: Settings → Certificates → Authorities → Import, trust it for websites.',
          'For the whole system: copy it to /usr/local/share/ca-certificates/ and run update-ca-certificates.',
        ],
      },
    ],
    done: '4. Open the hub',
    open: 'Open the hub',
    remove: 'You can remove the certificate at the same place whenever you like.',
    nothing: 'There is nothing to install for this hub.',
  },
  es: {
    title: 'Confiar en este hub',
    why: 'Su teléfono todavía no conoce el hub de su edificio. Se lo dice una sola vez, en unos dos minutos; después la conexión con el hub es privada y usted puede unirse a pedidos desde su teléfono.',
    limit:
      'El certificado solo puede responder por {names} y por direcciones dentro del edificio. No sirve para ningún otro sitio.',
    getIt: '1. Obtenga el certificado',
    iphoneFile: 'Para iPhone, iPad y Mac',
    otherFile: 'Para Android, Windows y otros',
    pemFile: 'Como archivo de texto (PEM)',
    compare: '2. Compárelo con el quiosco',
    compareHow:
      'En el vestíbulo el quiosco muestra esta huella en “Confiar en este hub”. Mientras instala el certificado, su dispositivo también la muestra (SHA-256). Si no coinciden, deténgase y avise a mantenimiento.',
    how: '3. Instálelo',
    devices: [
      {
        device: 'iPhone y iPad',
        steps: [
          'Abra esta página en Safari y toque “Para iPhone, iPad y Mac”. Permita la descarga.',
          'Ajustes → General → VPN y gestión de dispositivos → Stoop → Instalar.',
          'Ajustes → General → Información → Ajustes de confianza de los certificados → active Stoop.',
        ],
      },
      {
        device: 'Android',
        steps: [
          'Toque “Para Android, Windows y otros” y guarde el archivo.',
          'Ajustes → Seguridad y privacidad → Más ajustes de seguridad → Cifrado y credenciales → Instalar un certificado → Certificado de CA.',
          'Elija “Instalar de todos modos” y después el archivo stoop-hub.crt. Use Chrome para abrir el hub.',
        ],
      },
      {
        device: 'Windows',
        steps: [
          'Descargue “Para Android, Windows y otros” y abra el archivo.',
          'Instalar certificado → Usuario actual → Colocar todos los certificados en el siguiente almacén → Entidades de certificación raíz de confianza.',
        ],
      },
      {
        device: 'Mac',
        steps: [
          'Descargue “Para iPhone, iPad y Mac” y abra el archivo.',
          'Ajustes del Sistema → General → Gestión de dispositivos → Stoop → Instalar.',
        ],
      },
      {
        device: 'Linux',
        steps: [
          'Descargue el archivo PEM. En Firefox o Chrome: Ajustes → Certificados → Autoridades → Importar, y confíe en él para sitios web.',
          'Para todo el sistema: cópielo en /usr/local/share/ca-certificates/ y ejecute update-ca-certificates.',
        ],
      },
    ],
    done: '4. Abra el hub',
    open: 'Abrir el hub',
    remove: 'Puede quitar el certificado en el mismo lugar cuando quiera.',
    nothing: 'Para este hub no hay nada que instalar.',
  },
};
