// Who has signed in on this page, where people have to: known before anything is drawn, and said with every call.

const embedded = document.getElementById("studio-person");

/** {name, admin}, or null where nobody has to sign in. */
export const person = JSON.parse(embedded?.textContent || "null");
/** Whether what is everybody's may be seen and changed here. */
export const isAdmin = !person || person.admin;
/** Whose page this is: another person who signs in elsewhere in this browser must not act through it. */
export const claim = { "X-Studio-Person": encodeURIComponent(person?.name ?? "") };
/** The same for a socket, which takes no headers. */
export const claimed = `person=${encodeURIComponent(person?.name ?? "")}`;
/** What is said in place of what somebody made who has left. */
export const OUT = "Sign in to see what you made";
/** Whether this page's session is over. */
export const session = { over: false };

/** The studio does not know us any more: everybody who shows something is told once. */
export function signedOut() {
  if (session.over) return;
  session.over = true;
  window.dispatchEvent(new CustomEvent("studio:signed-out"));
}
