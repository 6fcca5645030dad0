import type { LanguageRules } from '../rules.ts';

/** In Devanagari, and in Latin letters as most people type it. */
export const hindi: LanguageRules = {
  language: 'hi',
  courtesies: 'कृपया धन्यवाद नमस्ते जी प्लीज ठीक है अब हाँ नहीं please pls bhai ji ab abhi',
  commands: ['बंद करो', 'बंद करें', 'बंद', 'बंद कर दो', 'रोको', 'रोकें', 'बंद कीजिए', 'band karo', 'स्टॉप'],
  plainCommands: ['अनसब्सक्राइब', 'अनसब्सक्राइब करें', 'सदस्यता समाप्त करें', 'सदस्यता रद्द करें'],
  groups: {
    me: 'मुझे मुझको हमें हमको mujhe mujhko hame humko',
    messages:
      'मैसेज मेसेज संदेश सन्देश मेसेजेस विज्ञापन ऑफर ऑफ़र प्रमोशन एसएमएस स्पैम message messages msg msgs sms ad ads offer offers promotion',
    not: 'मत न ना mat na',
    send: 'भेजो भेजें भेजिए भेजिएगा भेजना भेजा करो करें कीजिए करना bhejo bheje bhejiye bhejna bhejo karo kare kijiye',
    sending: 'भेजना भेजने करना bhejna bhejne karna',
    close: 'बंद band',
    unwanted: 'नहीं_चाहिए नही_चाहिए nahi_chahiye nahin_chahiye nhi_chahiye',
  },
  optOut: [
    '{me} ~ {messages} {not} {send}',
    '{messages} {not} {send}',
    '{messages} {sending} {close}',
    '{messages} {close} करो|करें|कीजिए|कर|karo|kare|kijiye',
    '{me} ~ {messages} {unwanted}',
    '{messages} {unwanted}',
    'मेरा|मेरे|mera नंबर|नम्बर|number ~ हटा*|हटाओ|डिलीट|hata*|delete|निकाल*',
    'मुझे|mujhe ~ लिस्ट|सूची|list से|se ~ हटा*|निकाल*|hata*|nikal*',
    'मुझे|mujhe परेशान|pareshan|tang|तंग {not} {send}',
  ],
  opposite: ['{close} {not} करो|करना|करें|karo|karna|kare'],
  doubtful: [
    '^ बस_करो|बस|रद्द|bas|bas_karo|cancel $',
    'क्यों|kyu|kyun|kyon ~ भेज*|bhej*',
    'इतने|ज्यादा|ज़्यादा|बहुत|itne|bahut|zyada ~ {messages}',
    '^ गलत|ग़लत|galat नंबर|number',
    'रुचि नहीं',
    'interest|interested nahi|nahin',
    'अनसब्सक्राइब|unsubscribe कैसे|kaise',
    'मेरा|mera नंबर|number ~ कहाँ|कहां|kaha|kahan',
  ],
  conditions: 'अगर जब तक कैसे क्यों पहले agar jab tak kaise kyu pehle',
  hints: ['अनसब्सक्राइब'],
  about: 'मैसेज मेसेज संदेश विज्ञापन ऑफर एसएमएस message messages msg msgs sms list लिस्ट',
  against: 'नहीं मत बंद फिर_से बस हटा* रोक* nahi mat band hata* phir_se fir_se रोज',
  shopTalk:
    'ऑर्डर पार्सल डिलीवरी बिल कोड लिंक साइज रंग पता कब यहाँ फोन order parcel delivery code link kab yahan मिला आया फोटो दाम छूटना खत्म',
};
