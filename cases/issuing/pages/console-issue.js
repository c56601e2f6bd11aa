/** The issuing window at the console: where results are handed out, one key leads to them. */

const PICKUP = "pickup";

/** @param {import("/pages/hall_queue/console-modules.js").ForModules} console */
export function install(console) {
  const go = (desk) => location.assign(`/issue/${encodeURIComponent(desk.window.id)}`);
  let isThere = false;
  console.onDesk((desk) => {
    if (isThere || !desk.window.lines.includes(PICKUP)) return;
    isThere = true; // the key is given once; whoever moves to another window loads the page anew
    console.addAction({ id: "issue", keys: ["e"], cap: "E", icon: "document", states: ["idle", "serving"], run: go });
  });
}
