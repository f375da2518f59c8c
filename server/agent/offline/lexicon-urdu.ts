/** Urdu words and word forms the grammar is built of, in both scripts. Data: grow it here. */

export const DO =
  '(?:kar+o|kar+ ?do|kar+ ?den?|kar+ ?dein|kar+ein|kar+en|kar+ ?lo|kar+na|karna hai|kijiye|kijye|do|den|dein|dijiye|karain|kr ?do|kro|krdo|krein|krna|kar ?dena|kr ?dena|dena|kar lena|lo|lena|lein|کر دینا|کر لو|کر لینا|دینا|لو|لینا|لیں|کرو|کر دو|کردو|کر دیں|کردیں|کریں|کر دیجیے|کیجیے|کرنا|کرنا ہے|دو|دیں)'
export const TASK = '(?:task|tasks|kaam|kam|todo|kaamon|کام|ٹاسک|کاموں)'
export const A =
  '(?:(?:mere liye|میرے لیے|ek|aik|naya|nayi|mera|mere|meri|yeh|ye|ایک|نیا|نئی|میرا|میرے|میری|یہ) )*'
export const IT = '(?:(?:ko|کو) )?'
export const REST = '(?<rest>.+?)'
export const T = '(?<target>.+?)'
export const END =
  '(?:,? (?:please|plz|zara|abhi|jaldi|hai|yaar|bhai|jaan|jee|thanks|shukriya|meherbani|na|ab|maine|main ne|میں نے|ہے|یار|بھائی|جی|ذرا|اب|پلیز|شکریہ|مہربانی|براہ کرم))*'

export const ADD =
  '(?:add|shamil|shaamil|darj|likh|create|bana|banao|note|save|daal|dal|شامل|درج|لکھ|بنا|ایڈ|نوٹ|ڈال)'
export const COMPLETE =
  '(?:complete|mukammal|mukamal|poora|pura|khatam|khatm|done|ho gaya mark|finish|tick|مکمل|پورا|ختم|ڈن)'
export const REMOVE =
  '(?:delete|hata|hatao|mita|mitao|remove|cancel|nikal|nikalo|khatam hi|حذف|ہٹا|ہٹاؤ|مٹا|مٹاؤ|ڈیلیٹ|نکال)'
export const REOPEN =
  '(?:reopen|(?:dobara|wapas) khol(?:o|ein|na)?|dobara shuru|(?:دوبارہ|واپس) کھول(?:و|یں|نا)?|دوبارہ شروع)'
/** A state, so it takes a verb to ask for it. */
export const OPEN = '(?:na-?mukammal|namukammal|pending|نامکمل)'
export const levels: Record<string, 'high' | 'medium' | 'low'> = {
  ...{ low: 'low', kam: 'low', کم: 'low', medium: 'medium', normal: 'medium', درمیانی: 'medium' },
  ...{ high: 'high', urgent: 'high', zyada: 'high', zaroori: 'high', ahem: 'high' },
  ...{ زیادہ: 'high', ضروری: 'high', اہم: 'high', فوری: 'high' },
}
export const LEVEL = `(?<level>${Object.keys(levels).join('|')})`
export const SHOW =
  '(?:dikhao|dikha do|dikha dein|dikha den|dikhado|dikhana|bata dein|batana|dikhaen|dikhayen|dikhaein|dikhaiye|batao|bata do|batayen|list karo|دکھاؤ|دکھا دو|دکھائیں|دکھائو|دکھائیے|بتاؤ|بتا دو|بتائیں)'

export const SUBJECT = '(?:maine|main ne|mein ne|main|hum ne|humne|hum|میں نے|میں|ہم نے|ہم)'
/** A sentence with one of these tells of nothing that is done. */
export const NOT_DONE =
  'nahi|nahin|nai|nhi|na|mat|kab|kya|kis\\w*|agar|kisi|abhi tak|shayad|kaun|kon|kaunse|konse|kitn\\w*|نہیں|کیا|کب|کس|کسی|اگر|مت|نہ|شاید|کون|کونسے|کونسا|کتنے|کتنا'
