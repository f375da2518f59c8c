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
    ran: 'run',
    studied: 'study',
    dropped: 'drop',
    collected: 'collect',
    phoned: 'phone',
  },
}
