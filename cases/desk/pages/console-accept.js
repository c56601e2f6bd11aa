/** Acceptance at the console: one key leads from the ticket that is served to the page that takes its case in. */

/** @param {import("/pages/hall_queue/console-modules.js").ForModules} console */
export function install(console) {
  const go = (desk) => location.assign(`/accept/${encodeURIComponent(desk.window.id)}`);
  console.addAction({ id: "accept", keys: ["a"], cap: "A", icon: "document", states: ["serving"], run: go });
}
