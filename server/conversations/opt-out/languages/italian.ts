import type { LanguageRules } from '../rules.ts';

export const italian: LanguageRules = {
  language: 'it',
  courtesies:
    'per favore grazie ciao salve buongiorno buonasera ok ora subito no si mille prego cortesia gentilmente',
  commands: [
    'disiscrivi',
    'cancellami',
    'annulla iscrizione',
    'cancella iscrizione',
    'rimuovimi',
    'stop messaggi',
    'stop pubblicita',
  ],
  plainCommands: [
    'disiscrivimi',
    'disiscrivetemi',
    'disiscrizione',
    'annulla iscrizione',
    'disiscrivermi',
    'disiscrivi',
  ],
  groups: {
    not: 'non',
    writeMe:
      'scrivetemi scrivermi scrivimi mandatemi mandarmi mandami contattatemi contattarmi contattami inviatemi inviarmi inviami disturbatemi disturbarmi',
    write:
      'scrivete scriva scrivere scrivi mandate mandi mandare contattate contatti contattare inviate invii inviare disturbate disturbi',
    messages:
      'messaggio messaggi pubblicita promozioni promozione offerte sms mail email spam newsletter notifiche promo',
    stop: 'smettete smettetela smettila smetta smetti smettere finitela piantatela',
    want: 'voglio desidero vorrei vogliamo',
    remove:
      'toglietemi toglimi cancellatemi cancellami rimuovetemi rimuovimi eliminatemi eliminami toglieteci',
    delete: 'cancellate cancella cancellare eliminate elimina rimuovete rimuovi togliete',
    list: 'lista liste elenco newsletter database rubrica mailing',
  },
  optOut: [
    'non mi|ci {write} piu $',
    'non mi|ci {write} piu ~ {messages}',
    'non mi|ci {write} $',
    'non {writeMe} piu $',
    'non {writeMe} piu ~ {messages}',
    'non {writeMe} {messages}',
    'non {writeMe} mai_piu|piu_niente|piu_nulla|altri|altro ~ $',
    'non {want} piu? ricevere piu? ~ {messages}',
    'non {want} piu|altri|altre {messages}',
    'non {want} ~ vostri|vostre {messages}',
    '{stop} di {writeMe}',
    '{stop} di {write} {messages}',
    '{stop} con ~ {messages}',
    '{remove} ~ {list}',
    '{delete} ~ mio numero|contatto $',
    '{delete} ~ mio numero|contatto ~ {list}',
    '{delete} miei dati',
    'vorrei|voglio|desidero disiscrivermi|cancellarmi|essere_cancellato|essere_cancellata|essere_rimosso',
    'lasciatemi|lasciami|lasciateci in_pace|stare',
    '^ basta|stop {messages} $',
    '^ basta|stop con ~ {messages}',
  ],
  opposite: [
    'non smettete|smettetela|smettere|smetti di',
    'non ho|abbiamo piu? ricevuto',
    'non disiscrivetemi|cancellatemi',
  ],
  doubtful: [
    'come ~ disiscriver*|cancellarmi',
    '^ basta|annulla|fine $',
    'scrivete|scrivi|mandate troppo|troppi|sempre',
    'troppi|troppe|tanti {messages}',
    '^ non_mi_interessa|non_sono_interessato|non_sono_interessata $',
    '^ numero sbagliato',
    'chi|dove|come ~ mio numero',
    'perche ~ mi|continuate {write}|scrivermi|mandarmi|a_scrivermi',
  ],
  conditions: 'se finche prima quando come tranne ma perche',
  hints: ['disiscriv*', '^ stop'],
  about: 'messagg* pubblicita sms promo* contattat* disturbat* spam newsletter lista mio_numero',
  against: 'non basta stop ancora mai meno togli* cancell* elimin* rimuov* senza smett*',
  shopTalk:
    'ordine ordini pacco spedizion* fattura* codice link taglia colore indirizzo quando qui chiamatemi ricevuto arriva* foto prezzo perdere',
};
