import type { ListFacts, Phrases, Told } from './phrases.ts'

const bold = (title: string) => `**${title}**`
const priorities = { high: 'زیادہ', medium: 'درمیانی', low: 'کم' }
const repeats = { daily: 'روزانہ', weekly: 'ہفتہ وار', monthly: 'ماہانہ' }
const fieldNames = {
  title: 'عنوان',
  description: 'تفصیل',
  priority: 'ترجیح',
  tags: 'ٹیگ',
  due_date: 'آخری تاریخ',
  recurrence: 'تکرار',
}

const facts = (task: Told) =>
  [
    task.due && `${task.overdue ? 'تاخیر، آخری تاریخ' : 'آخری تاریخ'} ${task.due}`,
    task.priority && task.priority !== 'medium' && `ترجیح ${priorities[task.priority]}`,
    task.recurrence && repeats[task.recurrence],
    ...(task.tags ?? []).map(tag => `#${tag}`),
  ].filter(part => typeof part === 'string')

const described = (list: ListFacts) => {
  const [wale, ke] = list.count > 1 ? ['والے', 'کے'] : ['والا', 'کا']
  return [
    list.search && `“${list.search}” ${wale}`,
    list.tag && `#${list.tag} ${wale}`,
    list.span && `${list.span.words} ${ke}`,
    list.due && { overdue: `تاخیر ${wale}`, today: `آج ${ke}`, upcoming: `آنے ${wale}` }[list.due],
    list.priority && `${priorities[list.priority]} ترجیح ${wale}`,
    list.status === 'pending' && 'باقی',
    list.status === 'completed' && 'مکمل شدہ',
    'کام',
  ]
    .filter(part => typeof part === 'string')
    .join(' ')
}

export const urdu: Phrases = {
  added: task =>
    `${bold(task.title)} (#${task.id}) شامل کر دیا گیا${facts(task)
      .map(fact => `، ${fact}`)
      .join('')}۔`,
  completed: (title, next) => `${bold(title)} مکمل ہو گیا۔${next ? ` اگلا ${next.due} کو ہے۔` : ''}`,
  alreadyDone: title => `${bold(title)} پہلے ہی مکمل تھا۔`,
  reopened: title => `${bold(title)} دوبارہ کھول دیا گیا۔`,
  deleted: titles =>
    titles.length === 1
      ? `${bold(titles[0] ?? '')} حذف کر دیا گیا۔`
      : `${titles.length} کام حذف کر دیے گئے: ${titles.map(bold).join('، ')}۔`,
  kept: 'ٹھیک ہے، کچھ حذف نہیں کیا گیا۔',
  updated: (title, lines) => `${bold(title)} بدل دیا گیا:\n\n${lines.map(line => `- ${line}`).join('\n')}`,
  changed: (field, before, after) => `${fieldNames[field]}: ${before} ← ${after}`,
  nothingChanged: title => `${bold(title)} پہلے ہی ایسا تھا؛ کچھ نہیں بدلا۔`,
  empty: 'کوئی نہیں',
  askDelete: titles =>
    titles.length === 1
      ? `کیا ${bold(titles[0] ?? '')} حذف کر دوں؟ یہ واپس نہیں آئے گا۔ تصدیق کے لیے **ہاں** یا رکھنے کے لیے **نہیں** لکھیں۔`
      : `کیا یہ ${titles.length} کام حذف کر دوں؟ یہ واپس نہیں آئیں گے۔\n\n${titles.map((title, index) => `${index + 1}. ${bold(title)}`).join('\n')}\n\nتصدیق کے لیے **ہاں** یا رکھنے کے لیے **نہیں** لکھیں۔`,
  askTitle: 'کام کا عنوان کیا ہو؟',
  askNewTitle: title => `${bold(title)} کا نیا عنوان کیا ہو؟`,
  askDescription: title => `${bold(title)} کی تفصیل میں کیا لکھوں؟`,
  askChange: title => `${bold(title)} میں کیا بدلوں: عنوان، تفصیل، تاریخ، ترجیح یا ٹیگ؟`,
  askDate: wrong => `“${wrong}” تاریخ کے طور پر سمجھ نہیں آیا۔ آخری تاریخ کیا ہو؟ مثلاً “کل” یا “2026-12-24”۔`,
  askDue: title => `${bold(title)} کی آخری تاریخ کیا ہو؟ مثلاً “کل” یا “2026-12-24”۔`,
  askRepeat: wrong =>
    `کام روزانہ، ہفتے میں ایک دن یا ہر ماہ دہرایا جا سکتا ہے، “${wrong}” نہیں۔ کیسے دہراؤں؟ مثلاً “ہر روز” کے لیے **daily** یا **once**۔`,
  askRemindAt: title => `${bold(title)} کب یاد دلاؤں؟ مثلاً “کل صبح 9 بجے”۔`,
  willRemind: when => `${when} یاد دلا دوں گا۔`,
  reminderOf: (title, said) => `${bold(title)}: ${said}`,
  reminderCancelled: title => `${bold(title)} کی یاد دہانی منسوخ کر دی گئی۔`,
  reminders: lines =>
    lines.length === 0 ? 'کوئی یاد دہانی نہیں ہے۔' : `${lines.length} یاد دہانیاں:\n\n${lines.join('\n')}`,
  askPriority: title => `${bold(title)} کی ترجیح کیا ہو: high، medium یا low؟`,
  askWhich: list => `آپ کی مراد کون سا کام ہے؟\n\n${list}\n\nنمبر یا عنوان لکھیں۔`,
  didYouMean: (words, list) =>
    `“${words}” نام کا کوئی کام نہیں ملا۔ کیا آپ کی مراد ان میں سے کوئی ہے؟\n\n${list}\n\nنمبر لکھیں، یا **نہیں**۔`,
  askWhichOpen: 'آپ کی مراد کون سا کام ہے؟ اس کا نمبر یا عنوان لکھیں، یا کہیں “میرے کام دکھاؤ”۔',
  askContradiction: 'یہ دونوں باتیں ایک دوسرے کے خلاف ہیں۔ کون سی کروں؟',
  titleTooLong: 'عنوان بہت لمبا ہے: زیادہ سے زیادہ 200 حروف۔ کیا عنوان رکھوں؟',
  noTask: ids => `کام ${ids.join('، ')} نہیں ملا۔`,
  noSuchTitle: words => `“${words}” نام کا کوئی کام نہیں ملا۔`,
  offerFirst: 'کیا کوئی شامل کروں؟ مثلاً “کام شامل کرو: دودھ لانا”۔',
  offerList: 'کیا آپ اپنے کام دیکھنا چاہیں گے؟',
  offerAdd: title => `کیا ${bold(title)} شامل کر دوں؟`,
  noPlace: place =>
    place > 0 ? `اس فہرست میں نمبر ${place} نہیں ہے۔ آپ کی مراد کون سا کام ہے؟` : 'آپ کی مراد کون سا کام ہے؟',
  nothingToDelete: 'حذف کرنے کے لیے کچھ نہیں ہے۔',
  nothingToDo: 'ایسا کوئی کام نہیں، اس لیے کچھ نہیں بدلا۔',
  list: list =>
    list.count === 1 ? `آپ کا 1 ${described(list)} ہے:` : `آپ کے ${list.count} ${described(list)} ہیں:`,
  emptyList: list => {
    const plain = !list.due && !list.priority && !list.tag && !list.search && !list.span
    if (plain && list.status !== 'pending' && list.status !== 'completed') return 'ابھی آپ کا کوئی کام نہیں۔'
    return `آپ کا کوئی ${described(list)} نہیں ہے۔`
  },
  row: task =>
    [`${bold(task.title)} (#${task.id})`, task.done && 'مکمل', ...facts(task)].filter(Boolean).join('، '),
  more: count => `… اور ${count} مزید۔`,
  status: task =>
    `${bold(task.title)} (#${task.id}): ${task.done ? 'جی، مکمل ہے' : 'ابھی باقی ہے'}${facts(task)
      .map(fact => `، ${fact}`)
      .join('')}۔`,
  due: task =>
    task.due
      ? `${bold(task.title)} کی آخری تاریخ ${task.due} ہے۔`
      : `${bold(task.title)} کی کوئی آخری تاریخ نہیں۔`,
  whoAmI: (email, name) => `آپ **${email}**${name ? ` (${name})` : ''} کے طور پر داخل ہیں۔`,
  ownOnly: 'میں صرف آپ کے اپنے کام دیکھ اور بدل سکتا ہوں۔',
  failed: error => `یہ نہیں ہو سکا: ${error || 'خرابی'}۔`,
  unavailable: 'یہ یہاں ممکن نہیں: اس کا ذریعہ دستیاب نہیں۔',
  notUnderstood: words => `“${words}” سمجھ نہیں آیا۔`,
  talk: {
    greeting:
      'السلام علیکم! میں آپ کے کاموں کی فہرست سنبھالتا ہوں۔ مثلاً “کام شامل کرو: دودھ لانا” یا “میرے کام دکھاؤ”۔',
    thanks: 'کوئی بات نہیں!',
    bye: 'خدا حافظ! آپ کے کام یہیں رہیں گے۔',
    joke: 'کاموں کی فہرست اداس کیوں تھی؟ اس کے بہت سے مسئلے حل طلب تھے۔ اب کون سا کام نمٹائیں؟',
    fine: 'بہت خوب۔ اور کیا کروں؟',
    help:
      'میں اندرونی مددگار ہوں، بغیر نیٹ ورک کے چلتا ہوں اور صرف کاموں کی درخواستیں سمجھتا ہوں:\n\n' +
      '- **شامل**: “کام شامل کرو: دودھ لانا”\n- **فہرست**: “میرے کام دکھاؤ”، “باقی کام دکھاؤ”\n' +
      "- **مکمل**: “کام 3 مکمل کرو”\n- **تبدیل**: “کام 1 کا نام 'امی کو فون' رکھو”\n" +
      '- **حذف**: “کام 4 حذف کرو” (پہلے پوچھتا ہوں)\n\n' +
      'کھلی گفتگو کے لیے سرور پر اصل ماڈل مقرر کریں، مثلاً `MODEL=openai/<model>` اور `OPENAI_API_KEY`۔',
    offTopic: 'میں صرف آپ کے کاموں میں مدد کر سکتا ہوں۔ مثلاً “کام شامل کرو: دودھ لانا” یا “میرے کام دکھاؤ”۔',
    noUndo:
      'واپس لینے کے لیے کچھ نہیں ہے؛ حذف شدہ کام واپس نہیں آتا۔ بتائیں کہ کیا بدلوں، مثلاً “کام 1 کا نام بدلو”۔',
    unknown:
      'میں سمجھ نہیں سکا۔ ذرا اور طرح کہیں، مثلاً “کام شامل کرو: دودھ لانا”، “میرے کام دکھاؤ” یا “کام 3 مکمل کرو”۔',
    nothingPending: 'کوئی بات تصدیق کی منتظر نہیں۔ کیا کروں؟',
    kept: 'ٹھیک ہے، کچھ حذف نہیں کیا گیا۔',
    dropped: 'ٹھیک ہے، سب کچھ ویسا ہی ہے۔',
    leftAlone: 'ٹھیک ہے، سب کچھ ویسا ہی ہے۔',
    ownOnly: 'میں صرف آپ کے اپنے کام دیکھ اور بدل سکتا ہوں۔ کچھ نہیں بدلا۔',
  },
}
