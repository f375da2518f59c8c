/** English, Urdu in its own script, and Urdu in Roman letters. */
export type Language = 'en' | 'ur' | 'roman'

const urduScript = /[\u0600-\u06FF]/gu
const latin = /[a-z]/giu

const romanWords = new Set(
  (
    'karo kro kardo krdo karein karen karna krna kijiye dikhao dikhaen dikhayen batao bata mujhe mujhay mera meri mere kaam ' +
    'mukammal mukamal poora pura khatam shamil shaamil hatao hata mita mitao lana laana yaad dilana dilao naya nayi hai hain ' +
    'kya kitne kitni baqi baki aur phir haan haanji nahin nahi nai jee theek thik bilkul kal parson shukriya shukria salam ' +
    'salaam rehne chhoro choro jane pehla pehle doosra doosri dusra teesra aakhri naam rakho badlo badal wala wali wapas ' +
    'dobara sab saare sare kaun kon hoon madad zaroor rakhna doodh gaya gayi liya kar ko ki ka ke aap maine likh li ne subah shaam baje raat jana ho dikha dein den zara daal bhi bhejna karwana ' +
    'liye dena lena leni deni jani aaya aayi aya aai laya layi lao diya dia kara karwa karwao chuka chuki chuke hoon hun raha rahi rahe jama zaroori ahem ' +
    'hafte agle jumma juma jumerat itwar wale apne apni apna hoga hogi hogaya gaye bhoolna bhool mat likhna daalo nikal nikalo yaar le bohat bahut'
  ).split(' '),
)

/** Undefined when the text says nothing of its language: "1", an e-mail address, silence. */
export function languageOf(message: string): Language | undefined {
  const urdu = message.match(urduScript)?.length ?? 0
  const roman = message.match(latin)?.length ?? 0
  // A command in Urdu may well hold an English title, so a third of Urdu letters is enough.
  if (urdu > 0 && urdu * 2 >= roman) return 'ur'
  const words = message.toLowerCase().match(/[a-z]{2,}/g) ?? []
  if (words.length === 0) return undefined
  const telling = words.slice(0, 60).filter(word => romanWords.has(word)).length
  return telling > 0 && telling * 4 >= Math.min(words.length, 60) ? 'roman' : 'en'
}
