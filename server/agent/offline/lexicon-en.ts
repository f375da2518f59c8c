/** English words the grammar is built of. Data: grow it here. */

/** Verbs with which one notes something to do without saying "add": "buy milk", "call mom". */
export const actionVerbs = new Set(
  (
    'buy call pay get pick drop feed walk wash clean cook bake water mow fix repair replace paint visit meet see take ' +
    'bring return collect grab order book reserve renew cancel-subscription finish submit review prepare plan write read ' +
    'study learn practice practise play exercise run jog swim stretch attend schedule arrange organize organise sort tidy ' +
    'vacuum iron fold pack unpack ship mail post file print scan sign register apply check update install upgrade back ' +
    'backup charge refill restock defrost cut trim plant sell donate recycle wrap decorate invite thank text message ' +
    'phone ring email send reply answer follow contact talk speak discuss present deliver design draft edit proofread ' +
    'research investigate test deploy merge debug refactor build make create do set go start stop try watch listen ' +
    'wake sleep eat drink cook measure weigh count move lift carry fetch find locate hire interview train teach help babysit ' +
    'transfer deposit withdraw invest save budget claim dispute complain confirm verify change swap exchange declutter ' +
    'sweep mop dust scrub polish rake shovel dig prune harvest vote celebrate'
  ).split(' '),
)

/**
 * Of these, the ones that stand for a new task even when they are all of the request. "Send an e-mail" or "write a
 * poem" would rather ask the assistant to do it, which it cannot.
 */
export const bareVerbs = new Set(
  (
    'buy call pay pick feed walk wash clean cook bake water mow fix repair replace paint visit meet return collect grab ' +
    'renew submit review prepare study exercise attend tidy vacuum iron fold pack unpack ship mail defrost trim plant sell ' +
    'donate recycle wrap decorate invite thank refill restock charge phone ring text sweep mop dust scrub rake shovel prune ' +
    'babysit deposit withdraw'
  ).split(' '),
)

/** What the built-in model cannot do, however it is asked. */
export const foreignSubjects =
  /\b(?:weather|forecast|temperature outside|news|headlines|stock price|stocks|bitcoin|crypto|football|cricket|score of|capital of|president|prime minister|recipe|poem|essay|song|music|movie|translate|translation|math|equation|calculate|square root|wikipedia|google|internet|website|code|python|javascript|e-?mail|sms|tweet|whatsapp|flight|hotel|pizza|uber|taxi|meaning of life|what time is it|the time|what day is it|joke)\b/

/** Verbs that ask the assistant for something: what a mistyped first word is compared with. */
export const commandVerbs = new Set(
  (
    'add create insert append note record register remind remember schedule show list display find search sort count ' +
    'mark complete finish check tick cross close reopen uncomplete delete remove erase discard clear cancel rename change ' +
    'update edit modify set move reschedule postpone delay push prioritize prioritise tag untag undo put make give tell ' +
    'read stop get describe keep skip bump shift repeat'
  ).split(' '),
)

/** Mistakes that likeness cannot tell apart, or that are too short for it. */
export const misspelt: Record<string, string> = {
  ...{ ad: 'add', addd: 'add', adn: 'add', aad: 'add', creat: 'create', craete: 'create', crate: 'create' },
  ...{ del: 'delete', rm: 'remove', delet: 'delete', dlt: 'delete', dele: 'delete', deelte: 'delete' },
  ...{ shwo: 'show', shw: 'show', sohw: 'show', shoe: 'show', lits: 'list', lsit: 'list', lst: 'list' },
  ...{ mrak: 'mark', makr: 'mark', makrk: 'mark', remnd: 'remind', rmind: 'remind', remid: 'remind' },
  ...{ finsh: 'finish', fnish: 'finish', compleet: 'complete', compelete: 'complete', complet: 'complete' },
  ...{
    updat: 'update',
    upadte: 'update',
    updtae: 'update',
    chng: 'change',
    renmae: 'rename',
    renam: 'rename',
  },
}

/** Words a sentence may well begin with, which are no mistyped commands. */
export const plainWords = new Set(
  (
    'that this then than what when where which while with will would could should have just also next last late made ' +
    'more most much must near need never only open over please sure some soon such take task tasks them they thing think ' +
    'very want were your yours mother father dinner lunch milk bread good great hello help here home keep kind know like ' +
    'look lost done note noted nope once other same said says seen send sent them there these those time today tomorrow ' +
    'tonight until used well went work yeah your might maybe bake cake care card cart case cash cast cats shop shoes shot ' +
    'slow snow shower park dark bark lost fist fish mask make male sale tale tags paid pet bush rush pump jump dump hello ' +
    'gift like lift remains exchange ended loved love cove dove mode model sit sat bet bit pit pot sort port fort short ' +
    'gave live given pull puss poll pick lick kick tick stick trick brick quick thick check cheek chick chuck checked mind lose loose closer whose'
  ).split(' '),
)

export const pastVerbs: Record<string, string> = {
  ...{
    bought: 'buy',
    paid: 'pay',
    called: 'call',
    cleaned: 'clean',
    washed: 'wash',
    fed: 'feed',
    walked: 'walk',
  },
  ...{ cooked: 'cook', picked: 'pick', watered: 'water', fixed: 'fix', repaired: 'repair', visited: 'visit' },
  ...{
    submitted: 'submit',
    sent: 'send',
    emailed: 'email',
    mailed: 'mail',
    reviewed: 'review',
    wrote: 'write',
  },
  ...{ read: 'read', returned: 'return', renewed: 'renew', booked: 'book', ordered: 'order', packed: 'pack' },
  ...{
    took: 'take',
    met: 'meet',
    prepared: 'prepare',
    mowed: 'mow',
    signed: 'sign',
    got: 'get',
    made: 'make',
  },
  ...{
    went: 'go',
    did: 'do',
    texted: 'text',
    messaged: 'message',
    vacuumed: 'vacuum',
    swept: 'sweep',
    baked: 'bake',
    delivered: 'deliver',
    planted: 'plant',
    sold: 'sell',
    brought: 'bring',
    scheduled: 'schedule',
    organized: 'organize',
    organised: 'organise',
    filed: 'file',
    printed: 'print',
    practiced: 'practice',
    practised: 'practise',
    exercised: 'exercise',
    ironed: 'iron',
    folded: 'fold',
    attended: 'attend',
    ran: 'run',
    studied: 'study',
    dropped: 'drop',
    collected: 'collect',
    phoned: 'phone',
    rang: 'ring',
    gave: 'give',
    built: 'build',
    hung: 'hang',
    taught: 'teach',
    told: 'tell',
    spoke: 'speak',
    threw: 'throw',
    dug: 'dig',
    drove: 'drive',
    swam: 'swim',
    lent: 'lend',
  },
}
