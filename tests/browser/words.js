// What the pages say, written down here independently of the program.

export const WORDS = {
  sv: {
    search: 'Finns fiber hos dig?', find: 'Sök', connected: 'Ansluten', order: /^Beställ Bredband 100$/, pay: 'Beställ med betalningsskyldighet',
    thanks: 'Tack, beställningen är mottagen', follow: 'Följ, avbryt eller ångra beställningen',
    cancelHere: 'Avbryt beställningen här', cancelSure: 'Bekräfta att beställningen avbryts', cancelled: 'Avbruten', correct: 'Rätta det här och skicka igen', accept: 'Jag har läst och godkänner texten ovan',
    signIn: 'Logga in', overview: 'Översikt', file: 'Fil', import: 'Importera', unchanged: 'Inget ändrades', newContact: 'Ny kontakt',
    name: 'Namn', email: 'E-post', save: 'Spara', hidden: 'Personen visas inte före bekräftelsen', newRequest: 'Nytt ärende',
    erasure: 'Radering (art. 17)', identity: 'Personnummer eller samordningsnummer', openRequest: 'Öppna ärendet', preview: 'Vad registren har svarat',
    proceed: 'Radera enligt förslaget', reload: 'Ladda om', certificate: 'Ladda ner intyget', other: 'English', otherTitle: 'Is there fibre at your address?',
    password: 'Lösenord', code: 'Kod från appen', none: 'Ingen adress hittades', rejected: 'Ladda ner de avvisade raderna', wrong: 'Uppgifterna stämmer inte',
    signOut: 'Logga ut', skip: 'Till innehållet', erased: 'Kundens uppgifter är raderade.', proposed: 'Radera',
  },
  en: {
    search: 'Is there fibre at your address?', find: 'Search', connected: 'Connected', order: /^Order Bredband 100$/, pay: 'Order with obligation to pay',
    thanks: 'Thank you, your order has been received', follow: 'Follow, cancel or withdraw from the order',
    cancelHere: 'Cancel the order here', cancelSure: 'Confirm that the order is cancelled', cancelled: 'Cancelled', correct: 'Correct this and send again', accept: 'I have read and accept the text above',
    signIn: 'Sign in', overview: 'Overview', file: 'File', import: 'Import', unchanged: 'Nothing changed', newContact: 'New contact',
    name: 'Name', email: 'E-mail', save: 'Save', hidden: 'The person is not shown before the confirmation', newRequest: 'New request',
    erasure: 'Erasure (art. 17)', identity: 'Personal identity or coordination number', openRequest: 'Open the request', preview: 'What the registers have answered',
    proceed: 'Erase as proposed', reload: 'Reload', certificate: 'Download the certificate', other: 'Svenska', otherTitle: 'Finns fiber hos dig?',
    password: 'Password', code: 'Code from the app', none: 'No address was found', rejected: 'Download the rejected rows', wrong: 'The details are not right',
    signOut: 'Sign out', skip: 'Skip to content', erased: "The customer's data has been erased.", proposed: 'Erase',
  },
};

/** Both languages, with and without script. */
export const WAYS = [
  { lang: 'sv', script: true }, { lang: 'sv', script: false },
  { lang: 'en', script: true }, { lang: 'en', script: false },
];

export const named = ({ lang, script }) => `${lang}${script ? '' : ' without script'}`;
