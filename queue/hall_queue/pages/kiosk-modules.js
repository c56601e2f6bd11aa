/** What other rooms add to the kiosk: modules with `install(kiosk)`, such as a further way at the start; without the server there are none. */

import { api } from "/static/api.js";

export async function loadModules(kiosk) {
  try {
    const { modules } = await api.get("kiosk/modules");
    for (const address of modules) (await import(address)).install(kiosk);
  } catch (error) {
    console.info("no modules:", error.message);
    if (error.offline) addEventListener("linkback", () => loadModules(kiosk), { once: true });
  }
}
