/** Who is visiting, and what this tab keeps of an unfinished visit. */

const TOKEN = "voxpop.visitor";
const TAB = "voxpop.tab";

const unfinished = {};
let token = null;
let host = null;

/** Use the token of the site around us, and tell that site of every later one. */
export function hostedBy(site, itsToken) {
  host = site;
  token = itsToken;
}

/** Return the visitor's token, or null for somebody new. */
export function visitor() {
  if (!host) token = stored(() => localStorage.getItem(TOKEN)) ?? token;
  return token;
}

/** Keep the visitor's token for the next time; null drops it. */
export function keepVisitor(newToken) {
  token = newToken;
  save();
  if (host) host.tell({ voxpop: "visitor", visitor: token });
  else if (token) stored(() => localStorage.setItem(TOKEN, token));
  else stored(() => localStorage.removeItem(TOKEN));
}

/** Keep a part of this tab's unfinished visit through a reload. */
export function keep(name, value) {
  unfinished[name] = value;
  save();
}

/** Return what this tab kept before a reload, if it is the same visitor's. */
export function kept() {
  const all = stored(() => JSON.parse(sessionStorage.getItem(TAB)));
  if (all && all.visitor === visitor()) Object.assign(unfinished, all);
  return unfinished;
}

/** Write the unfinished visit down, and whose it is. */
function save() {
  stored(() => sessionStorage.setItem(TAB, JSON.stringify({ ...unfinished, visitor: token })));
}

/** Use the browser's storage, which may be closed to us: then nothing is kept. */
function stored(use) {
  try {
    return use();
  } catch {
    return null;
  }
}
