import type { ListFacts, Phrases, Told } from './phrases.ts'

const bold = (title: string) => `**${title}**`
const repeats = { daily: 'rozana', weekly: 'har hafte', monthly: 'har mahine' }
const fieldNames = {
  title: 'Naam',
  description: 'Tafseel',
  priority: 'Priority',
  tags: 'Tags',
  due_date: 'Tareekh',
  recurrence: 'Dohrana',
}

const facts = (task: Told) =>
  [
    task.due && `${task.overdue ? 'der ho gayi,' : 'due'} ${task.due}`,
    task.priority && task.priority !== 'medium' && `${task.priority} priority`,
    task.recurrence && repeats[task.recurrence],
    ...(task.tags ?? []).map(tag => `#${tag}`),
  ].filter(part => typeof part === 'string')

const described = (list: ListFacts) => {
  const [wale, ke] = list.count > 1 ? ['wale', 'ke'] : ['wala', 'ka']
  return [
    list.search && `“${list.search}” ${wale}`,
    list.tag && `#${list.tag} ${wale}`,
    list.span && `${list.span.words} ${ke}`,
    list.due && { overdue: 'overdue', today: `aaj ${ke}`, upcoming: `aane ${wale}` }[list.due],
    list.priority && `${list.priority} priority ${wale}`,
    list.status === 'pending' && 'baqi',
    list.status === 'completed' && 'mukammal',
    'kaam',
  ]
    .filter(part => typeof part === 'string')
    .join(' ')
}

export const roman: Phrases = {
  added: task =>
    `${bold(task.title)} (#${task.id}) shamil kar diya${facts(task)
      .map(fact => `, ${fact}`)
      .join('')}.`,
  completed: (title, next) => `${bold(title)} mukammal ho gaya.${next ? ` Agla ${next.due} ko hai.` : ''}`,
  alreadyDone: title => `${bold(title)} pehle hi mukammal tha.`,
  reopened: title => `${bold(title)} dobara khol diya.`,
  deleted: titles =>
    titles.length === 1
      ? `${bold(titles[0] ?? '')} delete kar diya.`
      : `${titles.length} kaam delete kar diye: ${titles.map(bold).join(', ')}.`,
  kept: 'Theek hai, kuch delete nahin kiya.',
  updated: (title, lines) => `${bold(title)} badal diya:\n\n${lines.map(line => `- ${line}`).join('\n')}`,
  changed: (field, before, after) => `${fieldNames[field]}: ${before} → ${after}`,
  nothingChanged: title => `${bold(title)} pehle hi aisa tha; kuch nahin badla.`,
  empty: 'koi nahin',
  askDelete: titles =>
    titles.length === 1
      ? `Kya ${bold(titles[0] ?? '')} delete kar doon? Yeh wapas nahin aayega. **Haan** ya **nahin** likhein.`
      : `Kya yeh ${titles.length} kaam delete kar doon? Yeh wapas nahin aayenge.\n\n${titles.map((title, index) => `${index + 1}. ${bold(title)}`).join('\n')}\n\n**Haan** ya **nahin** likhein.`,
  askTitle: 'Kaam ka naam kya ho?',
  askNewTitle: title => `${bold(title)} ka naya naam kya ho?`,
  askDescription: title => `${bold(title)} ki tafseel mein kya likhoon?`,
  askChange: title => `${bold(title)} mein kya badlun: naam, tafseel, tareekh, priority ya tags?`,
  askDate: wrong =>
    `“${wrong}” tareekh ke taur par samajh nahin aaya. Kab tak? Maslan “kal” ya “2026-12-24”.`,
  askDue: title => `${bold(title)} kab tak ho? Maslan “kal” ya “2026-12-24”.`,
  askRepeat: wrong =>
    `Kaam rozana, hafte mein ek din ya har mahine dohraya ja sakta hai, “${wrong}” nahin. Kaise dohraun? Maslan “daily” ya **once**.`,
  askRemindAt: title => `${bold(title)} kab yaad dilaun? Maslan “kal subah 9 baje”.`,
  willRemind: when => `${when} yaad dila dunga.`,
  reminderOf: (title, said) => `${bold(title)}: ${said}`,
  reminderCancelled: title => `${bold(title)} ki yaad dihani mansookh kar di.`,
  reminders: lines =>
    lines.length === 0
      ? 'Koi yaad dihani nahin hai.'
      : `${lines.length} yaad dihaniyan:\n\n${lines.join('\n')}`,
  askPriority: title => `${bold(title)} ki priority kya ho: high, medium ya low?`,
  askWhich: list => `Kaun sa kaam?\n\n${list}\n\nNumber ya naam likhein.`,
  didYouMean: (words, list) =>
    `“${words}” naam ka koi kaam nahin mila. Kya in mein se koi?\n\n${list}\n\nNumber likhein, ya **nahin**.`,
  askWhichOpen: 'Kaun sa kaam? Us ka number ya naam likhein, ya kahein “mere kaam dikhao”.',
  askContradiction: 'Yeh dono baatein ek doosre ke khilaf hain. Kaun si karun?',
  titleTooLong: 'Naam bohat lamba hai: zyada se zyada 200 haroof. Kya naam rakhun?',
  noTask: ids => `Task ${ids.join(', ')} nahin mila.`,
  noSuchTitle: words => `“${words}” naam ka koi kaam nahin mila.`,
  offerFirst: 'Kya koi shamil karun? Maslan “task add karo: doodh lana”.',
  offerList: 'Kya aap apne kaam dekhna chahenge?',
  offerAdd: title => `Kya ${bold(title)} shamil kar doon?`,
  noPlace: place => (place > 0 ? `Is list mein number ${place} nahin hai. Kaun sa kaam?` : 'Kaun sa kaam?'),
  nothingToDelete: 'Delete karne ke liye kuch nahin hai.',
  nothingToDo: 'Aisa koi kaam nahin, is liye kuch nahin badla.',
  list: list =>
    list.count === 1 ? `Aap ka 1 ${described(list)} hai:` : `Aap ke ${list.count} ${described(list)} hain:`,
  emptyList: list => {
    const plain = !list.due && !list.priority && !list.tag && !list.search && !list.span
    if (plain && list.status !== 'pending' && list.status !== 'completed')
      return 'Abhi aap ka koi kaam nahin.'
    return `Aap ka koi ${described(list)} nahin hai.`
  },
  row: task =>
    [`${bold(task.title)} (#${task.id})`, task.done && 'mukammal', ...facts(task)].filter(Boolean).join(', '),
  more: count => `… aur ${count} mazeed.`,
  status: task =>
    `${bold(task.title)} (#${task.id}): ${task.done ? 'ji, mukammal hai' : 'abhi baqi hai'}${facts(task)
      .map(fact => `, ${fact}`)
      .join('')}.`,
  due: task =>
    task.due ? `${bold(task.title)} ${task.due} tak hai.` : `${bold(task.title)} ki koi tareekh nahin.`,
  whoAmI: (email, name) => `Aap **${email}**${name ? ` (${name})` : ''} ke taur par dakhil hain.`,
  ownOnly: 'Main sirf aap ke apne kaam dekh aur badal sakta hoon.',
  failed: error => `Yeh nahin ho saka: ${error || 'kharabi'}.`,
  unavailable: 'Yeh yahan mumkin nahin.',
  notUnderstood: words => `“${words}” samajh nahin aaya.`,
  talk: {
    greeting:
      'Salam! Main aap ke kaamon ki list sambhalta hoon. Maslan “task add karo: doodh lana” ya “mere kaam dikhao”.',
    thanks: 'Koi baat nahin!',
    bye: 'Khuda hafiz! Aap ke kaam yahin rahenge.',
    joke: 'Kaamon ki list udaas kyun thi? Us ke bohat se masle hal talab the. Ab kaun sa kaam nimtaein?',
    fine: 'Bohat khoob. Aur kya karun?',
    help:
      'Main built-in assistant hoon, baghair network ke chalta hoon aur sirf kaamon ki baatein samajhta hoon:\n\n' +
      '- **Shamil**: “task add karo: doodh lana”\n- **List**: “mere kaam dikhao”, “baqi kaam dikhao”\n' +
      "- **Mukammal**: “task 3 mukammal karo”\n- **Badlo**: “task 1 ka naam 'Ammi ko call' rakho”\n" +
      '- **Delete**: “task 4 delete karo” (pehle poochta hoon)\n\n' +
      'Khuli guftagu ke liye server par asal model set karein, maslan `MODEL=openai/<model>` aur `OPENAI_API_KEY`.',
    offTopic:
      'Main sirf aap ke kaamon mein madad kar sakta hoon. Maslan “task add karo: doodh lana” ya “mere kaam dikhao”.',
    noUndo:
      'Wapas lene ke liye kuch nahin hai; delete kiya hua kaam wapas nahin aata. Batayein ke kya badlun, maslan “task 1 ka naam badlo”.',
    unknown:
      'Main samajh nahin saka. Zara aur tarah kahein, maslan “task add karo: doodh lana”, “mere kaam dikhao” ya “task 3 mukammal karo”.',
    nothingPending: 'Koi baat tasdeeq ki muntazir nahin. Kya karun?',
    kept: 'Theek hai, kuch delete nahin kiya.',
    dropped: 'Theek hai, sab waisa hi hai.',
    leftAlone: 'Theek hai, sab waisa hi hai.',
    ownOnly: 'Main sirf aap ke apne kaam dekh aur badal sakta hoon. Kuch nahin badla.',
  },
}
