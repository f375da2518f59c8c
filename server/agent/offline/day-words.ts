/** Words of dates and times, in every language understood here. Data; dates.ts gives them meaning. */
const numbered = (...names: string[]) =>
  Object.fromEntries(names.flatMap((line, index) => line.split(' ').map(name => [name, index])))

/** 0 is Sunday. Short forms that are also English words need a preposition: see `ambiguousDays`. */
export const weekdays: Record<string, number> = numbered(
  'sunday sun itwaar itwar اتوار',
  'monday mon peer pir somwar پیر سوموار',
  'tuesday tue tues mangal منگل',
  'wednesday wed weds budh بدھ',
  'thursday thu thur thurs jumerat jumeraat جمعرات',
  'friday fri juma jumma جمعہ',
  'saturday sat hafta ہفتہ',
)

export const ambiguousDays = new Set(['sun', 'mon', 'wed', 'sat', 'hafta', 'ہفتہ', 'pir', 'peer', 'پیر'])

/** 0 is January. */
export const months: Record<string, number> = numbered(
  'january jan جنوری',
  'february feb فروری',
  'march mar مارچ',
  'april apr اپریل',
  'may مئی',
  'june jun جون',
  'july jul جولائی',
  'august aug اگست',
  'september sep sept ستمبر',
  'october oct اکتوبر',
  'november nov نومبر',
  'december dec دسمبر',
)

/** Days from today. Roman and Urdu "kal" is tomorrow here: tasks look forward. */
export const nearDays: Record<string, number> = {
  today: 0,
  tonight: 0,
  tomorrow: 1,
  tommorow: 1,
  tommorrow: 1,
  tomorow: 1,
  tmrw: 1,
  tmr: 1,
  'day after tomorrow': 2,
  'the day after tomorrow': 2,
  tomrrow: 1,
  tommarow: 1,
  tomorro: 1,
  '2moro': 1,
  '2morrow': 1,
  '2day': 0,
  '2nite': 0,
  tonite: 0,
  'later today': 0,
  yesterday: -1,
  aaj: 0,
  kal: 1,
  parson: 2,
  parsoon: 2,
  آج: 0,
  کل: 1,
  پرسوں: 2,
}

export const counts: Record<string, number> = {
  ...{ a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9 },
  ...{ ten: 10, eleven: 11, twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, twenty: 20, thirty: 30 },
}

export const dayTimes: Record<string, number> = {
  morning: 9,
  afternoon: 15,
  evening: 18,
  night: 20,
  noon: 12,
  midday: 12,
  lunchtime: 12,
  midnight: 0,
  subah: 9,
  dopahar: 13,
  shaam: 18,
  raat: 20,
  صبح: 9,
  دوپہر: 13,
  شام: 18,
  رات: 20,
}

/** Hours spelled out: "at five". */
export const clockWords: Record<string, number> = numbered(
  ...'zero one two three four five six seven eight nine ten eleven twelve'.split(' '),
)

/** [month from 1, day]; only after "by", "before" or "on", since they also name presents and parties. */
export const holidays: Record<string, [month: number, day: number]> = {
  'christmas eve': [12, 24],
  'christmas day': [12, 25],
  christmas: [12, 25],
  xmas: [12, 25],
  "new year's eve": [12, 31],
  'new years eve': [12, 31],
  "new year's day": [1, 1],
  'new years day': [1, 1],
}
